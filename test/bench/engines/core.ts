import type { Effect, Facts, SyncBlock, SyncEvent } from '../../../src/index.ts';
import { createFacts, step } from '../../../src/index.ts';
import { blocksUpTo } from './blocks.ts';
import type { Engine } from './engine.ts';

/** Our core alone: peers, verifier, executor and store take no time, and a queue is the host. */
export const OUR_CORE: Engine = {
  name: 'ours: step() alone',
  run: async ({ peers, blocks, requestBlocks }) => {
    runEngine(peers, blocks, { requestBlocksMax: requestBlocks });
    return { blocks, stalls: 0 };
  },
};

type Observe = (event: SyncEvent, effects: readonly Effect[], state: Facts, before: Facts) => void;

export interface EngineOptions {
  /** How many blocks one request may name. */
  readonly requestBlocksMax?: number;
  /** Given, it makes the blocks as they are asked for; otherwise all are made before. */
  readonly blockAt?: (height: number) => SyncBlock;
  readonly observe?: Observe | undefined;
}

export interface EngineRun {
  readonly events: number;
  readonly blocks: number;
}

/**
 * The core alone: peers that answer at once, a verifier, an executor and a store that take no time. Everything that is
 * measured is `step`; the harness is a queue.
 */
export function runEngine(
  peerCount: number,
  blocks: number,
  { requestBlocksMax = 1, blockAt, observe }: EngineOptions = {},
): EngineRun {
  // Blocks are small enough for the buffer to have room for full requests of every peer.
  const config = { requestBlocksMax, blockBytesMax: 10_000 };
  const made = blockAt === undefined ? blocksUpTo(blocks) : [];
  const take = (from: number, to: number): readonly SyncBlock[] =>
    blockAt === undefined
      ? made.slice(from - 1, to)
      : Array.from({ length: to - from + 1 }, (_, i) => blockAt(from + i));
  let facts = createFacts({ config, local: { minHeight: 0, maxHeight: 0, tipId: 'state 0' }, seed: 1 });
  const queue: SyncEvent[] = [
    { type: 'Start', now: 0 },
    { type: 'P2P_IsBootstrapped', now: 0 },
  ];
  for (let i = 0; i < peerCount; i++) {
    const peer = `peer ${i}`;
    queue.push({ type: 'peerConnected', peer, rangeBlocksMax: requestBlocksMax, now: 0 });
    queue.push({ type: 'metadataReceived', peer, minHeight: 1, maxHeight: blocks, now: 0 });
  }
  let events = 0;
  let head = 0;
  for (let event = queue[0]; event !== undefined; event = queue[head]) {
    const before = facts;
    const { state, effects } = step(before, event);
    facts = state;
    observe?.(event, effects, state, before);
    events++;
    head++;
    if (head === QUEUE_TRIM) {
      queue.splice(0, head);
      head = 0;
    }
    for (const effect of effects) {
      const answer = answerTo(effect, take, events / 1_000);
      if (answer !== null) queue.push(answer);
    }
  }
  if (facts.local.maxHeight !== blocks) throw new Error(`ended at height ${facts.local.maxHeight}, not ${blocks}`);
  return { events, blocks };
}

/** Events that are done are let go after so many, so that the queue does not show as memory. */
const QUEUE_TRIM = 4_096;

type Take = (from: number, to: number) => readonly SyncBlock[];

/** No answer is longer than this, whatever is asked. */
const ANSWER_BLOCKS_MAX = 1_024;

function answerTo(effect: Effect, take: Take, now: number): SyncEvent | null {
  switch (effect.type) {
    case 'sendGetBlocks': {
      const { peer, requestId, from, to } = effect;
      const blocks = take(from, Math.min(to, from + ANSWER_BLOCKS_MAX - 1));
      return { type: 'blocksReceived', peer, requestId, blocks, now };
    }
    case 'verifyBlocks':
      return { type: 'blocksVerified', workId: effect.workId, valid: effect.blocks.length, now };
    case 'applyBlocks':
      return { type: 'blocksApplied', workId: effect.workId, stateHashes: effect.blocks.map(({ id }) => id), now };
    case 'commitBlocks':
      return { type: 'blocksCommitted', workId: effect.workId, validator: false, now };
    default:
      return null;
  }
}
