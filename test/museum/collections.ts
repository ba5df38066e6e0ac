import type { Bug, Stage } from './bug.ts';
import { EXHIBITS } from './exhibits/index.ts';
import { museumPage } from './museum-page.ts';
import { plantedPage } from './planted-page.ts';
import { PLANTED } from './planted/index.ts';
import type { Record } from './record.ts';

/** Bugs that are hunted together, and the page about them. */
export interface Collection {
  readonly bugs: readonly Bug[];
  /** Where the last whole run is written down, and the page made from it. */
  readonly record: URL;
  readonly page: URL;
  readonly pageOf: (record: Record) => string;
}

export const COLLECTIONS = {
  museum: {
    bugs: EXHIBITS,
    record: new URL('record.json', import.meta.url),
    page: new URL('../../docs/museum.md', import.meta.url),
    pageOf: museumPage,
  },
  planted: {
    bugs: PLANTED,
    record: new URL('planted.json', import.meta.url),
    page: new URL('../../docs/planted-bugs.md', import.meta.url),
    pageOf: plantedPage,
  },
} as const satisfies { readonly [Name in string]: Collection };

export const ALL_BUGS: readonly Bug[] = Object.values(COLLECTIONS).flatMap(({ bugs }) => bugs);

/** How many runs a bug is given where nothing else is said. */
export const RUNS_MAX: Readonly<{ [Name in Stage]: number }> = {
  network: 300,
  'real blocks': 40,
  walks: 60,
  'whole nodes': 60,
  pace: 60,
};
