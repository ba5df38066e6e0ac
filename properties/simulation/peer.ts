import type { TransportListener, WireProtocol } from '../../src/node/ports.ts';
import type { Claim, PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { Asked, Behaviour, CreateBehaviour, Reply, Scene, Target } from './behaviour.ts';
import type { ChainView } from './chain.ts';
import type { Endpoint, SimNetwork } from './network.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Peers ask for metadata as often as nodes do. */
const ASKS_EVERY_MS = 10_000;

/** How long a peer takes between two parts of an answer. */
const PART_MS_MAX = 50;

/** What a peer holds, and how fast it answers. */
export interface Holdings {
  readonly minHeight: number;
  /** How many of the newest blocks it does not have. */
  readonly lagBlocks: number;
  readonly serveMsMax: number;
}

export interface NamedBehaviour {
  readonly name: string;
  readonly create: CreateBehaviour;
}

/** What a peer needs of the run it is part of. */
export interface PeerSurroundings {
  readonly time: VirtualTime;
  readonly network: SimNetwork;
  readonly chain: ChainView;
  readonly isCalm: () => boolean;
  /** The node under test with this id; undefined: it is another peer, or down. */
  target(id: PeerId): (Target & Pick<TransportListener, 'offence'>) | undefined;
  targets(): Iterable<PeerId>;
  /** Sees to it that the peer is connected again. */
  reconnect(peer: SimPeer, target: PeerId, afterMs: number): void;
  acted(behaviour: string, times: number): void;
}

/** An honest peer with nothing, or with misbehaviour laid over it. */
export class SimPeer implements Endpoint {
  id: PeerId;
  readonly wire: WireProtocol;
  readonly isHonest: boolean;
  holdings: Holdings;
  /** Not there: connects to nobody. */
  isHidden = false;
  readonly random: Random;
  readonly #world: PeerSurroundings;
  readonly #named: readonly NamedBehaviour[];
  readonly #acts = new Map<PeerId, Act>();
  #identities = 1;
  readonly #name: string;
  /** So many blocks of an answer come at a time. */
  readonly #partBlocksMax: number;

  constructor(
    world: PeerSurroundings,
    id: PeerId,
    wire: WireProtocol,
    holdings: Holdings,
    random: Random,
    behaviours: readonly NamedBehaviour[] = [],
  ) {
    this.#world = world;
    this.id = id;
    this.#name = id;
    this.wire = wire;
    this.holdings = holdings;
    this.random = random;
    this.#named = behaviours;
    this.isHonest = behaviours.length === 0;
    this.#partBlocksMax = random.fork('parts').pick([1, 3, Infinity, Infinity]);
  }

  get claim(): Claim {
    const { minHeight, lagBlocks } = this.holdings;
    const maxHeight = Math.max(0, this.#world.chain.height - lagBlocks);
    return { minHeight: Math.min(minHeight, maxHeight), maxHeight };
  }

  connected(other: PeerId): void {
    const act = this.#actFor(other);
    act.isConnected = true;
    this.#askAgain(other, act, ++act.connections);
    act.behaviours.forEach((behaviour, i) => {
      behaviour.connected?.();
      if (behaviour.act !== undefined) this.#keepActing(act, behaviour, i);
    });
  }

  disconnected(other: PeerId): void {
    const act = this.#acts.get(other);
    if (act !== undefined) act.isConnected = false;
    const backAfterMs = act?.backAfterMs ?? this.random.between(500, 5_000);
    if (act !== undefined) act.backAfterMs = null;
    this.#world.reconnect(this, other, backAfterMs);
  }

  message(other: PeerId, message: PeerMessage): void {
    if (message.type === 'metadataRequest') return this.#sayClaim(other);
    if (message.type !== 'getBlocks') return;
    const asked: Asked = { ...message, requestId: this.#speaksPocket ? null : message.requestId };
    let replies = this.#honestReplies(asked);
    for (const behaviour of this.#actFor(other).behaviours) replies = behaviour.answer?.(asked, replies) ?? replies;
    const link = this.#world.network.linkOf(this.id, other);
    for (const { afterMs, message: reply } of replies) {
      this.#world.time.after(afterMs, () => {
        // An answer of our own protocol belongs to its stream, and ends with it. Of Pocket's, each goes its own way.
        if (this.#speaksPocket || link?.isOpen === true) this.#send(other, reply);
      });
    }
  }

  gossip(): void {
    // What others announce does not change what is simulated of a peer.
  }

  /** Tells everybody under test. */
  publish(message: GossipMessage, alias?: string): void {
    const author = alias === undefined ? this.id : `${this.#name}#as-${alias}`;
    this.#world.network.gossip(author, this.#world.targets(), message);
  }

  /** At once, and as long as the connection lasts. */
  #askAgain(other: PeerId, act: Act, connection: number): void {
    if (!act.isConnected || act.connections !== connection) return;
    this.#send(other, { type: 'metadataRequest' });
    this.#world.time.after(ASKS_EVERY_MS * this.random.between(0.8, 1.2), () => {
      this.#askAgain(other, act, connection);
    });
  }

  #sayClaim(other: PeerId): void {
    let claim: Claim | null = this.claim;
    for (const behaviour of this.#actFor(other).behaviours) {
      if (claim !== null && behaviour.claim !== undefined) claim = behaviour.claim(claim);
    }
    if (claim !== null) this.#send(other, { type: 'metadata', ...claim });
  }

  #honestReplies({ requestId, from, to }: Asked): readonly Reply[] {
    const { minHeight, maxHeight } = this.claim;
    const afterMs = this.random.between(0, this.holdings.serveMsMax);
    if (from < Math.max(1, minHeight) || from > maxHeight || to < from) {
      return this.#speaksPocket ? [] : [{ afterMs, message: { type: 'noBlock', requestId, height: from } }];
    }
    const blocks = [];
    for (let height = from; height <= Math.min(to, maxHeight); height++) blocks.push(this.#world.chain.blockAt(height));
    return this.#speaksPocket
      ? [{ afterMs, message: { type: 'blocks', requestId, blocks } }]
      : this.#inParts(requestId, blocks, afterMs);
  }

  /** Our own protocol streams an answer. */
  #inParts(requestId: number | null, blocks: readonly SyncBlock[], firstAfterMs: number): readonly Reply[] {
    const replies: Reply[] = [];
    const size = Math.min(this.#partBlocksMax, blocks.length);
    let afterMs = firstAfterMs;
    for (let i = 0; i < blocks.length; i += size) {
      const part = { type: 'blocks', requestId, blocks: blocks.slice(i, i + size) } as const;
      replies.push({ afterMs, message: i + size < blocks.length ? { ...part, more: true } : part });
      afterMs += this.random.between(0, PART_MS_MAX);
    }
    return replies;
  }

  get #speaksPocket(): boolean {
    return this.wire === 'pokt-background';
  }

  #send(other: PeerId, message: PeerMessage): void {
    this.#world.network.send(this.id, other, message);
  }

  #actFor(other: PeerId): Act {
    const known = this.#acts.get(other);
    if (known !== undefined) return known;
    const act: Act = { isConnected: false, connections: 0, backAfterMs: null, epochs: [], behaviours: [] };
    this.#acts.set(other, act);
    for (const { name, create } of this.#named) {
      act.behaviours.push(create(this.#sceneOf(other, name, act)));
      act.epochs.push(0);
    }
    return act;
  }

  #keepActing(act: Act, behaviour: Behaviour, index: number): void {
    const epoch = (act.epochs[index] ?? 0) + 1;
    act.epochs[index] = epoch;
    const everyMs = behaviour.everyMs ?? 1_000;
    const again = () => {
      if (!act.isConnected || act.epochs[index] !== epoch) return;
      behaviour.act?.();
      this.#world.time.after(everyMs, again);
    };
    this.#world.time.after(everyMs * this.random.unit(), again);
  }

  #sceneOf(other: PeerId, name: string, act: Act): Scene {
    const world = this.#world;
    const idOf = () => this.id;
    const { random } = this;
    const target = () => {
      const found = world.target(other);
      if (found === undefined) throw new Error(`${other} is not there to be seen`);
      return found;
    };
    return {
      random,
      chain: world.chain,
      get self() {
        return idOf();
      },
      get target() {
        return target();
      },
      get nowMs() {
        return world.time.nowMs;
      },
      get isCalm() {
        return world.isCalm();
      },
      acted: (times = 1) => {
        world.acted(name, times);
      },
      send: (message) => {
        this.#send(other, message);
      },
      gossip: (message, alias) => {
        this.publish(message, alias);
      },
      offend: (offence, detail) => {
        if (act.isConnected) world.target(other)?.offence(this.id, offence, detail);
      },
      leave: (backAfterMs) => {
        act.backAfterMs = backAfterMs;
        world.network.disconnect(this.id, other);
      },
      hangUp: (forMs) => {
        world.network.makeUnreachable(this.id, forMs);
      },
      comeAsSomebodyElse: () => {
        if (!world.isCalm()) this.#rename();
      },
    };
  }

  #rename(): void {
    const { network } = this.#world;
    network.cutOff(this.id);
    network.remove(this.id);
    this.#identities++;
    this.id = `${this.#name}#${this.#identities}`;
    network.add(this);
    for (const [target, act] of this.#acts) {
      act.isConnected = false;
      this.#world.reconnect(this, target, this.random.between(10, 500));
    }
  }
}

/** A peer's dealings with one node. */
interface Act {
  isConnected: boolean;
  connections: number;
  backAfterMs: number | null;
  readonly epochs: number[];
  readonly behaviours: Behaviour[];
}
