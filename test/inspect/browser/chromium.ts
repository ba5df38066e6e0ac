import { existsSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { expect } from 'vitest';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium's path; `undefined` where there is none. `CHROMIUM` names another one. */
export const CHROMIUM = process.env['CHROMIUM'] ?? PATHS.find((path) => existsSync(path));

export const SKIPPED = 'Chromium is not installed (apt-get install chromium): the page is not tried in a browser';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export async function launchChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(SKIPPED);
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

/** A page that is watched: what it logs as an error, what it throws, and whom it asks. */
export interface WatchedPage {
  readonly page: Page;
  /** Fails if the page complained, or asked anybody but its own server. */
  expectClean(): void;
}

const LOCAL = /^(http:\/\/127\.0\.0\.1:\d+\/|blob:http:\/\/127\.0\.0\.1|data:)/;

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { readonly expectsErrors?: RegExp } = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && options.expectsErrors?.test(message.text()) !== true)
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => {
    if (!LOCAL.test(request.url())) strangers.push(request.url());
  });
  await page.goto(url);
  return {
    page,
    expectClean: () => expect({ complaints, strangers }).toEqual({ complaints: [], strangers: [] }),
  };
}

/** Waits until every part of the page shows the point that the slider is at: some are drawn a frame later than it. */
export async function expectDrawn(page: Page): Promise<void> {
  await page.locator('.columns[aria-busy=false]').waitFor({ timeout: 60_000 });
}
