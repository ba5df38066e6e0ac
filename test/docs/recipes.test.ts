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

it('the worked example in docs/recipes.md runs as it stands, in another runner', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(ROOT, 'test/docs/.recipe-'));
  try {
    const { code } = blockAfter(page, 'check-host');
    // The package is not installed in itself: only where things are imported from changes.
    const file = code
      .replace("'pocket-state-sync/properties'", "'../../../properties/index.ts'")
      .replace("'./my-host.ts'", "'../../properties/hosts/actor-host.ts'")
      .replace('{ createMyHost }', '{ createActorHost as createMyHost }');
    writeFileSync(join(folder, 'recipe.ts'), file);
    const env = { ...process.env, RUNS: '2', NODE_OPTIONS: '' };
    const args = ['--test', '--test-reporter=tap', join(folder, 'recipe.ts')];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toContain('ok 1 - my host does what the protocol says');
    expect(stdout).toMatch(/2 simulated networks of seed \d+: \d+ events/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
