import { signal } from '@preact/signals';
import type { TakenEdge } from '../model/edges-taken.ts';

/** How long an edge that was taken stays lit. */
const LIT_MS = 900;
/** Taken again and again, it lights up anew no more often than this. */
const AGAIN_MS = 450;

export interface LitEdge {
  readonly edge: number;
  readonly count: number;
  /** Grows each time it lights up, to begin the animation anew. */
  readonly pulse: number;
  readonly sinceMs: number;
}

export const lit = signal<ReadonlyMap<number, LitEdge>>(new Map());
/** The edge that a row of the log, or the pointer, points at. */
export const pointedEdge = signal<number | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;

export function noteTaken(taken: readonly TakenEdge[]): void {
  if (taken.length === 0) return;
  const nowMs = performance.now();
  const next = new Map(lit.value);
  for (const { edge, count } of taken) {
    const before = next.get(edge);
    const isFresh = before !== undefined && nowMs - before.sinceMs < AGAIN_MS;
    next.set(
      edge,
      isFresh
        ? { ...before, count: before.count + count }
        : { edge, count, pulse: (before?.pulse ?? 0) + 1, sinceMs: nowMs },
    );
  }
  lit.value = next;
  timer ??= setTimeout(fade, LIT_MS);
}

function fade(): void {
  timer = undefined;
  const nowMs = performance.now();
  const left = new Map([...lit.value].filter(([, { sinceMs }]) => nowMs - sinceMs < LIT_MS));
  if (left.size !== lit.value.size) lit.value = left;
  if (left.size > 0) timer = setTimeout(fade, LIT_MS / 3);
}
