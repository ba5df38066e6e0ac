import type { Effect, Facts, SyncBlock, SyncEvent } from '../../src/index.ts';
import { createFacts, step } from '../../src/index.ts';

/** A chain of opaque blocks, as the core sees one. */
export function blockAt(height: number): SyncBlock {
  return {
    height,
    id: `state ${height}`,
    parentId: `state ${height - 1}`,
    contentId: `content ${height}`,
    bytes: 1_000,
    body: null,
  };
}

type Observe = (event: SyncEvent, effects: readonly Effect[], state: Facts, before: Facts) => void;

export interface EngineRun {
  readonly events: number;
  readonly blocks: number;
}

/**
 * The core alone: peers that answer at once, a verifier, an executor and a store that take no time. Everything that is
 * measured is `step`; the harness is a queue.
 */
export function runEngine(peerCount: number, blocks: number, observe?: Observe): EngineRun {
  let facts = createFacts({ local: { minHeight: 0, maxHeight: 0, tipId: 'state 0' }, seed: 1 });
  const queue: SyncEvent[] = [
    { type: 'Start', now: 0 },
    { type: 'P2P_IsBootstrapped', now: 0 },
  ];
  for (let i = 0; i < peerCount; i++) {
    const peer = `peer ${i}`;
    queue.push({ type: 'peerConnected', peer, rangeBlocksMax: 32, now: 0 });
    queue.push({ type: 'metadataReceived', peer, minHeight: 1, maxHeight: blocks, now: 0 });
  }
  let events = 0;
  for (let event = queue[0]; event !== undefined; event = queue[events]) {
    const before = facts;
    const { state, effects } = step(before, event);
    facts = state;
    observe?.(event, effects, state, before);
    queue[events] = PLACEHOLDER;
    events++;
    for (const effect of effects) {
      const answer = answerTo(effect, events / 1_000);
      if (answer !== null) queue.push(answer);
    }
  }
  if (facts.local.maxHeight !== blocks) throw new Error(`ended at height ${facts.local.maxHeight}, not ${blocks}`);
  return { events, blocks };
}

/** Events that are done are let go, so that the queue's length does not show as memory. */
const PLACEHOLDER: SyncEvent = { type: 'Stop', now: 0 };

function answerTo(effect: Effect, now: number): SyncEvent | null {
  switch (effect.type) {
    case 'sendGetBlocks': {
      const { peer, requestId, from, to } = effect;
      const blocks = Array.from({ length: to - from + 1 }, (_, i) => blockAt(from + i));
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
