/**
 * Other projects' engines, as published on npm, into .tmp/bench-others: hundreds of packages that only the bench wants,
 * and that this package's lock file is better off without. Neither is part of this repository.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const OTHERS_DIRECTORY = fileURLToPath(new URL('../../../.tmp/bench-others', import.meta.url));
export const ETHEREUMJS_VERSION = '0.10.5';
export const LODESTAR_VERSION = '1.44.0';

/** Lodestar's range sync needs two of its many dependencies; some of the others are not to be had from every registry. */
const DEPENDENCIES = {
  '@ethereumjs/client': ETHEREUMJS_VERSION,
  '@lodestar/params': '1.50.0',
  '@lodestar/utils': '1.48.0',
};
const DONE = join(OTHERS_DIRECTORY, `lodestar-${LODESTAR_VERSION}`, 'package', 'package.json');

export function othersInstalled(): boolean {
  return existsSync(DONE);
}

/** @throws Error when npm fails */
export function installOthers(): void {
  if (othersInstalled()) return;
  rmSync(OTHERS_DIRECTORY, { recursive: true, force: true });
  const lodestar = join(OTHERS_DIRECTORY, `lodestar-${LODESTAR_VERSION}`);
  mkdirSync(lodestar, { recursive: true });
  const about = { name: 'bench-others', private: true, type: 'module', dependencies: DEPENDENCIES };
  writeFileSync(join(OTHERS_DIRECTORY, 'package.json'), JSON.stringify(about, null, 2));
  console.log(`installing @ethereumjs/client and @lodestar/beacon-node into ${OTHERS_DIRECTORY}`);
  npm(OTHERS_DIRECTORY, ['install', '--ignore-scripts', '--no-audit', '--no-fund']);
  // The package alone, without its dependencies.
  npm(lodestar, ['pack', '--silent', `@lodestar/beacon-node@${LODESTAR_VERSION}`]);
  execFileSync('tar', ['xzf', `lodestar-beacon-node-${LODESTAR_VERSION}.tgz`], { cwd: lodestar });
}

function npm(directory: string, args: readonly string[]): void {
  execFileSync('npm', args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
}
