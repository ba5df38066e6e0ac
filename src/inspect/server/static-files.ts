import { readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StateSyncError } from '../../protocol/errors.ts';

export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Its name changes with its content. */
  readonly hashed: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Where the build puts the page: beside the package's code, or in the source tree's `dist`. */
export const PAGE_DIRECTORY = fileURLToPath(
  new URL(extname(import.meta.url) === '.ts' ? '../../../dist/inspect-page' : '../../../inspect-page', import.meta.url),
);

/** All files of the built page, by their path in URLs; read once. @throws StateSyncError PAGE_MISSING */
export function readPage(directory: string = PAGE_DIRECTORY): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  try {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const path = join(entry.parentPath, entry.name);
      const url = `/${relative(directory, path).split(sep).join('/')}`;
      files.set(url, { type, bytes: readFileSync(path), hashed: url.startsWith('/assets/') });
    }
  } catch (cause) {
    throw new StateSyncError('PAGE_MISSING', `the page is not in ${directory}`, { cause });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new StateSyncError('PAGE_MISSING', `the page is not in ${directory}`);
  return files.set('/', index);
}
