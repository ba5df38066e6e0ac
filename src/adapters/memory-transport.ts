import type { Clock, Transport, TransportListener, WireProtocol } from '../node/ports.ts';
import type { PeerId } from '../protocol/block.ts';
import { DEFAULT_CONFIG, MESSAGE_OVERHEAD_BYTES } from '../protocol/config.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { GossipMessage, PeerMessage } from '../protocol/messages.ts';
import { abandon, newSide, unreachable } from './memory-link.ts';
import type { Side as SideOf } from './memory-link.ts';
import { pocketMessages } from './memory-pocket-wire.ts';
import { Refusals } from './refusals.ts';
import { createSystemClock } from './system-clock.ts';

export interface MemoryNetworkOptions {
  /** For delays and refusals. Default: the system clock. */
  readonly clock?: Clock;
  /** How long a message is under way, in ms. Order between two nodes is kept all the same. Default: 0. */
  readonly delayMs?: (from: PeerId, to: PeerId, message: PeerMessage | GossipMessage) => number;
  /** Whether a message gets lost. Default: none does. */
  readonly drops?: (from: PeerId, to: PeerId, message: PeerMessage | GossipMessage) => boolean;
  /** The longest message, counted in bytes of its blocks. Default: LIMIT's message size. */
  readonly messageBytesMax?: number;
  /**
   * Messages under way from one node to another. Beyond, `send` waits for one to arrive; beyond as many that wait, it
   * fails. Default: 1,024.
   */
  readonly underWayMax?: number;
}

/** Nodes of one process, each connected to every other that is started. */
export interface MemoryNetwork {
  /** @param wire `pokt-background` makes a node that speaks Pocket's wire only: no ids, no ranges, no "I have none" */
  transport(self: PeerId, wire?: WireProtocol): Transport;
  /** Cuts the connection between two nodes, until they are joined again. */
  cut(a: PeerId, b: PeerId): void;
  join(a: PeerId, b: PeerId): void;
}

const UNDER_WAY_MAX = 1_024;
const REFUSALS_MAX = 10_000;

export function createMemoryNetwork(options: MemoryNetworkOptions = {}): MemoryNetwork {
  return new Network(options);
}

type Side = SideOf<MemoryNode>;

class Network implements MemoryNetwork {
  readonly clock: Clock;
  readonly options: MemoryNetworkOptions;
  readonly nodes = new Map<PeerId, MemoryNode>();
  readonly #cuts = new Set<string>();
  #queue: (() => void)[] = [];

  constructor(options: MemoryNetworkOptions) {
    this.options = options;
    this.clock = options.clock ?? createSystemClock();
  }

  transport(self: PeerId, wire: WireProtocol = 'pocket-state-sync'): Transport {
    return new MemoryNode(this, self, wire);
  }

  cut(a: PeerId, b: PeerId): void {
    this.#cuts.add(pairOf(a, b));
    this.nodes.get(a)?.drop(b);
    this.nodes.get(b)?.drop(a);
  }

  join(a: PeerId, b: PeerId): void {
    this.#cuts.delete(pairOf(a, b));
    const node = this.nodes.get(a);
    const other = this.nodes.get(b);
    if (node !== undefined && other !== undefined) this.connect(node, other);
  }

  connect(a: MemoryNode, b: MemoryNode): void {
    if (a === b || a.sides.has(b.self) || b.sides.has(a.self) || this.#cuts.has(pairOf(a.self, b.self))) return;
    if (a.refusals.has(b.self) || b.refusals.has(a.self)) return;
    const wire = a.wire === b.wire ? a.wire : 'pokt-background';
    const near = newSide(a, wire);
    const far = newSide(b, wire);
    near.far = far;
    far.far = near;
    a.open(near, b.self);
    b.open(far, a.self);
  }

  /** Everything is delivered from one queue, in a turn of its own: in order, and never inside a call to a transport. */
  deliver(delivery: () => void): void {
    this.#queue.push(delivery);
    if (this.#queue.length === 1) nextTurn(() => this.#flush());
  }

  /** Delivers after `delayMs`, and not before what was sent from that side earlier. */
  deliverLater(side: Side, delayMs: number, delivery: () => void): void {
    if (delayMs <= 0 && side.delayed.length === 0) return this.deliver(delivery);
    const nowMs = this.clock.now();
    side.arrivesAtMs = Math.max(nowMs + delayMs, side.arrivesAtMs);
    side.delayed.push(delivery);
    // Timers that are due together may fire in any order: each delivers whatever is the oldest.
    this.clock.after(side.arrivesAtMs - nowMs, () => {
      const oldest = side.delayed.shift();
      if (oldest !== undefined) this.deliver(oldest);
    });
  }

  /** Who hears gossip of `author`: neighbours pass it on. */
  reached(author: MemoryNode): Set<MemoryNode> {
    const reached = new Set([author]);
    for (const node of reached) for (const { far } of node.sides.values()) if (far !== null) reached.add(far.owner);
    reached.delete(author);
    return reached;
  }

  #flush(): void {
    const deliveries = this.#queue;
    this.#queue = [];
    for (const delivery of deliveries) delivery();
  }
}

class MemoryNode implements Transport {
  readonly self: PeerId;
  readonly wire: WireProtocol;
  readonly sides = new Map<PeerId, Side>();
  readonly refusals: Refusals;
  readonly #network: Network;
  readonly #reconnects = new Set<() => void>();
  #listener: TransportListener | null = null;

  constructor(network: Network, self: PeerId, wire: WireProtocol) {
    this.#network = network;
    this.self = self;
    this.wire = wire;
    this.refusals = new Refusals(REFUSALS_MAX, () => network.clock.now());
  }

  start(listener: TransportListener): Promise<void> {
    if (this.#network.nodes.has(this.self)) {
      return Promise.reject(new StateSyncError('TRANSPORT_FAILED', `a node ${this.self} is started already`));
    }
    this.#listener = listener;
    this.#network.nodes.set(this.self, this);
    for (const node of this.#network.nodes.values()) this.#network.connect(this, node);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    if (this.#listener === null) return Promise.resolve();
    this.#listener = null;
    this.#network.nodes.delete(this.self);
    for (const cancel of this.#reconnects) cancel();
    this.#reconnects.clear();
    for (const peer of [...this.sides.keys()]) this.drop(peer);
    return Promise.resolve();
  }

  send(peer: PeerId, message: PeerMessage): Promise<void> {
    const side = this.sides.get(peer);
    if (side === undefined) return Promise.reject(unreachable(peer, 'it is not connected'));
    const { messageBytesMax = DEFAULT_CONFIG.blockBytesMax + MESSAGE_OVERHEAD_BYTES } = this.#network.options;
    const bytes = message.type === 'blocks' ? message.blocks.reduce((sum, block) => sum + block.bytes, 0) : 0;
    if (bytes > messageBytesMax) {
      return Promise.reject(new StateSyncError('OVERSIZE_MESSAGE', `a message of ${bytes} bytes`, { peer }));
    }
    if (side.underWay < this.#underWayMax) {
      this.#send(side, peer, message);
      return Promise.resolve();
    }
    if (side.waiting.length >= this.#underWayMax) {
      return Promise.reject(unreachable(peer, `${side.waiting.length} messages wait for it already`));
    }
    return new Promise((resolve, reject) => {
      side.waiting.push({ message, resolve, reject });
    });
  }

  publish(message: GossipMessage): Promise<void> {
    const { drops, delayMs } = this.#network.options;
    if (this.#listener === null) return Promise.resolve();
    for (const node of this.#network.reached(this)) {
      if (drops?.(this.self, node.self, message) === true) continue;
      const tell = (): void => {
        if (!node.refusals.has(this.self)) node.#listener?.gossip(this.self, message);
      };
      const delay = delayMs?.(this.self, node.self, message) ?? 0;
      if (delay > 0) this.#network.clock.after(delay, () => this.#network.deliver(tell));
      else this.#network.deliver(tell);
    }
    return Promise.resolve();
  }

  disconnect(peer: PeerId, refuseMs: number): Promise<void> {
    this.refusals.refuse(peer, refuseMs);
    this.drop(peer);
    if (this.#listener === null) return Promise.resolve();
    const cancel = this.#network.clock.after(refuseMs, () => {
      this.#reconnects.delete(cancel);
      const other = this.#network.nodes.get(peer);
      if (other !== undefined) this.#network.connect(this, other);
    });
    this.#reconnects.add(cancel);
    return Promise.resolve();
  }

  open(side: Side, peer: PeerId): void {
    this.sides.set(peer, side);
    this.#network.deliver(() => {
      if (this.sides.get(peer) !== side) return;
      side.told = true;
      this.#listener?.peerConnected(peer, side.wire);
    });
  }

  /** Ends the connection: at once for this node, for the other after what is under way to it. */
  drop(peer: PeerId): void {
    const side = this.sides.get(peer);
    if (side === undefined) return;
    this.sides.delete(peer);
    abandon(side, peer);
    const listener = this.#listener;
    this.#network.deliver(() => {
      if (side.told && this.#listener === listener) listener?.peerDisconnected(peer);
    });
    const { far } = side;
    if (far === null) return;
    this.#network.deliverLater(side, 0, () => far.owner.#lost(far, this.self));
  }

  #lost(side: Side, peer: PeerId): void {
    if (this.sides.get(peer) !== side) return;
    this.sides.delete(peer);
    abandon(side, peer);
    if (side.told) this.#listener?.peerDisconnected(peer);
    // It may have been started again before this side heard of its end.
    const again = this.#network.nodes.get(peer);
    if (again !== undefined && this.#listener !== null) this.#network.connect(this, again);
  }

  #send(side: Side, peer: PeerId, message: PeerMessage): void {
    if (side.wire === 'pocket-state-sync') this.#sendOne(side, peer, message);
    else for (const part of pocketMessages(message)) this.#sendOne(side, peer, part);
  }

  #sendOne(side: Side, peer: PeerId, message: PeerMessage): void {
    const { drops, delayMs } = this.#network.options;
    const { far } = side;
    if (far === null || drops?.(this.self, peer, message) === true) return;
    side.underWay += 1;
    this.#network.deliverLater(side, delayMs?.(this.self, peer, message) ?? 0, () => {
      side.underWay -= 1;
      if (far.owner.sides.get(this.self) === far) far.owner.#listener?.message(this.self, message);
      this.#sendWaiting(side, peer);
    });
  }

  #sendWaiting(side: Side, peer: PeerId): void {
    while (side.underWay < this.#underWayMax) {
      const next = side.waiting.shift();
      if (next === undefined) return;
      this.#send(side, peer, next.message);
      next.resolve();
    }
  }

  get #underWayMax(): number {
    return this.#network.options.underWayMax ?? UNDER_WAY_MAX;
  }
}

function pairOf(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** A turn of the event loop, not a microtask: two nodes that answer each other at once must not starve timers. */
function nextTurn(turn: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(turn);
  else setTimeout(turn, 0);
}
