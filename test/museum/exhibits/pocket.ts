import type { Origin } from '../bug.ts';

/** A flaw of Pocket's Go implementation. */
export function pocket(what: string, ...links: readonly string[]): Origin {
  return { project: 'Pocket (Go, main of 2023-11)', what, links };
}
