import type { SyncBlock } from '../../src/index.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { ServedChain } from './chain.ts';
import type { Frontier } from './frontier.ts';
import type { PeerPlan } from './peer-plan.ts';
import { drawing } from './peer-plan.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What a peer did, for the tables. */
export interface PeerRecord {
  requests: number;
  unanswered: number;
  blocks: number;
  bytes: number;
  /** How long the lowest height that nobody had delivered yet was the one that then came from it. */
  headMs: number;
  /** When the last block of it reached the node; null: none did. */
  lastBlockAtMs: number | null;
  /** When its link was busy. */
  readonly busy: { readonly fromMs: number; readonly toMs: number }[];
}

type Asked = Extract<PeerMessage, { readonly type: 'getBlocks' }>;

/** An answer is sent in parts of about this size to whoever takes parts; to others, whole, up to the second. */
const PART_BYTES = 262_144;
const ANSWER_BYTES_MAX = 4_000_000;
/** Requests and refusals take no room on the link; their round trip they do take. */
const NO_BYTES = 0;
/** By how much a peer exaggerates that claims more than there is. */
const INFLATED_BY = 1_000;

/** A peer behind one link, whose messages follow each other at the link's speed and arrive half a round trip later. */
export class VirtualPeer {
  readonly plan: PeerPlan;
  readonly record: PeerRecord = {
    requests: 0,
    unanswered: 0,
    blocks: 0,
    bytes: 0,
    headMs: 0,
    lastBlockAtMs: null,
    busy: [],
  };
  readonly #clock: VirtualClock;
  readonly #chain: ServedChain;
  readonly #draw: () => number;
  #freeAtMs = 0;
  /** What was asked over a connection that is gone is not answered. */
  #connection = 0;
  #deliver: ((message: PeerMessage) => void) | null = null;
  readonly #frontier: Frontier;

  constructor(plan: PeerPlan, clock: VirtualClock, chain: ServedChain, frontier: Frontier, seed: number) {
    this.plan = plan;
    this.#clock = clock;
    this.#chain = chain;
    this.#frontier = frontier;
    this.#draw = drawing(seed);
  }

  get connected(): boolean {
    return this.#deliver !== null;
  }

  connect(deliver: (message: PeerMessage) => void): void {
    this.#connection++;
    this.#deliver = deliver;
  }

  disconnect(): void {
    this.#deliver = null;
    this.#freeAtMs = 0;
  }

  /** @returns false when sending to it fails */
  receive(message: PeerMessage): boolean {
    if (message.type !== 'metadataRequest' && message.type !== 'getBlocks') return true;
    if (message.type === 'getBlocks' && this.#draw() < this.plan.fails.send) return false;
    const connection = this.#connection;
    this.#clock.after(this.plan.roundTripMs / 2, () => {
      if (connection !== this.#connection || !this.connected) return;
      if (message.type === 'getBlocks') this.#answer(message);
      else this.#send({ type: 'metadata', minHeight: 1, maxHeight: this.#claims() }, NO_BYTES);
    });
    return true;
  }

  #claims(): number {
    return this.#chain.height + (this.plan.lie === 'inflate' ? INFLATED_BY : 0);
  }

  #answer(asked: Asked): void {
    const { lie, fails } = this.plan;
    const { requestId, from } = asked;
    this.record.requests++;
    if (lie === 'silent' || from > this.#chain.height || this.#draw() < fails.silent) {
      this.record.unanswered++;
      return;
    }
    if (lie === 'absent' || this.#draw() < fails.absent) {
      this.record.unanswered++;
      this.#send({ type: 'noBlock', requestId, height: from }, NO_BYTES);
      return;
    }
    this.#serve(asked);
  }

  #serve(asked: Asked): void {
    const takesParts = 'bytesMax' in asked;
    const bytesMax = takesParts ? asked.bytesMax : ANSWER_BYTES_MAX;
    const last = this.#fitting(asked.from, Math.min(asked.to, this.#chain.height), bytesMax);
    for (let from = asked.from; from <= last;) {
      const to = takesParts ? this.#fitting(from, last, PART_BYTES) : last;
      const blocks: SyncBlock[] = [];
      for (let height = from; height <= to; height++) {
        blocks.push(this.plan.lie === 'tamper' ? this.#chain.spoiledAt(height) : this.#chain.at(height));
      }
      const more = to < last ? { more: true } : {};
      this.#send({ type: 'blocks', requestId: asked.requestId, blocks, ...more }, this.#chain.bytesOf(from, to));
      from = to + 1;
    }
  }

  /** The last height up to `to` that still fits; the first one always does. */
  #fitting(from: number, to: number, bytesMax: number): number {
    let last = from;
    while (last < to && this.#chain.bytesOf(from, last + 1) <= bytesMax) last++;
    return last;
  }

  #send(message: PeerMessage, bytes: number): void {
    const nowMs = this.#clock.now();
    const fromMs = Math.max(nowMs, this.#freeAtMs);
    const toMs = fromMs + bytes / this.plan.bytesPerMs;
    this.#freeAtMs = toMs;
    const connection = this.#connection;
    if (bytes > 0) this.record.busy.push({ fromMs, toMs });
    this.#clock.after(toMs + this.plan.roundTripMs / 2 - nowMs, () => {
      if (connection !== this.#connection || this.#deliver === null) return;
      if (message.type === 'blocks') {
        this.record.blocks += message.blocks.length;
        this.record.bytes += bytes;
        this.record.lastBlockAtMs = this.#clock.now();
        if (this.plan.lie !== 'tamper') this.record.headMs += this.#frontier.arrived(message.blocks, this.#clock.now());
      }
      this.#deliver(message);
    });
  }
}
