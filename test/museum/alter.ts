import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Bug, Change } from './bug.ts';

export const ROOT = new URL('../../', import.meta.url);

/** The source with the change made. @throws Error unless the text to find is there exactly once */
export function altered(source: string, { file, find, replace }: Change): string {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places with "${find}", not one`);
  return parts.join(replace);
}

const MARK = 'bug';

/**
 * From here on, what is imported with `?bug=ID`, and all of this package that it imports, is a copy of its own in which
 * that bug's changes are made. Other packages are shared.
 */
export function serveBugs(bugs: readonly Bug[]): void {
  const byId = new Map(bugs.map((bug) => [bug.id, bug]));
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const resolved = nextResolve(specifier, context);
      const id = context.parentURL === undefined ? null : new URL(context.parentURL).searchParams.get(MARK);
      if (id === null || !isOurs(resolved.url)) return resolved;
      return { ...resolved, url: markedUrl(new URL(resolved.url), id) };
    },
    load: (url, context, nextLoad) => {
      const id = isOurs(url) ? new URL(url).searchParams.get(MARK) : null;
      const changes = (id === null ? undefined : byId.get(id))?.changes.filter(({ file }) => isFile(url, file)) ?? [];
      const loaded = nextLoad(url, context);
      if (changes.length === 0) return loaded;
      const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
      return { ...loaded, source: changes.reduce(altered, source) };
    },
  });
}

/** The address that imports a file of this package with the bug in it. */
export function alteredUrl(file: string, bug: string): string {
  return markedUrl(new URL(file, ROOT), bug);
}

function markedUrl(url: URL, id: string): string {
  url.searchParams.set(MARK, id);
  return url.href;
}

function isOurs(url: string): boolean {
  return url.startsWith(ROOT.href) && !url.includes('/node_modules/');
}

function isFile(url: string, file: string): boolean {
  return fileURLToPath(new URL(url)) === fileURLToPath(new URL(file, ROOT));
}
