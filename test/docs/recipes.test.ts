import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { RECIPES_PAGE, blockAfter, recipesPage } from '../../docs/generate-recipes.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(RECIPES_PAGE, 'utf8');

it('the report in docs/recipes.md is what checkHost says now; node docs/generate-recipes.ts writes it anew', async () => {
  expect(await recipesPage(page)).toBe(page);
});

/** One network in ten has nothing to catch up with, and a check that saw no sync at all says that it saw too little. */
const RUNS = 6;

/** Runs a worked example of the page as it stands, but for where things are imported from: the package is not installed in itself. */
async function runExample(marker: string): Promise<string> {
  const folder = mkdtempSync(join(ROOT, 'test/docs/.recipe-'));
  try {
    const file = blockAfter(page, marker)
      .code.replace("'pocket-state-sync/properties'", "'../../../properties/index.ts'")
      .replace("'./my-host.ts'", "'../../properties/hosts/actor-host.ts'")
      .replace('{ createMyHost }', '{ createActorHost as createMyHost }');
    writeFileSync(join(folder, 'recipe.ts'), file);
    const env = { ...process.env, RUNS: String(RUNS), NODE_OPTIONS: '' };
    const args = ['--test', '--test-reporter=tap', join(folder, 'recipe.ts')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch((error: unknown) => {
      // What failed is in what it printed, not in the message.
      throw new Error(`the example failed:\n${(error as { readonly stdout?: string }).stdout ?? String(error)}`, {
        cause: error,
      });
    });
    return stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('the worked example in docs/recipes.md runs as it stands, in another runner', { timeout: 120_000 }, async () => {
  const told = await runExample('check-host');
  expect(told).toContain('ok 1 - my host does what the protocol says');
  expect(told).toMatch(new RegExp(`${RUNS} simulated networks of seed \\d+: \\d+ events`));
});

it('so does the one about pace', { timeout: 120_000 }, async () => {
  expect(await runExample('check-pace')).toContain('ok 1 - my host keeps its peers busy');
});
