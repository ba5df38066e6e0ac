import type { Effect, EffectOf } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';

interface Serving {
  readonly effect: EffectOf<'serveBlocks'>;
  /** What its next part begins with; null after the last. */
  next: number | null;
  isSent: boolean;
  /** How much may still be sent. */
  bytesLeft: number;
  /** The store failed at one of its heights: of several that ask for the same nobody can tell which. */
  mayBeUnread: boolean;
  beats: number;
}

/** Of so many heights that were read last their sizes are known. */
const SIZES_KEPT_MAX = 10_000;

/** HOST-6 for the transport: requests that could not be sent, and blocks that were served. */
export class Requests {
  readonly #judge: Judge;
  /** Requests whose sending failed, until the core is told; and the last ones of which it was. */
  readonly #failed = new Map<number, { readonly peer: PeerId; beats: number }>();
  readonly #told = new Set<number>();
  readonly #serving = new Map<number, Serving>();
  /** Of blocks that were read: why an answer ends before its last height. */
  readonly #sizes = new Map<number, number>();

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  observed(event: SyncEvent, effects: readonly Effect[]): void {
    if (event.type === 'sendFailed') this.#sendFailed(event.requestId, event.peer);
    if (event.type === 'blocksServed') this.#served(event.serveId);
    if (event.type === 'Stop') this.#failed.clear();
    for (const effect of effects) {
      if (effect.type === 'serveBlocks') this.#serving.set(effect.serveId, begun(effect));
    }
  }

  /** @returns whether it is an answer to a request that is being served */
  serves(peer: PeerId, message: PeerMessage): boolean {
    if (message.type !== 'blocks' && message.type !== 'noBlock') return false;
    const height = message.type === 'blocks' ? message.blocks[0]?.height : message.height;
    for (const serving of this.#serving.values()) {
      const { effect, next } = serving;
      if (effect.peer !== peer || effect.requestId !== message.requestId || next !== height) continue;
      serving.isSent = true;
      serving.beats = 0;
      const blocks = message.type === 'blocks' ? message.blocks : [];
      for (const { bytes } of blocks) serving.bytesLeft -= bytes;
      const isLast = message.type === 'noBlock' || message.more !== true;
      if (isLast) this.#ends(serving, next + blocks.length);
      serving.next = isLast ? null : next + blocks.length;
      return true;
    }
    return false;
  }

  /** The answer ends in front of this height: it must be the last, or too large, or not readable. */
  #ends({ effect, bytesLeft, mayBeUnread }: Serving, next: number): void {
    const { peer, from, to } = effect;
    if (next > to || mayBeUnread || (next > from && bytesLeft <= 0) || this.#twinsOf(effect).length > 0) return;
    const bytes = this.#sizes.get(next);
    if (next > from && bytes !== undefined && bytes > bytesLeft) return;
    const isThere = bytes === undefined ? 'which was not read' : `which is there and has ${bytes} bytes`;
    const detail = `${from}..${to}: the answer to ${peer} ends in front of ${next}, ${isThere}; there is room for ${bytesLeft}`;
    this.#judge.broken(CONTRACT.carriesOut, detail);
  }

  read({ height, bytes }: SyncBlock): void {
    if (this.#sizes.size >= SIZES_KEPT_MAX) this.#sizes.clear();
    this.#sizes.set(height, bytes);
  }

  /** The store could not read a height. */
  readFailed(height: number): void {
    for (const serving of this.#serving.values()) {
      if (serving.effect.from <= height && height <= serving.effect.to) serving.mayBeUnread = true;
    }
  }

  sendFails(peer: PeerId, message: PeerMessage): void {
    if (message.type === 'getBlocks' && message.requestId !== null)
      this.#failed.set(message.requestId, { peer, beats: 0 });
  }

  beat(): void {
    for (const [requestId, failed] of this.#failed) {
      if (++failed.beats <= BEATS_MAX) continue;
      const detail = `request ${requestId} could not be sent to ${failed.peer}, and sendFailed was never told`;
      this.#judge.broken(CONTRACT.answers, detail);
      return;
    }
    for (const serving of this.#serving.values()) {
      if (++serving.beats <= BEATS_MAX) continue;
      const { serveId, peer, from, to } = serving.effect;
      const stage = serving.isSent || serving.mayBeUnread ? 'it is sent, or failed' : 'nothing was sent';
      this.#judge.broken(
        CONTRACT.answers,
        `serveBlocks ${serveId} (${from}..${to} to ${peer}): blocksServed was never told; ${stage}`,
      );
      return;
    }
  }

  #sendFailed(requestId: number, peer: PeerId): void {
    if (this.#failed.delete(requestId)) {
      this.#told.add(requestId);
      if (this.#told.size > 1_000) this.#told.clear();
      return;
    }
    const twice = this.#told.has(requestId) ? 'twice' : 'though nothing failed';
    this.#judge.broken(CONTRACT.answers, `sendFailed was told of request ${requestId} to ${peer}, ${twice}`);
  }

  #served(serveId: number): void {
    const serving = this.#serving.get(serveId);
    this.#serving.delete(serveId);
    if (serving !== undefined) this.#handOn(serving);
    if (serving === undefined)
      this.#judge.broken(CONTRACT.answers, `blocksServed was told of ${serveId}, which is not being served`);
    else if (!serving.isSent && !serving.mayBeUnread && !this.#twinSent(serving.effect)) {
      const { peer, from, to } = serving.effect;
      this.#judge.broken(CONTRACT.truthful, `told served, and nothing was sent: ${from}..${to} to ${peer}`);
    }
  }

  /** Parts of another answer with the same number were taken for this one's: the rest of them is the other's. */
  #handOn({ effect, next, isSent }: Serving): void {
    if (!isSent || next === null) return;
    const twin = this.#twinsOf(effect).find((each) => each.isSent && each.next === null);
    if (twin === undefined) return;
    twin.next = next;
    // Which of their blocks took up whose room, nobody can tell.
    twin.mayBeUnread = true;
  }

  /** Another asks for the same and was taken for this one when the answer was sent: they change places. */
  #twinSent(effect: EffectOf<'serveBlocks'>): boolean {
    const twin = this.#twinsOf(effect).find((each) => each.isSent && each.effect.from === effect.from);
    if (twin === undefined) return false;
    twin.isSent = false;
    twin.next = effect.from;
    return true;
  }

  /** Requests with the same number: nobody can tell which of them is answered. */
  #twinsOf({ serveId, peer, requestId }: EffectOf<'serveBlocks'>): readonly Serving[] {
    return [...this.#serving.values()].filter(({ effect }) => {
      return effect.serveId !== serveId && effect.peer === peer && effect.requestId === requestId;
    });
  }
}

function begun(effect: EffectOf<'serveBlocks'>): Serving {
  const { from, bytesMax } = effect;
  return { effect, next: from, isSent: false, bytesLeft: bytesMax, mayBeUnread: false, beats: 0 };
}
