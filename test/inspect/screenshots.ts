/** `npm run screenshots`: makes docs/images/*.png from a demo that runs for it. Needs Chromium. */
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { ensurePage } from '../../src/cli/inspect/ensure-page.ts';
import { start } from '../cli/run-cli.ts';
import { launchChromium, openPage } from './browser/chromium.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const BYTES_MAX = 200_000;

mkdirSync(IMAGES, { recursive: true });
await ensurePage();
const browser = await launchChromium();
const demo = start('demo', '--json', '--blocks', '800', '--inspect', '0');
try {
  const { url } = await demo.line(({ type }) => type === 'inspector');
  await demo.line(({ type, phase }) => type === 'phase' && phase === 'syncing');
  await demo.line(({ type, node, height }) => type === 'progress' && node === 'full-node' && Number(height) > 120);
  const laptop = { width: 1180, height: 940 };
  // All show the same moment, in the middle of catching up.
  const link = await shoot('inspector-light', String(url), { viewport: laptop, colorScheme: 'light' }, hold);
  await shoot('inspector-dark', link, { viewport: laptop, colorScheme: 'dark' }, settle);
  const phone = { width: 360, height: 1400 };
  await shoot('inspector-phone', link, { viewport: phone, colorScheme: 'light', isMobile: true }, settle);
} finally {
  demo.child.kill('SIGTERM');
  await demo.finished;
  await browser.close();
}

async function shoot(
  name: string,
  url: string,
  options: BrowserContextOptions,
  ready: (page: Page) => Promise<void>,
): Promise<string> {
  const { page, expectClean } = await openPage(browser, url, options);
  await page.locator('[data-testid=reason]').waitFor();
  await ready(page);
  const path = `${IMAGES}${name}.png`;
  await page.screenshot({ path });
  const link = page.url();
  expectClean();
  await page.context().close();
  const { size } = statSync(path);
  console.log(`${path}: ${Math.round(size / 1_000)} kB`);
  if (size > BYTES_MAX) console.log(`        more than ${BYTES_MAX / 1_000} kB: make it smaller`);
  return link;
}

/** A moment in which something happens in every part of the page: a block was refused not long ago. */
async function hold(page: Page): Promise<void> {
  await page.getByLabel('Narrow the log to what contains').fill('INVALID_STATE_HASH');
  await page.locator('.row', { hasText: 'INVALID_STATE_HASH' }).last().locator('button').click();
  await page.getByLabel('Narrow the log to what contains').fill('');
  await settle(page);
}

async function settle(page: Page): Promise<void> {
  await page.locator('.row.current').waitFor();
  await page.locator('h1').click();
  await page.evaluate('scrollTo(0, 0)');
  await page.waitForTimeout(1_500);
}
