import type { Effect } from '../../src/core/effects.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';

interface Errand {
  /** Asked for by the core, less what was done. */
  balance: number;
  beats: number;
}

/** HOST-5: effects that are done by one call to a port, and calls that no effect asks for. */
export class Errands {
  readonly #judge: Judge;
  readonly #errands = new Map<string, Errand>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  observed(effects: readonly Effect[]): void {
    for (const effect of effects) {
      const call = callOf(effect);
      if (call !== null) this.#count(call, 1);
    }
  }

  /** The host sends something that is not a block served. */
  sends(peer: PeerId, message: PeerMessage): void {
    this.#count(sending(peer, message), -1);
  }

  disconnects(peer: PeerId, refuseMs: number): void {
    this.#count(disconnecting(peer, refuseMs), -1);
  }

  startsConsensus(nextHeight: number): void {
    this.#count(`start consensus at ${nextHeight}`, -1);
  }

  stopsConsensus(): void {
    this.#count('stop consensus', -1);
  }

  proposes(peer: PeerId, height: number): void {
    this.#count(`hand over the proposal ${height} of ${peer}`, -1);
  }

  beat(): void {
    for (const [what, errand] of this.#errands) {
      if (++errand.beats <= BEATS_MAX) continue;
      const detail =
        errand.balance > 0 ? `the core asked to ${what}, and it was not done` : `the host did this unasked: ${what}`;
      this.#judge.broken(CONTRACT.carriesOut, detail);
      return;
    }
  }

  /** The process ends: what was to be sent need not be. */
  clear(): void {
    this.#errands.clear();
  }

  #count(what: string, by: 1 | -1): void {
    const errand = this.#errands.get(what) ?? { balance: 0, beats: 0 };
    errand.balance += by;
    if (errand.balance === 0) {
      this.#errands.delete(what);
      this.#judge.held(CONTRACT.carriesOut);
    } else this.#errands.set(what, errand);
  }
}

function callOf(effect: Effect): string | null {
  switch (effect.type) {
    case 'sendMetadataRequest':
      return sending(effect.peer, { type: 'metadataRequest' });
    case 'sendMetadata':
      return sending(effect.peer, { ...effect, type: 'metadata' });
    case 'sendGetBlocks':
      return sending(effect.peer, { ...effect, type: 'getBlocks' });
    case 'sendNoBlock':
      return sending(effect.peer, { ...effect, type: 'noBlock' });
    case 'disconnectPeer':
      return disconnecting(effect.peer, effect.refuseMs);
    case 'startConsensus':
      return `start consensus at ${effect.nextHeight}`;
    case 'stopConsensus':
      return 'stop consensus';
    case 'deliverProposal':
      return `hand over the proposal ${effect.block.height} of ${effect.peer}`;
    default:
      return null;
  }
}

function disconnecting(peer: PeerId, refuseMs: number): string {
  return `disconnect ${peer} and refuse it for ${refuseMs} ms`;
}

function sending(peer: PeerId, message: PeerMessage): string {
  switch (message.type) {
    case 'metadataRequest':
      return `ask ${peer} for metadata`;
    case 'metadata':
      return `send ${peer} metadata ${message.minHeight}..${message.maxHeight}`;
    case 'getBlocks':
      return `ask ${peer} for ${message.from}..${message.to} (request ${message.requestId ?? 'without id'})`;
    case 'noBlock':
      return `tell ${peer} that ${message.height} is not here (its request ${message.requestId ?? 'without id'})`;
    case 'blocks':
      return `send ${peer} blocks from ${message.blocks[0]?.height ?? '?'} (its request ${message.requestId ?? 'without id'})`;
  }
}
