import type { TraceWriterOptions } from '../../src/trace/index.ts';
import { createTraceWriter } from '../../src/trace/index.ts';
import type { Choice } from '../../properties/arbitraries/core-walk/walk.ts';
import { Walk } from '../../properties/arbitraries/core-walk/walk.ts';

export const ABOUT = { source: 'test', writtenBy: 'test 1', runtime: 'test', startedAt: null };

/** The trace of a random walk of a node among honest and lying peers, line by line. */
export function traceWalk(choices: readonly Choice[], options: Partial<TraceWriterOptions> = {}): string[] {
  const lines: string[] = [];
  const walk = new Walk({ seed: 1, config: { requestBlocksMax: 4 } });
  const { world } = walk;
  const writer = createTraceWriter({
    ...ABOUT,
    state: world.facts,
    write: (line) => void lines.push(line),
    ...options,
  });
  let state = world.facts;
  // Its host answers within `send`, so the state is known step by step only here.
  world.onStep = (event, before, effects) => {
    if (before !== state) throw new Error('a step is missing');
    state = world.facts;
    writer.observe(event, effects, state);
  };
  for (const choice of choices) walk.take(choice);
  writer.end();
  return lines;
}

/** Choices that a seed decides. */
export function choicesOf(seed: number, count: number): Choice[] {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >>> 8;
  return Array.from({ length: count }, () => [next(), next()] as const);
}
