import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { Environment } from './environment.ts';
import { SimChain } from './chain.ts';
import { CALM } from './conditions.ts';
import { SimDisk } from './disk.ts';
import type { HostFaultCounts, HostFaultRates } from './host-faults.ts';
import { NO_HOST_FAULTS } from './host-faults.ts';
import { SimNetwork } from './network.ts';
import type { CreateHost } from './host-under-test.ts';
import type { NodeObserver, NodeSurroundings } from './node.ts';
import { SimNode } from './node.ts';
import type { NamedBehaviour, PeerSurroundings } from './peer.ts';
import { SimPeer } from './peer.ts';
import type { Plan } from './plan.ts';
import { Random } from './random.ts';
import { VirtualTime } from './virtual-time.ts';

export interface WorldOptions {
  readonly plan: Plan;
  readonly behaviourOf: (name: string) => NamedBehaviour;
  readonly environmentOf: (name: string) => (environment: Environment) => void;
  readonly createHost: CreateHost;
  readonly observer: NodeObserver;
}

/** One run: a chain, a network, peers, and the nodes under test. */
export class World implements PeerSurroundings, NodeSurroundings, Environment {
  readonly plan: Plan;
  readonly random: Random;
  readonly time = new VirtualTime();
  readonly network: SimNetwork;
  readonly chain: SimChain;
  readonly nodes: readonly SimNode[];
  readonly honest: readonly SimPeer[];
  readonly faulty: readonly SimPeer[];
  readonly acts = new Map<string, number>();
  readonly counts: HostFaultCounts = {
    thrown: 0,
    outcomesLost: 0,
    wentWrong: 0,
    commitsKeptInCrash: 0,
    commitsLostInCrash: 0,
    overtaken: 0,
  };
  readonly createHost: CreateHost;
  readonly observer: NodeObserver;
  blockIntervalMs: number;
  growsBlocks = true;
  #rates: HostFaultRates;
  #calm = false;

  constructor(options: WorldOptions) {
    const { plan } = options;
    this.plan = plan;
    this.createHost = options.createHost;
    this.observer = options.observer;
    this.random = new Random(plan.seed).fork('world');
    this.network = new SimNetwork(this.time, this.random.fork('network'));
    this.network.conditions = plan.conditions;
    this.#rates = { ...NO_HOST_FAULTS, workMsMax: 5 + Math.round(100 * plan.harshness * this.random.unit()) };
    this.blockIntervalMs = plan.chain.blockIntervalMs;
    this.chain = this.#makeChain();
    this.nodes = plan.nodes.map(({ id, wire, localHeight, minHeight }) => {
      const disk = new SimDisk();
      disk.fill(this.chain, localHeight, minHeight);
      return new SimNode(this, id, wire, disk, this.random.fork(id));
    });
    const peers = plan.peers.map(({ id, wire, holdings, behaviours }) => {
      return new SimPeer(this, id, wire, holdings, this.random.fork(id), behaviours.map(options.behaviourOf));
    });
    this.honest = peers.filter(({ isHonest }) => isHonest);
    this.faulty = peers.filter(({ isHonest }) => !isHonest);
    for (const peer of peers) this.network.add(peer);
    for (const name of plan.environment) options.environmentOf(name)(this);
  }

  get config() {
    return this.plan.config;
  }

  get binds() {
    return this.plan.chain.binds;
  }

  readonly rates = (): HostFaultRates => this.#rates;
  readonly isCalm = (): boolean => this.#calm;

  readonly setRates = (rates: Partial<HostFaultRates>): void => {
    if (!this.#calm) this.#rates = { ...this.#rates, ...rates };
  };

  start(): void {
    for (const node of this.nodes) node.boot();
    this.#growLater();
    if (this.nodes.length > 1) this.#meshLater();
  }

  /** Faults stop: the network is quiet, nodes and honest peers are up and connected. Liars may go on lying. */
  calmDown(): void {
    this.#calm = true;
    this.#rates = NO_HOST_FAULTS;
    this.network.conditions = CALM;
    this.network.unblockAll();
    this.growsBlocks = false;
    this.honest.forEach((peer, i) => {
      peer.isHidden = false;
      const serveMsMax = Math.min(peer.holdings.serveMsMax, 300);
      const planned = this.plan.peers[i]?.holdings ?? peer.holdings;
      // A chain does not shrink: who had more than planned keeps it.
      const lagBlocks = Math.min(planned.lagBlocks, peer.holdings.lagBlocks);
      peer.holdings = { ...planned, lagBlocks, serveMsMax };
    });
    this.#hideSurplus();
    for (const node of this.nodes) {
      node.thaw();
      node.boot();
      this.ready(node);
    }
  }

  /** A table that is full of liars who do not leave keeps honest peers out for good: now there is room for those. */
  #hideSurplus(): void {
    const room = this.config.peersMax - this.honest.length - (this.nodes.length - 1);
    for (const peer of this.faulty.slice(Math.max(0, room))) {
      peer.isHidden = true;
      for (const { id } of this.nodes) this.network.disconnect(peer.id, id);
    }
  }

  acted(name: string, times = 1): void {
    this.acts.set(name, (this.acts.get(name) ?? 0) + times);
  }

  /** Repeats `fault` at random times until faults stop. */
  readonly during = (minMs: number, maxMs: number, fault: () => void): void => {
    const again = () => {
      if (this.#calm) return;
      fault();
      this.time.after(this.random.between(minMs, maxMs), again);
    };
    this.time.after(this.random.between(minMs / 10, maxMs), again);
  };

  target(id: PeerId): SimNode | undefined {
    return this.nodes.find((node) => node.id === id && node.isUp);
  }

  *targets(): Iterable<PeerId> {
    for (const { id } of this.nodes) yield id;
  }

  ready(node: SimNode): void {
    const afterMs = this.#calm ? 500 : 2_000;
    for (const peer of [...this.honest, ...this.faulty]) {
      this.reconnect(peer, node.id, this.random.between(10, afterMs));
    }
  }

  reconnect(peer: SimPeer, target: PeerId, afterMs: number): void {
    this.time.after(this.#calm && peer.isHonest ? Math.min(afterMs, 1_000) : afterMs, () => {
      if (this.network.areConnected(peer.id, target) || this.target(target) === undefined) return;
      if (!peer.isHidden && this.network.connect(peer.id, target)) return;
      // Not now: refused, hidden or cut off.
      const refusedForMs = this.network.refusedForMs(peer.id, target);
      this.reconnect(peer, target, refusedForMs > 0 ? refusedForMs + this.random.between(1, 1_000) : 2_000);
    });
  }

  grow(): SyncBlock {
    const block = this.chain.grow();
    const author = this.random.pick(this.honest);
    const isDisturbed = !this.#calm && this.random.chance(0.2);
    for (const node of this.nodes) {
      // A decision that comes late finds that what was announced since is applied on top.
      const delayMs = this.random.between(0, this.random.chance(0.3) ? 3_000 : 200);
      if (!isDisturbed) this.time.after(delayMs, () => node.consensusDecides(block));
    }
    if (!author.isHidden && author.holdings.lagBlocks === 0) author.publish({ type: 'newBlock', block });
    return block;
  }

  #growLater(): void {
    const afterMs = this.random.between(0.5, 1.5) * this.blockIntervalMs;
    // Consensus hears of it before it is decided (LIVE-3).
    this.time.after(this.random.between(0.2, 0.9) * afterMs, () => {
      if (this.growsBlocks) this.random.pick(this.honest).publish({ type: 'proposal', block: this.chain.propose() });
    });
    this.time.after(afterMs, () => {
      if (this.growsBlocks) this.grow();
      this.#growLater();
    });
  }

  /** Nodes under test find each other, again and again. */
  #meshLater(): void {
    this.time.after(this.random.between(500, 3_000), () => {
      for (const [i, node] of this.nodes.entries()) {
        for (const other of this.nodes.slice(i + 1)) this.network.connect(node.id, other.id);
      }
      this.#meshLater();
    });
  }

  #makeChain(): SimChain {
    const { chain, config, nodes } = this.plan;
    const strangers = Array.from({ length: 5 }, (_, i) => `validator-${i}`);
    const validators = chain.nodesAreValidators ? [...nodes.map(({ id }) => id), ...strangers] : strangers;
    const made = new SimChain({
      networkId: 'simulated',
      random: this.random.fork('chain'),
      validators,
      validatorSetSize: 4,
      rotateEveryBlocks: chain.rotateEveryBlocks,
      blockBytesMax: config.blockBytesMax,
    });
    for (let height = 1; height <= chain.startHeight; height++) made.grow();
    return made;
  }
}
