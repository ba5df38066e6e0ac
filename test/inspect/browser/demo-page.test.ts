import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePage } from '../../../src/cli/inspect/ensure-page.ts';
import type { Started } from '../../cli/run-cli.ts';
import { jsonLines, start } from '../../cli/run-cli.ts';
import type { WatchedPage } from './chromium.ts';
import { CHROMIUM, expectDrawn, launchChromium, openPage } from './chromium.ts';

/** Six processes and a browser share the machine with whatever else runs there. */
const SOON = { timeout: 150_000 };

describe.skipIf(CHROMIUM === undefined)('a live demo on the page, in Chromium', () => {
  let browser: Browser;
  let demo: Started;
  let watched: WatchedPage;
  let page: Page;
  beforeAll(async () => {
    await ensurePage();
    browser = await launchChromium();
    demo = start('demo', '--json', '--blocks', '120', '--inspect', '0', '--honest');
    const { url } = await demo.line(({ type }) => type === 'inspector');
    watched = await openPage(browser, String(url));
    ({ page } = watched);
  });
  afterAll(async () => {
    demo.child.kill('SIGTERM');
    await demo.finished;
    await browser.close();
  });

  it('says what the network is about before there is a node to see', async () => {
    await expect.poll(() => page.locator('.demo .figures').textContent(), SOON).toMatch(/ is built|start/);
    await expect.poll(() => page.locator('.members li').count(), SOON).toBe(6);
  });

  it('shows a node catching up, to the end: its mode, its heights, its peers', async () => {
    await expect.poll(() => mode(page), SOON).toBe('Consensus_Synced');
    await demo.line(({ type, phase }) => type === 'phase' && phase === 'playing');
    await expect.poll(() => page.locator('.reason .why').textContent(), SOON).toContain('Nothing is missing');
    await expect.poll(() => page.locator('.peers tbody').count(), SOON).toBeGreaterThanOrEqual(4);
    const height = await localHeight(page);
    await expect.poll(() => localHeight(page), SOON).toBeGreaterThan(height);
    expect(await page.locator('.notice').count()).toBe(0);
  });

  it('META-10: a peer that is made to lie is caught, and the page says who', async () => {
    await press(page, 'validator-2', 'Lie');
    await expect.poll(() => member(page, 'validator-2'), SOON).toContain('lies about its height');
    await expect.poll(() => page.locator('[data-peer=validator-2]').textContent(), SOON).toContain('refuted');
    await page.locator('[data-peer=validator-2] button.name').click();
    await expect
      .poll(() => page.locator('[data-peer=validator-2] .history').textContent(), SOON)
      .toMatch(/no longer believes what validator-2 claims/);
    expect(await mode(page)).toBe('Consensus_Synced');
  });

  it('PEER-2: a peer that leaves is gone, and is there again when it comes back', async () => {
    await press(page, 'validator-3', 'Leave');
    // Of who leaves without ever having done wrong nothing is remembered.
    const there = () => page.locator('[data-peer=validator-3]:not(.gone)').count();
    await expect.poll(there, SOON).toBe(0);
    await expect.poll(() => member(page, 'validator-3'), SOON).toContain('has left');
    await press(page, 'validator-3', 'Come back');
    await expect.poll(() => member(page, 'validator-3'), SOON).toContain('running');
    await expect.poll(there, SOON).toBe(1);
  });

  it('APPLY-4: killed with -9 it is gone at once; started again it catches up, and is held in a second run', async () => {
    await press(page, 'full-node', 'kill -9');
    await expect
      .poll(() => page.locator('.notices').textContent(), SOON)
      .toContain('full-node is gone: its process was killed');
    await expect.poll(() => member(page, 'full-node'), SOON).toContain('killed');
    await expect.poll(() => page.locator('.reason .why').textContent(), SOON).toMatch(/^Last known: /);
    const before = await localHeight(page);
    await press(page, 'full-node', 'Restart empty');
    await expect.poll(() => page.locator('.event header').textContent(), SOON).toContain('run 2');
    await expect.poll(() => mode(page), SOON).toBe('Consensus_Synced');
    expect(await localHeight(page)).toBeGreaterThanOrEqual(before);
    // The tampering sender is charged for what a node that catches up asks of it.
    await press(page, 'full-node', 'kill -9');
    await press(page, 'validator-1', 'Tamper');
    await expect.poll(() => member(page, 'full-node'), SOON).toContain('killed');
    await press(page, 'full-node', 'Restart empty');
    await expect.poll(() => page.locator('.event header').textContent(), SOON).toContain('run 3');
    const offences = () => page.locator('[data-peer=validator-1] [data-label=Offences]').textContent();
    await expect.poll(offences, SOON).toMatch(/[1-9]/);
    await expect.poll(() => mode(page), SOON).toBe('Consensus_Synced');
  });

  it('held, it shows a point that stays, and goes on live from where the node is', async () => {
    await page.locator('h1').click();
    await page.keyboard.press(' ');
    await expect.poll(() => page.locator('.pulse').textContent(), SOON).toContain('Live, held');
    await expectDrawn(page);
    const point = await page.locator('.event .figures').textContent();
    const link = page.url();
    const height = await localHeight(page);
    await demo.line(({ type, height: made }) => type === 'madeBlock' && Number(made) > height + 1);
    expect(await page.locator('.event .figures').textContent()).toBe(point);
    const again = await openPage(browser, link);
    await expect.poll(() => again.page.locator('.event .figures').textContent(), SOON).toBe(point);
    again.expectClean();
    await page.keyboard.press('End');
    await expect.poll(() => localHeight(page), SOON).toBeGreaterThan(height);
  });

  it('complained of nothing and asked nobody else; ended by a signal it leaves nothing', async () => {
    watched.expectClean();
    demo.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await demo.finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(jsonLines(stdout).at(-1)?.['type']).toBe('summary');
    await expect
      .poll(() => page.locator('.notices').textContent(), SOON)
      .toContain('The inspector does not answer any more');
    expect(await page.locator('.reason .why').textContent()).toMatch(/^Last known: /);
  });
});

async function press(page: Page, name: string, button: string): Promise<void> {
  await page.locator(`[data-member="${name}"]`).getByRole('button', { name: button, exact: true }).click();
}

async function member(page: Page, name: string): Promise<string> {
  return (await page.locator(`[data-member="${name}"]`).textContent()) ?? '';
}

async function mode(page: Page): Promise<string> {
  return (await page.locator('[data-testid=reason] h2').textContent(SOON)) ?? '';
}

async function localHeight(page: Page): Promise<number> {
  const text = (await page.locator('.strip .figures b').first().textContent()) ?? '';
  return Number(text.split('..').at(-1)?.replace(/,/g, ''));
}
