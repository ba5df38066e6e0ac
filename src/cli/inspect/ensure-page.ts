import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PAGE_DIRECTORY } from '../../inspect/server/static-files.ts';
import { StateSyncError } from '../../protocol/errors.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What the page is made of. */
const SOURCES = ['src', 'machines', 'docs/spec.md', 'package-lock.json'];

/** The package brings the page with it. From source it is built when it is missing, or older than what it is made of. */
export async function ensurePage(): Promise<void> {
  if (extname(import.meta.url) !== '.ts') return;
  const builtMs = await modifiedMs(join(PAGE_DIRECTORY, 'index.html'));
  const newestMs = Math.max(...(await Promise.all(SOURCES.map((path) => newestUnder(join(ROOT, path))))));
  if (builtMs > newestMs) return;
  process.stderr.write(`The page is ${builtMs === 0 ? 'not built yet' : 'older than its source'}: building it.\n`);
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) throw new StateSyncError('PAGE_MISSING', 'it cannot be built here: vite is not installed');
  const config = join(ROOT, 'src/inspect/build/vite.config.ts');
  await promisify(execFile)(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], { cwd: ROOT });
}

/** Milliseconds since 1970; 0 when there is no such file. */
async function modifiedMs(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

async function newestUnder(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const entries = await readdir(path);
  const times = await Promise.all(entries.map((entry) => newestUnder(join(path, entry))));
  return Math.max(0, ...times);
}
