import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { step } from '../../src/core/step.ts';
import { connectedCount } from '../../src/core/why.ts';
import type { StateSyncNodeOptions } from '../../src/node/index.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { resolveConfig } from '../../src/protocol/config.ts';
import type { CreateHost, HostUnderTest } from '../simulation/host-under-test.ts';
import { Errands } from './errands.ts';
import { Owner } from './owner.ts';
import { Requests } from './requests.ts';
import type { ContractRule, Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';
import { TimersKept } from './timers.ts';
import { ToldByTransport } from './told.ts';
import { watchedPorts } from './watched-ports.ts';
import { WorkDone } from './work.ts';

/** A host as one hands it in to be checked: what the simulated network calls. */
export type HostToCheck = Omit<HostUnderTest, 'state'>;

/** Makes a host from ports. It must tell `options.observe` each event with its effects and the state after it. */
export type CreateHostToCheck = (options: StateSyncNodeOptions) => HostToCheck;

export interface ContractSetting {
  /** Virtual time. */
  readonly nowMs: () => number;
  readonly broken: (node: string, rule: ContractRule, detail: string) => void;
  readonly held: (rule: ContractRule) => void;
  /** Whether the core that runs is this package's own: then what came of each event can be compared. */
  readonly ownCore: boolean;
  /** Each event, before anybody judges it. */
  readonly heard: (node: string, event: SyncEvent, effects: readonly Effect[]) => void;
  /** What a port did, in words. */
  readonly note: (node: string, words: string) => void;
  /** Runs what belongs to the host; so it can be told what is its doing. */
  readonly within: <Result>(call: () => Result) => Result;
}

const BEAT_MS = 1_000;
/** Of all ports at one moment; and more for each message, as a process that was frozen is told a pile of them at once. */
const CALLS_AT_ONCE_MAX = 20_000;
const CALLS_A_MESSAGE_MAX = 16;

/** The same host, with its ports watched: whatever it owes the core or the ports and does not do is told. */
export function underContract(createHost: CreateHostToCheck, setting: ContractSetting): CreateHost {
  return (options) => new WatchedHost(createHost, options, setting);
}

class WatchedHost implements HostUnderTest {
  readonly #setting: ContractSetting;
  readonly #options: StateSyncNodeOptions;
  readonly #host: HostToCheck | null;
  readonly #judge: Judge;
  readonly #told: ToldByTransport;
  readonly #errands: Errands;
  readonly #timers: TimersKept;
  readonly #work: WorkDone;
  readonly #requests: Requests;
  readonly #owner: Owner;
  readonly startSyncing?: () => void;
  readonly setServerEnabled?: (enabled: boolean) => void;
  readonly #shown = new Set<number>();
  #facts: Facts | null = null;
  #shownLast = NaN;
  #callsAtMs = -1;
  #calls = 0;
  #toldBefore = 0;
  /** What was begun and has not ended, and for how many beats. */
  #phase: { readonly name: 'start' | 'stop' | 'runs' | 'over'; beats: number } = { name: 'start', beats: 0 };
  #beatsUnbootstrapped = 0;

  constructor(createHost: CreateHostToCheck, options: StateSyncNodeOptions, setting: ContractSetting) {
    this.#setting = setting;
    this.#options = options;
    const node = options.transport.self;
    this.#judge = {
      held: setting.held,
      broken: (rule, detail) => {
        setting.broken(node, rule, detail);
      },
    };
    this.#told = new ToldByTransport(this.#judge);
    this.#errands = new Errands(this.#judge);
    this.#timers = new TimersKept(this.#judge);
    this.#work = new WorkDone(this.#judge, () => options.executor.tip().height);
    this.#requests = new Requests(this.#judge);
    this.#owner = new Owner(this.#judge, this.#enter);
    const ports = watchedPorts(options, {
      told: this.#told,
      errands: this.#errands,
      requests: this.#requests,
      work: this.#work,
      called: this.#called,
      enter: this.#enter,
      sent: (message) => this.#owner.sent(message),
      showed: (now) => {
        if (now === this.#shownLast) return;
        this.#shownLast = now;
        if (this.#shown.size > 1_000) this.#shown.clear();
        this.#shown.add(now);
      },
      note: (words) => {
        setting.note(node, words);
      },
    });
    this.#host = this.#create(createHost, { ...options, ...ports, observe: this.#observe });
    if (this.#host !== null) Object.assign(this, this.#owner.listen(this.#host));
  }

  /** As last told to `observe`. @throws Error before that */
  get state(): Facts {
    if (this.#facts === null) throw new Error('the host has not told of any event yet');
    return this.#facts;
  }

  async start(): Promise<void> {
    this.#beatLater();
    await this.#awaited('start', 'start()', () => this.#host?.start());
    if (this.#phase.name === 'start') this.#phase = { name: 'runs', beats: 0 };
  }

  async stop(): Promise<void> {
    this.#phase = { name: 'stop', beats: 0 };
    await this.#awaited('stop', 'stop()', () => this.#host?.stop());
    this.#phase = { name: 'over', beats: 0 };
    const [left] = this.#work.waiting;
    if (left !== undefined) this.#judge.broken(CONTRACT.answers, `stop() has come to an end before its work: ${left}`);
  }

  blockFinalized(block: Pick<SyncBlock, 'height' | 'id' | 'contentId'>): void {
    this.#enter('blockFinalized', () => this.#host?.blockFinalized(block));
  }

  #create(createHost: CreateHostToCheck, options: StateSyncNodeOptions): HostToCheck | null {
    try {
      return this.#setting.within(() => createHost(options));
    } catch (error) {
      this.#judge.broken(CONTRACT.throws, `making the host threw: ${errorInWords(error)}`);
      return null;
    }
  }

  async #awaited(phase: string, what: string, call: () => Promise<void> | undefined): Promise<void> {
    try {
      await this.#setting.within(call);
      this.#judge.held(CONTRACT.starts);
    } catch (error) {
      const isPorts = error instanceof Error && error.message.startsWith('simulated fault');
      if (!isPorts) this.#judge.broken(CONTRACT.starts, `${what} was rejected (${phase}): ${errorInWords(error)}`);
    }
  }

  readonly #observe = (event: SyncEvent, effects: readonly Effect[], state: Facts, previous: Facts): void => {
    this.#called();
    const before = this.#facts;
    const atMs = this.#setting.nowMs();
    this.#setting.heard(this.#options.transport.self, event, effects);
    if (before === null) this.#opened(event, state);
    else if (this.#setting.ownCore) this.#followed(before, event, effects, state);
    this.#facts = state;
    this.#stamped(event);
    this.#told.observed(event);
    this.#errands.observed(effects);
    this.#timers.observed(atMs, event, effects);
    this.#work.observed(event, effects);
    this.#requests.observed(event, effects);
    this.#owner.observed(event, effects, state);
    if (event.type === 'Stop') this.#errands.clear();
    // The host's own duties come first: what follows from a broken one is harder to understand.
    this.#options.observe?.(event, effects, state, previous);
  };

  #opened(event: SyncEvent, { local, config }: Facts): void {
    const { store, executor } = this.#options;
    if (event.type !== 'Start') {
      this.#judge.broken(CONTRACT.opens, `the first event was ${event.type}`);
      return;
    }
    const range = store.range();
    const { stateHash } = executor.tip();
    const wanted = resolveConfig(this.#options.config ?? {});
    const settings: [string, unknown][] = Object.entries(wanted);
    const differing = settings.find(([key, value]) => config[key as keyof typeof config] !== value);
    if (local.maxHeight !== range.maxHeight || local.minHeight !== range.minHeight) {
      const held = `${range.minHeight}..${range.maxHeight}`;
      this.#judge.broken(
        CONTRACT.opens,
        `the core starts from ${local.minHeight}..${local.maxHeight}, the store holds ${held}`,
      );
    } else if (local.tipId !== stateHash) {
      this.#judge.broken(CONTRACT.opens, `the core starts from the tip ${local.tipId}, the executor's is ${stateHash}`);
    } else if (differing !== undefined) {
      const [key, value] = differing;
      const is = config[key as keyof typeof config];
      this.#judge.broken(CONTRACT.opens, `the configuration says ${key} ${String(value)}, the core runs with ${is}`);
    } else this.#judge.held(CONTRACT.opens);
  }

  /** Whether the core, given this event in the state before it, says the same. */
  #followed(before: Facts, event: SyncEvent, effects: readonly Effect[], after: Facts): void {
    const wanted = step(before, event);
    const isSame = wanted.state.nextId === after.nextId && wanted.state.random === after.random;
    if (!haveSameTypes(wanted.effects, effects)) {
      const names = (list: readonly Effect[]) => list.map(({ type }) => type).join(', ') || 'none';
      const detail = `"${event.type}" has the effects ${names(wanted.effects)}; the host told ${names(effects)}`;
      this.#judge.broken(CONTRACT.feeds, detail);
    } else if (!isSame || wanted.state.local.maxHeight !== after.local.maxHeight) {
      this.#judge.broken(
        CONTRACT.feeds,
        `the state told after "${event.type}" does not come of the state told before it`,
      );
    } else this.#judge.held(CONTRACT.feeds);
  }

  #stamped({ now, type }: SyncEvent): void {
    if (this.#shown.has(now) || this.#shown.has(Math.ceil(now))) {
      this.#judge.held(CONTRACT.stamps);
      this.#judge.held(CONTRACT.time);
      this.#judge.held(CONTRACT.spins);
      return;
    }
    const shows = this.#options.clock.now();
    const looks = now > 1e12 ? ': it looks like Date.now()' : '';
    this.#judge.broken(
      CONTRACT.stamps,
      `"${type}" is stamped ${now}, the clock never showed that; it shows ${shows}${looks}`,
    );
  }

  readonly #enter = (what: string, call: () => void): void => {
    try {
      this.#setting.within(call);
      this.#judge.held(CONTRACT.throws);
    } catch (error) {
      this.#judge.broken(CONTRACT.throws, `${what} threw: ${errorInWords(error)}`);
    }
  };

  readonly #called = (): void => {
    const atMs = this.#setting.nowMs();
    if (atMs !== this.#callsAtMs) {
      this.#callsAtMs = atMs;
      this.#calls = 0;
      this.#toldBefore = this.#told.count;
    }
    const callsMax = CALLS_AT_ONCE_MAX + CALLS_A_MESSAGE_MAX * (this.#told.count - this.#toldBefore);
    if (++this.#calls <= callsMax) return;
    this.#judge.broken(CONTRACT.spins, `${callsMax} calls of ports at one and the same moment`);
    throw new Error('the host spins');
  };

  /** Once a second, as long as the process lives and is not frozen. */
  #beatLater(): void {
    this.#options.clock.after(BEAT_MS, () => {
      if (this.#phase.name === 'over') return;
      this.#told.beat();
      this.#errands.beat();
      this.#timers.beat(this.#setting.nowMs());
      this.#work.beat();
      this.#requests.beat();
      this.#owner.beat();
      this.#beat();
      this.#beatLater();
    });
  }

  #beat(): void {
    const { name } = this.#phase;
    const beats = ++this.#phase.beats;
    if (name === 'runs' && this.#host !== null && this.#facts !== null)
      this.#owner.asks(this.#host, this.#facts, this.#options.clock);
    if (name === 'runs' && beats === 1 && this.#facts === null) {
      this.#judge.broken(CONTRACT.starts, 'start() has come to an end, and `observe` was told nothing');
    }
    if (name !== 'runs' && beats === 6 * BEATS_MAX) {
      const waits = this.#work.waiting.map((words) => `; ${words}`).join('');
      this.#judge.broken(CONTRACT.starts, `${name}() has not come to an end in ${beats} s${waits}`);
    }
    const facts = this.#facts;
    const waitsForPeers = facts?.control.mode === 'P2P_Bootstrapping' && connectedCount(facts) >= 2;
    this.#beatsUnbootstrapped = waitsForPeers ? this.#beatsUnbootstrapped + 1 : 0;
    if (facts !== null && this.#beatsUnbootstrapped > 3 * BEATS_MAX) {
      const detail = `${connectedCount(facts)} peers have been connected for ${this.#beatsUnbootstrapped} s`;
      this.#judge.broken(CONTRACT.bootstraps, detail);
    } else if (facts !== null && facts.control.mode !== 'P2P_Bootstrapping') this.#judge.held(CONTRACT.bootstraps);
  }
}

function haveSameTypes(some: readonly Effect[], others: readonly Effect[]): boolean {
  return some.length === others.length && some.every(({ type }, i) => type === others[i]?.type);
}

/** The message and where in the host it came from. */
export function errorInWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const at = (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line) && !line.includes('node:internal'));
  return at === undefined ? error.message : `${error.message} (${at.trim()})`;
}
