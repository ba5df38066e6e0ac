import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ensurePage } from '../../../src/cli/inspect/ensure-page.ts';
import { Inspector } from '../../../src/inspect/index.ts';
import { walkTrace } from '../sample-traces.ts';
import { CHROMIUM, launchChromium, openPage } from './chromium.ts';

const EVENTS = 100_000;
/** Those on the screen, and some above and below. */
const ROWS_MAX = 60;
/** At most: a quick machine has read it all before. */
const SEEKS = 5;
/** A task that is longer is felt. */
const LONG_MS = 50;

describe.skipIf(CHROMIUM === undefined)(`a trace of ${EVENTS} events, in Chromium`, () => {
  it('is read in slices: the page shows how far it is, draws, and goes where it is told to meanwhile', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'inspect-long-'));
    const trace = join(directory, 'long.ndjson');
    writeFileSync(trace, walkTrace(EVENTS, 3));
    await ensurePage();
    const inspector = await Inspector.start({ port: 0 });
    const browser = await launchChromium();
    try {
      const { page, expectClean } = await openPage(browser, inspector.url);
      await watch(page);
      await page.locator('input[type=file]').setInputFiles(trace);
      const places = new Set<string>();
      await page.locator('.pulse', { hasText: 'Reading' }).waitFor();
      for (let seeks = 0; seeks < SEEKS && (await pulse(page)).startsWith('Reading'); seeks++) {
        await page.getByRole('button', { name: seeks % 2 === 0 ? 'First (Home)' : '10 on (Shift →)' }).click();
        const wanted = seeks % 2 === 0 ? /^1 of/ : /^11 of/;
        await expect.poll(() => page.locator('.where').textContent(), { timeout: 30_000 }).toMatch(wanted);
        places.add(await pulse(page));
      }
      await page.getByText('read and run again').waitFor({ timeout: 120_000 });
      const { drawn, rowsMost, longMs } = await watched(page);
      const took = await pulse(page);
      const longest = Math.max(0, ...longMs);
      const sum = `${longMs.length} tasks of the page over ${LONG_MS} ms, the longest ${longest} ms; drawn ${drawn} times`;
      console.log(`${took}: ${sum}`);
      expect([...places].filter((text) => text.startsWith('Reading')).length).toBeGreaterThan(1);
      // How far it is can be seen to move: at the end, and once a second at the least until then.
      const [, seconds] = /in ([\d.]+) s$/.exec(took) ?? [];
      expect(seconds).toBeDefined();
      expect(drawn).toBeGreaterThan(Number(seconds));
      expect(rowsMost).toBeGreaterThan(5);
      expect(rowsMost).toBeLessThanOrEqual(ROWS_MAX);
      expect(await page.locator('.where').textContent()).toMatch(/^11? of 100,0/);
      expectClean();
    } finally {
      await browser.close();
      await inspector.close();
      rmSync(directory, { recursive: true, force: true });
    }
  }, 240_000);
});

/** What the page says of its source: how far it is read. */
async function pulse(page: Page): Promise<string> {
  return (await page.locator('.pulse').textContent()) ?? '';
}

interface Watched {
  /** How often the figure of events read changed. */
  readonly drawn: number;
  /** How many rows of the log there were at most. */
  readonly rowsMost: number;
  readonly longMs: readonly number[];
}

/** Strings, because the tests are compiled without the browser's types. */
async function watch(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const seen = (globalThis.watched = { drawn: 0, rowsMost: 0, longMs: [] });
    let last = '';
    new MutationObserver(() => {
      seen.rowsMost = Math.max(seen.rowsMost, document.querySelectorAll('.row').length);
      const now = document.querySelector('.pulse')?.textContent ?? '';
      if (now !== last) seen.drawn++;
      last = now;
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) seen.longMs.push(Math.round(duration));
    }).observe({ type: 'longtask' });
  })()`);
}

function watched(page: Page): Promise<Watched> {
  return page.evaluate<Watched>('globalThis.watched');
}
