import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Inspector } from '../../../src/inspect/index.ts';
import { ensurePage } from '../../../src/cli/inspect/ensure-page.ts';
import { walkTrace } from '../sample-traces.ts';
import { CHROMIUM, expectDrawn, launchChromium, openPage, SKIPPED } from './chromium.ts';

const EVENTS = 1_500;
const directory = mkdtempSync(join(tmpdir(), 'inspect-page-'));
const trace = walkTrace(EVENTS, 7);
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};

if (CHROMIUM === undefined) console.log(SKIPPED);

describe.skipIf(CHROMIUM === undefined)('a trace on the page, in Chromium', () => {
  let browser: Browser;
  let inspector: Inspector;
  beforeAll(async () => {
    await ensurePage();
    browser = await launchChromium();
    inspector = await Inspector.start({ port: 0 });
    await inspector.addFile(file('walk.ndjson', trace));
  });
  afterAll(async () => {
    await browser.close();
    await inspector.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is read and run again, and every part of the page tells of it', async () => {
    const { page, expectClean } = await openPage(browser, inspector.url);
    await expectWhere(page, new RegExp(`of ${count(trace)} `));
    expect(await page.locator('.pulse').textContent()).toMatch(/^Over 1,5\d\d events, read and run again in/);
    const mode = await page.locator('[data-testid=reason] h2').textContent();
    expect(await page.locator('[data-chart=operationMode] .state.on').first().getAttribute('data-state')).toBe(
      `mode.${mode ?? ''}`,
    );
    for (const part of ['Heights', 'Peers', 'Log of events and effects', 'Speed over time', 'State', 'This event']) {
      await page.getByRole('region', { name: part, exact: true }).waitFor({ timeout: 5_000 });
    }
    expect(await page.locator('.row').count()).toBeGreaterThan(5);
    expect(await page.locator('.notice').count()).toBe(0);
    expectClean();
    await page.context().close();
  });

  it('is travelled by keys and by the slider, and a link opens the same point again', async () => {
    const { page, expectClean } = await openPage(browser, inspector.url);
    await expectWhere(page, /of 1,5/);
    await page.keyboard.press('Home');
    await expectWhere(page, /^1 of/);
    expect(await page.locator('[data-testid=reason] h2').textContent()).toBe('P2P_Bootstrapped');
    expect(await page.locator('.event').textContent()).toContain('the record begins');
    await page.keyboard.press('ArrowRight');
    await expectWhere(page, /^2 of/);
    expect(await page.locator('.event .what').textContent()).not.toContain('the record begins');
    await page.keyboard.press('Shift+ArrowRight');
    await expectWhere(page, /^12 of/);
    await page.keyboard.press('Shift+PageDown');
    await expectWhere(page, /^112 of/);
    await page.keyboard.press('ArrowLeft');
    await expectWhere(page, /^111 of/);
    // Keys that come faster than the page draws are not lost.
    await page.evaluate(`for (let times = 0; times < 9; times++)
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }))`);
    await expectWhere(page, /^102 of/);
    await page.keyboard.press('ArrowRight');
    await expectWhere(page, /^103 of/);
    await page.getByLabel('Point in the record').fill('110');
    await expectWhere(page, /^111 of/);
    const before = await page.locator('.reason').textContent();
    expect(page.url()).toMatch(/#source=walk.ndjson&run=1&event=110$/);

    const again = await openPage(browser, page.url());
    await expectWhere(again.page, /^111 of/);
    expect(await again.page.locator('.reason').textContent()).toBe(before);
    again.expectClean();
    await again.page.context().close();

    await page.keyboard.press('End');
    await expectWhere(page, new RegExp(`^${count(trace)} of`));
    await page.getByLabel('Point in the record').fill('500');
    await expectWhere(page, /^501 of/);
    await page.locator('h1').click();
    await page.getByLabel('Speed of playing').selectOption('100');
    await page.locator('h1').click();
    await page.keyboard.press(' ');
    await expect.poll(() => where(page), { timeout: 60_000 }).not.toMatch(/^501 of/);
    expectClean();
    await page.context().close();
  });

  it('the log is narrowed by words and topics, and its rows lead to their points', async () => {
    const { page, expectClean } = await openPage(browser, inspector.url);
    await expectWhere(page, /of 1,5/);
    await page.getByRole('button', { name: 'modes', exact: true }).click();
    await expect.poll(() => shown(page)).toBeLessThan(300);
    await page.getByLabel('Narrow the log to what contains').fill('Consensus_SyncMode');
    await expect.poll(() => page.locator('.row .came').first().textContent()).toContain('Consensus_SyncMode');
    await page.locator('.row button').first().click();
    await expect.poll(() => page.locator('.event').textContent()).toContain('-> Consensus_SyncMode');
    const clause = page.locator('.event .clauses summary').first();
    await clause.click();
    const id = await clause.textContent();
    const [spec] = await Promise.all([
      page.context().waitForEvent('page'),
      page.locator('.event .clauses details[open] a').click(),
    ]);
    await spec.waitForLoadState();
    expect(spec.url()).toBe(`${inspector.url}spec.html#${id ?? ''}`);
    expect(await spec.locator(':target').textContent()).toMatch(new RegExp(`^${id ?? ''} `));
    expectClean();
    await page.context().close();
  });

  it('fits a phone, and everything is in reach by keyboard with a visible focus', async () => {
    const phone = { viewport: { width: 360, height: 740 } };
    const { page, expectClean } = await openPage(browser, inspector.url, phone);
    await expectWhere(page, /of 1,5/);
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths).toEqual([360, 360]);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<[name: string, ring: string, text: string]>(
        `(() => { const e = document.activeElement; const s = getComputedStyle(e); const box = e.querySelector?.('.box');
          const ring = box ? getComputedStyle(box).strokeWidth : s.outlineWidth;
          return [e.tagName + '.' + (e.getAttribute('class') ?? ''), ring, e.getAttribute('aria-label') ?? e.textContent]; })()`,
      );
      if (focused[0].startsWith('BODY')) break;
      seen.add(focused[0]);
      if (!focused[0].startsWith('INPUT.hidden'))
        expect(parseFloat(focused[1]), focused.join(' ')).toBeGreaterThanOrEqual(1.5);
    }
    expect([...seen].some((name) => name.startsWith('g.state'))).toBe(true);
    expectClean();
    await page.context().close();
  });

  it.each([
    ['garbage', '\u0000\u0001 nothing like it\n', /TRACE_INVALID.*does not begin with the header/],
    ['an empty file', '', /TRACE_INVALID.*it is empty/],
    ['JSON of something else', '{"hello":1}\n{"hello":2}\n', /TRACE_INVALID.*does not begin with the header/],
    ['another version', trace.replace('"version":1', '"version":9'), /TRACE_VERSION.*version 9/],
    ['a trace cut off', trace.slice(0, trace.length / 2), /TRACE_TRUNCATED/],
    ['a trace that was changed', trace.replace('"type":"Start"', '"type":"Start","x":1'), /TRACE_ALTERED/],
  ])('%s, opened on the page, is told in words', async (name, text, problem) => {
    const { page, expectClean } = await openPage(browser, inspector.url);
    await expectWhere(page, /of 1,5/);
    await page.locator('input[type=file]').setInputFiles(file(`${name}.ndjson`, text));
    await expect.poll(() => page.locator('.notice.bad').textContent(), { timeout: 60_000 }).toMatch(problem);
    if (name === 'a trace cut off') await expectWhere(page, /of \d{3} /);
    expectClean();
    await page.context().close();
  });

  it('a trace that this version runs otherwise is told in words, with the event from which on', async () => {
    const lines = trace.split('\n');
    const changed = lines.findIndex((line) => line.includes('"type":"sendMetadataRequest"'));
    lines[changed] = (lines[changed] ?? '').replace('"type":"sendMetadataRequest"', '"type":"sendNothing"');
    const { page, expectClean } = await openPage(browser, inspector.url);
    await expectWhere(page, /of 1,5/);
    await page.locator('input[type=file]').setInputFiles(file('other.ndjson', lines.join('\n')));
    await expect
      .poll(() => page.locator('.notices').textContent(), { timeout: 60_000 })
      .toContain(`From event ${changed} on this page and the trace part: the effects`);
    expectClean();
    await page.context().close();
  });

  it('says so when the inspector is gone, and goes on when it is back', async () => {
    const first = await Inspector.start({ port: 0 });
    await first.addFile(join(directory, 'walk.ndjson'));
    const port = Number(new URL(first.url).port);
    const { page, expectClean } = await openPage(browser, first.url, {
      expectsErrors: /ERR_CONNECTION|ERR_INCOMPLETE/,
    });
    await expectWhere(page, /of 1,5/);
    await first.close();
    await expect
      .poll(() => page.locator('.notices').textContent(), { timeout: 60_000 })
      .toContain('does not answer any more');
    const second = await Inspector.start({ port });
    await second.addFile(join(directory, 'walk.ndjson'));
    await expect.poll(() => page.locator('.notices').textContent(), { timeout: 60_000 }).toBe('');
    await second.close();
    expectClean();
    await page.context().close();
  });
});

function count(text: string): string {
  return (text.split('\n').length - 2).toLocaleString('en-US');
}

async function where(page: Page): Promise<string> {
  return (await page.locator('[data-testid=where]').textContent({ timeout: 60_000 })) ?? '';
}

async function expectWhere(page: Page, pattern: RegExp): Promise<void> {
  await expect.poll(() => where(page), { timeout: 60_000 }).toMatch(pattern);
  await expectDrawn(page);
}

async function shown(page: Page): Promise<number> {
  return Number((await page.locator('.log .figures b').textContent())?.replace(/,/g, ''));
}
