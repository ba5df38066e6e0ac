import type { TracerOptions } from '../../src/trace/index.ts';
import { createTraceWriter } from '../../src/trace/index.ts';
import { Walk } from '../../properties/arbitraries/core-walk/walk.ts';

/** The trace of a random walk among honest and lying peers, of at least so many events; the same for the same seed. */
export function walkTrace(events: number, seed = 1, options: Partial<TracerOptions> = {}): string {
  const lines: string[] = [];
  const made = new Walk({ seed, config: { blockBytesMax: 1_000, minPeers: 1 } });
  const { world } = made;
  const writer = createTraceWriter({
    source: `walk of seed ${seed}`,
    writtenBy: 'pocket-state-sync test',
    runtime: 'test',
    startedAt: '2026-01-01T00:00:00.000Z',
    ...options,
    state: world.facts,
    write: (line) => void lines.push(line),
  });
  world.onStep = (event, _before, effects) => writer.observe(event, effects, world.facts);
  const random = mulberry(seed);
  while (writer.records < events) made.take([random(), random()]);
  writer.end();
  return lines.join('');
}

function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % 1_000_000;
  };
}
