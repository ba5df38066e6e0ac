import type { Effect, SyncEvent } from '../../src/index.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { nextHeight } from '../../src/core/turn.ts';
import type { ChainTip, Consensus, WireProtocol } from '../../src/node/ports.ts';
import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { OpenRequest, Target } from './behaviour.ts';
import type { SimChain } from './chain.ts';
import type { SimDisk } from './disk.ts';
import { SimExecutor, tipRecord } from './executor.ts';
import type { CreateHost, HostUnderTest, OwnersHost } from './host-under-test.ts';
import type { HostFaultCounts, HostFaultRates } from './host-faults.ts';
import { Life } from './life.ts';
import type { SimNetwork } from './network.ts';
import type { Random } from './random.ts';
import { SimStore } from './store.ts';
import type { ServedAnswer } from './transport.ts';
import { SimTransport } from './transport.ts';
import type { CertificateBinds } from './verifier.ts';
import { SimVerifier } from './verifier.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Who is told what happens in a node under test. */
export interface NodeObserver {
  began(node: SimNode): void;
  observed(node: SimNode, event: SyncEvent, effects: readonly Effect[], state: Facts): void;
  failed(node: SimNode, error: unknown): void;
}

export interface NodeSurroundings {
  readonly time: VirtualTime;
  readonly network: SimNetwork;
  readonly chain: SimChain;
  readonly binds: CertificateBinds;
  readonly config: Partial<SyncConfig> & Pick<SyncConfig, 'blockBytesMax'>;
  readonly rates: () => HostFaultRates;
  readonly counts: HostFaultCounts;
  readonly createHost: CreateHost;
  readonly observer: NodeObserver;
  /** Every node under test. */
  targets(): Iterable<PeerId>;
  /** The node's transport is up: peers may connect. */
  ready(node: SimNode): void;
}

/** What of the executor and the store consensus waits for, a moment at most. */
const MOMENTS = ['now', 'idle', 'busy'] as const;
type Moment = (typeof MOMENTS)[number];

/** A node under test with its disk, through all its lives. */
export class SimNode implements Target {
  readonly id: PeerId;
  readonly disk: SimDisk;
  /** How far the node's clock is off (A43). */
  clockSkewMs = 0;
  lives = 0;
  readonly #world: NodeSurroundings;
  readonly #random: Random;
  readonly #wire: WireProtocol;
  #running: Running | null = null;

  constructor(world: NodeSurroundings, id: PeerId, wire: WireProtocol, disk: SimDisk, random: Random) {
    this.#world = world;
    this.id = id;
    this.#wire = wire;
    this.disk = disk;
    this.#random = random;
  }

  get isUp(): boolean {
    return this.#running !== null;
  }

  get state(): Facts | null {
    return this.#running?.host.state ?? null;
  }

  get mode() {
    return this.state?.control.mode ?? 'Stopped';
  }

  get localMax(): number {
    return this.disk.range.maxHeight;
  }

  get next(): number {
    const { state } = this;
    return state === null ? this.localMax + 1 : nextHeight(state);
  }

  get config(): SyncConfig {
    const { state } = this;
    if (state === null) throw new Error(`${this.id} is down`);
    return state.config;
  }

  /** The executor's committed tip; undefined while the node is down. */
  get executorTip(): ChainTip | undefined {
    return this.#running?.executor.tip();
  }

  get chain(): SimChain {
    return this.#world.chain;
  }

  /** Answers with blocks that it has sent in this life, and nobody has taken a look at. */
  takeServed(): readonly ServedAnswer[] {
    return this.#running?.transport.served.splice(0) ?? [];
  }

  get breaches(): string[] {
    return this.#running?.life.breaches ?? [];
  }

  requests(): readonly OpenRequest[] {
    const { state } = this;
    if (state === null) return [];
    const open: OpenRequest[] = [];
    for (const { key } of maps.deadlines.entries(state.requests.deadlines)) {
      const request = maps.requests.get(state.requests.byId, key[1]);
      if (request !== undefined) open.push({ ...request, requestId: request.id });
    }
    return open;
  }

  boot(): void {
    if (this.#running !== null) return;
    this.lives++;
    const { time, network, chain, binds, config, rates, counts, createHost, observer } = this.#world;
    const life = new Life(time, this.#random, counts, rates);
    const store = new SimStore(life, this.disk);
    const executor = new SimExecutor(life, chain.networkId, chain.tipAt(0).validators);
    const transport = new SimTransport(
      this.id,
      this.#wire,
      life,
      network,
      () => this.#world.targets(),
      () => this.#world.ready(this),
    );
    const consensus = new SimConsensus();
    const host = createHost({
      transport,
      store,
      executor,
      verifier: new SimVerifier(life, chain, binds, config.blockBytesMax),
      clock: {
        now: () => time.nowMs + this.clockSkewMs,
        after: (delayMs, callback) =>
          time.after(delayMs, () => {
            life.enter(callback);
          }),
      },
      consensus,
      config,
      seed: this.#random.whole(0, 0xffffffff),
      observe: (event, effects, state) => {
        if (life.isOver) return;
        observer.observed(this, event, effects, state);
      },
      onInternalError: (error) => {
        if (!life.isOver) observer.failed(this, error);
      },
    });
    this.#running = { life, host, store, executor, transport, consensus };
    time.touch();
    host.start().then(
      () => {
        if (this.#running?.host === host) this.#running.isStarted = true;
      },
      (error: unknown) => {
        observer.failed(this, error);
      },
    );
    observer.began(this);
  }

  /** The process is gone from one moment to the next; what was being written is kept or lost. */
  crash(keepsUnsynced: boolean): void {
    const running = this.#end();
    if (running === null) return;
    const became = this.disk.crash(keepsUnsynced);
    const { counts, network } = this.#world;
    if (became === 'kept') counts.commitsKeptInCrash++;
    if (became === 'lost') counts.commitsLostInCrash++;
    network.cutOff(this.id);
    network.remove(this.id);
  }

  /** Stops in good order, and starts again. */
  async restart(): Promise<void> {
    const running = this.#running;
    if (running === null || running.isStopping === true) return;
    running.isStopping = true;
    await running.host.stop();
    if (running !== this.#running) return;
    this.#end();
    this.boot();
  }

  freeze(): void {
    this.#running?.life.freeze();
  }

  thaw(): void {
    this.#running?.life.thaw();
  }

  offence(peer: PeerId, offence: Offence, detail: string): void {
    this.#running?.transport.offence(peer, offence, detail);
  }

  /**
   * The host's consensus, if it runs, decides the block and commits it (MODE-10): now, or when executor and store are
   * idle, or just while they are at work, which else is rare.
   */
  consensusDecides(block: SyncBlock, when: Moment = this.#random.pick(MOMENTS), triesLeft = 20): void {
    const running = this.#running;
    if (running === null || !running.consensus.runs || running.isStopping === true) return;
    const { time, counts } = this.#world;
    const { life, host, store, executor } = running;
    life.enter(() => {
      // A process that was frozen may be told to stop before it goes on.
      if (!running.consensus.runs || running.isStopping === true) return;
      const { height, id, contentId } = block;
      // Sync was quicker: consensus decides what is here already, and tells of it all the same.
      if (height <= host.state.local.maxHeight) return host.blockFinalized({ height, id, contentId });
      if (height !== this.localMax + 1 || executor.tip().height !== this.localMax) return;
      const isIdle = executor.isIdle && store.isIdle;
      if (when !== 'now' && (when === 'idle') !== isIdle && triesLeft > 0) {
        time.after(when === 'idle' ? 10 : 2, () => this.consensusDecides(block, when, triesLeft - 1));
        return;
      }
      if (!isIdle) counts.overtaken++;
      executor.adopt(block);
      this.disk.write({ blocks: [block], state: [tipRecord(executor.tip())] });
      host.blockFinalized({ height, id, contentId });
    });
  }

  /** The node's owner asks something of it, while it is started. */
  ownerAsks(ask: (host: OwnersHost) => void): void {
    const running = this.#running;
    if (running === null) return;
    running.life.enter(() => {
      if (running.isStarted === true && running.isStopping !== true) ask(running.host);
    });
  }

  #end(): Running | null {
    const running = this.#running;
    if (running === null) return null;
    running.life.isOver = true;
    this.#running = null;
    return running;
  }
}

interface Running {
  readonly life: Life;
  readonly host: HostUnderTest;
  readonly store: SimStore;
  readonly executor: SimExecutor;
  readonly transport: SimTransport;
  readonly consensus: SimConsensus;
  isStarted?: boolean;
  isStopping?: boolean;
}

class SimConsensus implements Consensus {
  runs = false;

  start(): void {
    this.runs = true;
  }

  stop(): void {
    this.runs = false;
  }

  proposal(): void {
    // Consensus itself is not simulated: it decides what the chain grew by.
  }
}
