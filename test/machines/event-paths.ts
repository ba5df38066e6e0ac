import type { Facts } from '../../src/core/facts.ts';
import { step } from '../../src/core/step.ts';
import type { Move } from './small-world.ts';
import { keyOf, movesIn, smallWorld } from './small-world.ts';
import type { Edge } from './taken-edges.ts';
import { watchEdges } from './taken-edges.ts';

export type Stepper = typeof step;

/** A way to a transition: what happens in the world, one event of a host a line. */
export interface Path {
  readonly edge: Edge;
  readonly words: readonly string[];
}

export interface Search {
  /** By edge. */
  readonly paths: ReadonlyMap<Edge, Path>;
  /** Edges that no path found takes. */
  readonly missed: readonly Edge[];
  /** How many different states were looked at. */
  readonly states: number;
  readonly steps: number;
}

export interface SearchOptions {
  readonly edges: readonly Edge[];
  readonly stepper?: Stepper;
  /** Gives up, and tells what was missed, after so many states. */
  readonly statesMax?: number;
}

interface Node {
  readonly facts: Facts;
  readonly before: Node | null;
  readonly words: string;
}

const STATES_MAX = 20_000;

/**
 * Looks, breadth first, for a path of world events through `step` that takes each edge: the first path found to one is a
 * shortest among those that the search tells apart, and is then cut down to what is needed of it. No chance is in it.
 */
export function searchPaths(options: SearchOptions): Search {
  const taken = new Set<Edge>();
  return watchEdges(
    (edge) => taken.add(edge),
    () => search(options, taken),
  );
}

/** Takes the path from the start, and tells what its last event takes; null when some of it cannot happen then. */
export function walkPath(words: readonly string[], stepper: Stepper = step): ReadonlySet<Edge> | null {
  const taken = new Set<Edge>();
  return watchEdges(
    (edge) => taken.add(edge),
    () => walk(words, stepper, taken),
  );
}

function search({ edges, stepper = step, statesMax = STATES_MAX }: SearchOptions, taken: Set<Edge>): Search {
  const missing = new Set(edges);
  const found = new Map<Edge, Path>();
  const start: Node = { facts: smallWorld(), before: null, words: '' };
  const seen = new Set([keyOf(start.facts)]);
  const queue: Node[] = [start];
  let steps = 0;
  for (let i = 0; i < queue.length && missing.size > 0; i++) {
    const node = queue[i] as Node;
    for (const move of movesIn(node.facts)) {
      steps++;
      const facts = take(node.facts, move, stepper, taken);
      for (const edge of [...taken]) {
        if (!missing.delete(edge)) continue;
        found.set(edge, { edge, words: shorten([...wordsTo(node), move.words], edge, stepper, taken) });
      }
      const key = keyOf(facts);
      if (seen.has(key) || seen.size >= statesMax) continue;
      seen.add(key);
      queue.push({ facts, before: node, words: move.words });
    }
  }
  return { paths: found, missed: [...missing], states: seen.size, steps };
}

function walk(words: readonly string[], stepper: Stepper, taken: Set<Edge>): ReadonlySet<Edge> | null {
  let facts = smallWorld();
  taken.clear();
  for (const each of words) {
    const move = movesIn(facts).find((candidate) => candidate.words === each);
    if (move === undefined) return null;
    facts = take(facts, move, stepper, taken);
  }
  return new Set(taken);
}

/** Without every event that the path's last one does not need to take the edge. */
function shorten(words: readonly string[], edge: Edge, stepper: Stepper, taken: Set<Edge>): readonly string[] {
  for (let i = 0; i < words.length; i++) {
    const less = words.filter((_, j) => j !== i);
    if (walk(less, stepper, taken)?.has(edge) === true) return shorten(less, edge, stepper, taken);
  }
  return words;
}

/** @returns the facts after the event; `taken` has the edges that it took. */
function take(facts: Facts, { event }: Move, stepper: Stepper, taken: Set<Edge>): Facts {
  taken.clear();
  return stepper(facts, event).state;
}

function wordsTo(node: Node): string[] {
  return node.before === null ? [] : [...wordsTo(node.before), node.words];
}
