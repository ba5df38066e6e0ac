import type { WireProtocol } from '../../src/node/ports.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { LinkConditions } from './conditions.ts';
import { CALM } from './conditions.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Who can be connected to: a node under test or a simulated peer. */
export interface Endpoint {
  readonly id: PeerId;
  readonly wire: WireProtocol;
  connected(other: PeerId, wire: WireProtocol): void;
  disconnected(other: PeerId): void;
  message(other: PeerId, message: PeerMessage): void;
  gossip(author: PeerId, message: GossipMessage): void;
}

export interface NetworkCounts {
  sent: number;
  lost: number;
  duplicated: number;
  reordered: number;
  blockedByPartition: number;
  connections: number;
  refused: number;
}

/** One direction of a connection. */
interface Lane {
  /** The bandwidth is taken until then. */
  busyUntilMs: number;
  lastArrivalMs: number;
  repeatedAtMs: number;
  /** Answers of which a part was lost. */
  readonly cut: Set<number>;
}

/** What one end has of a connection. */
interface Connection {
  /** From this end to the other. */
  readonly lane: Lane;
  readonly link: Link;
}

/** One connection, shared by both ends. */
export interface Link {
  isOpen: boolean;
}

/** Connections with latency, bandwidth, loss, repetition, overtaking and partitions. */
export class SimNetwork {
  conditions: LinkConditions = CALM;
  readonly counts: NetworkCounts = {
    sent: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    blockedByPartition: 0,
    connections: 0,
    refused: 0,
  };
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #endpoints = new Map<PeerId, Endpoint>();
  /** By this end, and by the other. */
  readonly #connections = new Map<PeerId, Map<PeerId, Connection>>();
  readonly #blocked = new Set<string>();
  readonly #refusedUntilMs = new Map<string, number>();
  readonly #unreachableUntilMs = new Map<PeerId, number>();

  constructor(time: VirtualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  add(endpoint: Endpoint): void {
    this.#endpoints.set(endpoint.id, endpoint);
  }

  remove(id: PeerId): void {
    this.#endpoints.delete(id);
  }

  areConnected(a: PeerId, b: PeerId): boolean {
    return this.#connectionOf(a, b) !== undefined;
  }

  /** @returns false when one of them is not there, refuses, or a partition is in between */
  connect(a: PeerId, b: PeerId): boolean {
    const [left, right] = [this.#endpoints.get(a), this.#endpoints.get(b)];
    if (left === undefined || right === undefined || this.areConnected(a, b)) return false;
    if (this.#isBlocked(a, b) || this.#isBlocked(b, a)) return false;
    if (this.refusedForMs(a, b) > 0) {
      this.counts.refused++;
      return false;
    }
    const link = { isOpen: true };
    this.#endsOf(a).set(b, { lane: freshLane(), link });
    this.#endsOf(b).set(a, { lane: freshLane(), link });
    this.counts.connections++;
    const wire = left.wire === right.wire ? left.wire : 'pokt-background';
    left.connected(b, wire);
    right.connected(a, wire);
    return true;
  }

  disconnect(a: PeerId, b: PeerId): void {
    if (!this.#end(a, b)) return;
    this.#endpoints.get(a)?.disconnected(b);
    this.#endpoints.get(b)?.disconnected(a);
  }

  /** Ends every connection of `id` without a word to it: it has crashed. */
  cutOff(id: PeerId): void {
    for (const other of [...this.#endsOf(id).keys()]) {
      this.#end(id, other);
      this.#endpoints.get(other)?.disconnected(id);
    }
    this.#connections.delete(id);
  }

  refuse(a: PeerId, b: PeerId, forMs: number): void {
    this.#refusedUntilMs.set(pairOf(a, b), this.#time.nowMs + forMs);
  }

  refusedForMs(a: PeerId, b: PeerId): number {
    return Math.max(0, (this.#refusedUntilMs.get(pairOf(a, b)) ?? 0) - this.#time.nowMs);
  }

  /** Connects one that is refused. @returns false when it is not refused, or cannot be connected */
  connectRefused(a: PeerId, b: PeerId): boolean {
    if (this.refusedForMs(a, b) === 0) return false;
    this.#refusedUntilMs.delete(pairOf(a, b));
    return this.connect(a, b);
  }

  /** For that long, sending to `id` fails though the connection looks fine (A39). */
  makeUnreachable(id: PeerId, forMs: number): void {
    this.#unreachableUntilMs.set(id, this.#time.nowMs + forMs);
  }

  /** Stops what goes from `from` to `to`, and only that. */
  block(from: PeerId, to: PeerId): void {
    this.#blocked.add(`${from} ${to}`);
  }

  unblock(from: PeerId, to: PeerId): void {
    this.#blocked.delete(`${from} ${to}`);
  }

  unblockAll(): void {
    this.#blocked.clear();
  }

  /** What tells one connection of two ends from the next; undefined: they are not connected. */
  linkOf(from: PeerId, to: PeerId): Link | undefined {
    return this.#connectionOf(from, to)?.link;
  }

  /** @returns false when it cannot be sent */
  send(from: PeerId, to: PeerId, message: PeerMessage): boolean {
    const connection = this.#connectionOf(from, to);
    if (connection === undefined) return false;
    const { lane, link } = connection;
    if ((this.#unreachableUntilMs.get(to) ?? 0) > this.#time.nowMs) return false;
    this.counts.sent++;
    const { conditions } = this;
    if (this.#isBlocked(from, to)) {
      this.counts.blockedByPartition++;
      return true;
    }
    const part = partOf(message);
    const isCut = part !== null && lane.cut.has(part);
    if (isCut || (conditions.lossRatio > 0 && this.#random.chance(conditions.lossRatio))) {
      this.counts.lost++;
      // Nothing of an answer comes after a part of it that was lost.
      if (part !== null) lane.cut.add(part);
      return true;
    }
    const arrive = () => {
      if (link.isOpen) this.#endpoints.get(to)?.message(from, message);
    };
    this.#time.after(this.#delayMs(lane, message), arrive);
    if (
      conditions.duplicateRatio > 0 &&
      part === null &&
      isAnswer(message) &&
      this.#random.chance(conditions.duplicateRatio)
    ) {
      const { nowMs } = this.#time;
      if (nowMs - lane.repeatedAtMs < 1_000) return true;
      lane.repeatedAtMs = nowMs;
      this.counts.duplicated++;
      this.#time.after(this.#delayMs(lane, message), arrive);
    }
    return true;
  }

  /** Tells everybody in `to`; each hears it after a delay of its own, or not at all. */
  gossip(author: PeerId, to: Iterable<PeerId>, message: GossipMessage): void {
    const { latencyMs, jitterMs, lossRatio } = this.conditions;
    for (const id of to) {
      if (id === author || this.#isBlocked(author, id) || this.#random.chance(lossRatio)) continue;
      const delayMs = 2 * latencyMs + this.#random.between(0, jitterMs);
      this.#time.after(delayMs, () => this.#endpoints.get(id)?.gossip(author, message));
    }
  }

  #connectionOf(from: PeerId, to: PeerId): Connection | undefined {
    return this.#connections.get(from)?.get(to);
  }

  #endsOf(id: PeerId): Map<PeerId, Connection> {
    const known = this.#connections.get(id);
    if (known !== undefined) return known;
    const none = new Map<PeerId, Connection>();
    this.#connections.set(id, none);
    return none;
  }

  /** @returns whether there was a connection */
  #end(a: PeerId, b: PeerId): boolean {
    const connection = this.#connectionOf(a, b);
    if (connection === undefined) return false;
    connection.link.isOpen = false;
    this.#endsOf(a).delete(b);
    this.#endsOf(b).delete(a);
    return true;
  }

  #delayMs(lane: Lane, message: PeerMessage): number {
    const { latencyMs, jitterMs, bytesPerMs, reorders } = this.conditions;
    const { nowMs } = this.#time;
    const begins = Math.max(nowMs, lane.busyUntilMs);
    lane.busyUntilMs = begins + sizeOf(message) / bytesPerMs;
    const arrivesMs = lane.busyUntilMs + latencyMs + this.#random.between(0, jitterMs);
    const mayOvertake = message.type !== 'metadata' && partOf(message) === null;
    if (arrivesMs < lane.lastArrivalMs && reorders && mayOvertake) {
      this.counts.reordered++;
      return arrivesMs - nowMs;
    }
    lane.lastArrivalMs = Math.max(arrivesMs, lane.lastArrivalMs);
    return lane.lastArrivalMs - nowMs;
  }

  #isBlocked(from: PeerId, to: PeerId): boolean {
    return this.#blocked.size > 0 && this.#blocked.has(`${from} ${to}`);
  }
}

function freshLane(): Lane {
  return { busyUntilMs: 0, lastArrivalMs: 0, repeatedAtMs: -Infinity, cut: new Set() };
}

/** The answer that a message is a part of, the last one too: of those a stream keeps the order. */
function partOf(message: PeerMessage): number | null {
  return message.type === 'blocks' ? message.requestId : null;
}

function isAnswer(message: PeerMessage): boolean {
  return message.type === 'blocks' || message.type === 'noBlock';
}

function sizeOf(message: PeerMessage): number {
  if (message.type !== 'blocks') return 64;
  return message.blocks.reduce((bytes, block) => bytes + block.bytes, 64);
}

function pairOf(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
