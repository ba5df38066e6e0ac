import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GenesisFile } from '../../adapters/ledger/index.ts';
import { makeGenesis, parseGenesis } from '../../adapters/ledger/index.ts';
import type { SyncConfig } from '../../protocol/config.ts';
import { formatPrivateKey } from '../../validation/index.ts';
import { createChainMaker } from '../chain/chain-maker.ts';
import type { ChainMaker } from '../chain/chain-maker.ts';
import type { DemoOptions } from './options.ts';
import { goesOn } from './options.ts';
import type { Cast, Member } from './cast.ts';
import { castOf, isLaggard } from './cast.ts';
import type { Phase, View } from './events.ts';
import { FaultDesk } from './fault-desk.ts';
import type { DemoInspection } from './inspection.ts';
import type { DemoOnlookers } from './onlookers.ts';
import { PHASES } from './passages.ts';
import { MemberNetwork } from './member-network.ts';
import { summaryOf } from './summary.ts';
import type { Goal, Summary } from './summary.ts';

const FUNDS = 1_000_000_000_000_000n;
const GENESIS_TIME_MS = Date.UTC(2025, 0, 1);
const BLOCK_TIME_MS = 1_000;
const PLAY_BLOCK_TIME_MS = 2_000;
const BUILT_EVERY_BLOCKS = 10;
/** Two credible peers before a node calls itself synced, as is advised for production. */
const MIN_PEERS = 2;

/** One run: build the chain, start who has it, let the others catch up, make new blocks, compare everybody. */
export class Demo {
  readonly #options: DemoOptions;
  readonly #directory: string;
  readonly #view: View;
  readonly #abort: AbortController;
  readonly #cast: Cast;
  readonly #genesis: GenesisFile;
  readonly #network: MemberNetwork;
  readonly #beganMs = performance.now();
  #played = false;
  #goal: Goal = { height: 0, stateHash: '' };

  readonly #inspection: DemoInspection | null;
  readonly #isFedToStately: boolean;

  constructor(options: DemoOptions, directory: string, view: View, abort: AbortController, onlookers: DemoOnlookers) {
    const { inspection, stately } = onlookers;
    this.#inspection = inspection;
    this.#isFedToStately = stately !== null;
    this.#options = options;
    this.#directory = directory;
    this.#view = view;
    this.#abort = abort;
    this.#cast = castOf(options);
    this.#genesis = genesisOf(this.#cast);
    this.#network = new MemberNetwork(this.#cast, view, () => this.#atMs(), abort, onlookers);
    const desk = new FaultDesk({
      cast: this.#cast,
      network: this.#network,
      run: (member) => this.#run(member, this.#addressesBut(member)),
      storeOf: (member) => this.#storeOf(member),
    });
    inspection?.onFault((order) => desk.carryOut(order));
  }

  /** Whether everybody had arrived, and it went on for as long as it was watched. */
  get isPlayed(): boolean {
    return this.#played;
  }

  /** Never rejects for what may go wrong in a demo: the summary says it. */
  async run(): Promise<Summary> {
    this.#view.show({ type: 'cast', cast: this.#cast, options: this.#options, directory: this.#directory });
    let failure: string | null = null;
    let maker: ChainMaker | undefined;
    try {
      this.#network.launch();
      maker = await this.#openProducer();
      await this.#build(maker);
      await this.#start();
      await this.#sync();
      if (goesOn(this.#options)) await this.#play(maker);
      else {
        await this.#live(maker);
        await this.#network.until(() => this.#allAtGoal());
      }
    } catch (error) {
      failure = this.#failureOf(error);
    }
    const summary = summaryOf(this.#cast, this.#network.records, this.#goal, failure, this.#atMs() / 1_000);
    await this.#network.stop();
    await maker?.close();
    this.#view.show({ type: 'summary', summary });
    return summary;
  }

  /** It holds the keys of all validators but the lagging one, which is away, and plays their consensus. */
  #openProducer(): Promise<ChainMaker> {
    const { holders, members } = this.#cast;
    return createChainMaker({
      genesis: parseGenesis(this.#genesis),
      directory: join(this.#directory, 'producer'),
      validatorKeys: holders.map(({ keys }) => keys),
      accountKeys: members.map(({ keys }) => keys),
      transactionsPerBlock: this.#options.transactions,
      seed: this.#options.seed,
    });
  }

  /** Built once and copied: each store gets the chain up to where its member begins. */
  async #build(maker: ChainMaker): Promise<void> {
    this.#enter('building');
    const { blocks } = this.#options;
    for (let height = 1; height <= blocks; height += 1) {
      await this.#next(maker);
      const here = this.#cast.members.filter(({ startHeight }) => startHeight === height);
      if (here.length > 0) await maker.copyTo(here.map((member) => this.#storeOf(member)));
      if (height % BUILT_EVERY_BLOCKS === 0 || height === blocks) this.#view.show({ type: 'built', height, blocks });
      this.#abort.signal.throwIfAborted();
    }
  }

  async #start(): Promise<void> {
    this.#enter('starting');
    const { holders } = this.#cast;
    // Ports are known once a node listens, so the first ones start one by one and the others name them as peers.
    const addresses: string[] = [];
    for (const member of holders.slice(0, MIN_PEERS)) addresses.push(...(await this.#run(member, addresses)));
    await Promise.all(holders.slice(MIN_PEERS).map((member) => this.#run(member, addresses)));
    await this.#network.until(() => holders.every((member) => this.#network.record(member).arrived));
  }

  async #sync(): Promise<void> {
    this.#enter('syncing');
    const addresses = this.#cast.holders.flatMap((member) => this.#network.record(member).addresses);
    await Promise.all(this.#cast.laggards.map((member) => this.#run(member, addresses)));
    await this.#network.until(() => this.#cast.laggards.every((member) => this.#network.record(member).arrived));
  }

  async #live(maker: ChainMaker): Promise<void> {
    if (this.#options.live > 0) this.#enter('live');
    for (let made = 0; made < this.#options.live; made += 1) {
      const nextAtMs = this.#atMs() + BLOCK_TIME_MS;
      const { height, bytes } = await this.#next(maker);
      this.#network.order(this.#cast.publisher, { type: 'publish', block: bytes });
      const followed = () => this.#followers(height).length === this.#cast.laggards.length;
      await Promise.race([this.#network.until(followed), this.#sleep(BLOCK_TIME_MS)]);
      this.#view.show({ type: 'liveBlock', height, followers: this.#followers(height), atMs: this.#atMs() });
      await this.#sleep(Math.max(0, nextAtMs - this.#atMs()));
    }
  }

  /**
   * While somebody looks on the network lives until it is stopped: now and then there is a new block, as long as a
   * validator that may be asked has the one before.
   */
  async #play(maker: ChainMaker): Promise<void> {
    this.#enter('playing');
    this.#played = true;
    let block: { readonly height: number; readonly bytes: Uint8Array } = {
      height: this.#goal.height,
      bytes: new Uint8Array(),
    };
    while (!this.#abort.signal.aborted) {
      const height = (member: Member): number => this.#network.record(member).status?.maxHeight ?? -1;
      const isOut = this.#cast.holders.some((member) => height(member) >= block.height);
      const publisher = this.#cast.holders.find((member) => {
        const { life, conduct } = this.#network.record(member);
        return life === 'running' && conduct === 'honest' && height(member) === block.height - (isOut ? 0 : 1);
      });
      if (publisher !== undefined) {
        if (isOut) block = await this.#next(maker);
        this.#network.order(publisher, { type: 'publish', block: block.bytes });
        this.#view.show({ type: 'madeBlock', height: block.height, publisher, atMs: this.#atMs() });
      }
      await this.#sleep(PLAY_BLOCK_TIME_MS).catch(() => undefined);
    }
  }

  async #next(maker: ChainMaker): Promise<{ height: number; bytes: Uint8Array }> {
    const block = await maker.next();
    this.#goal = { height: block.height, stateHash: block.id };
    return { height: block.height, bytes: maker.codec.encodeBlock(block) };
  }

  #addressesBut(member: Member): string[] {
    const others = this.#cast.members.filter((each) => each !== member);
    return others.flatMap((each) => this.#network.record(each).addresses);
  }

  async #run(member: Member, peers: readonly string[]): Promise<readonly string[]> {
    const mayTamper = member.role === 'tampers' || this.#inspection !== null;
    const quorum = mayTamper ? this.#cast.holders : [];
    const record = this.#network.record(member);
    record.runs += 1;
    const config: Partial<SyncConfig> = { strategy: this.#options.strategy, minPeers: MIN_PEERS };
    await this.#network.until(() => this.#network.record(member).loaded);
    this.#network.order(member, {
      type: 'run',
      settings: {
        name: member.name,
        privateKey: formatPrivateKey(member.keys),
        genesis: this.#genesis,
        directory: this.#storeOf(member),
        peers: [...peers],
        config,
        conduct: record.conduct,
        quorumKeys: quorum.map(({ keys }) => keys),
        trace: this.#traceOf(member, record.runs),
        inspectedRun: this.#inspection === null ? null : record.runs,
        statelyName: this.#isFedToStately ? nameOfRun(member, record.runs) : null,
      },
    });
    await this.#network.until(() => record.addresses.length > 0 || record.mishap !== '');
    return record.addresses;
  }

  #followers(height: number): string[] {
    const reached = this.#cast.laggards.filter(
      (member) => (this.#network.record(member).status?.maxHeight ?? 0) >= height,
    );
    return reached.map(({ name }) => name);
  }

  #allAtGoal(): boolean {
    return this.#cast.members.every((member) => {
      const { status, arrived } = this.#network.record(member);
      return arrived && status?.maxHeight === this.#goal.height;
    });
  }

  #failureOf(error: unknown): string {
    const { signal } = this.#abort;
    const cause: unknown = signal.aborted ? signal.reason : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    const waiting = this.#cast.members.flatMap((member) => {
      const { status } = this.#network.record(member);
      if (status?.why == null || !isLaggard(member)) return [];
      return `; ${member.name} waits: ${status.why.message}`;
    });
    return `${message}${waiting.join('')}`;
  }

  #sleep(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#abort.signal });
  }

  #storeOf({ name }: Member): string {
    return join(this.#directory, name);
  }

  /** A trace is of one life of a node. */
  #traceOf({ name }: Member, run: number): string | null {
    const { trace } = this.#options;
    return trace === undefined ? null : resolve(trace, run === 1 ? `${name}.ndjson` : `${name}.run-${run}.ndjson`);
  }

  #enter(phase: Phase): void {
    this.#view.show({ type: 'phase', phase, atMs: this.#atMs() });
    this.#inspection?.phase(PHASES[phase]);
  }

  #atMs(): number {
    return Math.round(performance.now() - this.#beganMs);
  }
}

/** A node that starts again is another actor. */
function nameOfRun({ name }: Member, run: number): string {
  return run === 1 ? name : `${name}, run ${run}`;
}

function genesisOf({ validators, members }: Cast): GenesisFile {
  return makeGenesis({
    networkId: 'demo',
    timeMs: GENESIS_TIME_MS,
    validators: validators.map(({ keys: { address, publicKey } }) => ({
      address,
      publicKey: Buffer.from(publicKey).toString('hex'),
    })),
    accounts: members.map(({ keys: { address } }) => ({ address, amount: FUNDS })),
  });
}
