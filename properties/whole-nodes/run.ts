import type { BlockStore, Executor } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { CONTRACT } from '../contract/rules.ts';
import { errorInWords, underContract } from '../contract/watched-host.ts';
import type { CreateHostToCheck } from '../contract/watched-host.ts';
import type { ServedChain } from '../links/chain.ts';
import { chainOf } from '../links/chain.ts';
import { Frontier } from '../links/frontier.ts';
import { VirtualPeer } from '../links/peer.ts';
import { VirtualTransport } from '../links/transport.ts';
import { VirtualClock } from '../links/virtual-clock.ts';
import { Story } from '../report/story.ts';
import type { HostUnderTest } from '../simulation/host-under-test.ts';
import { Random } from '../simulation/random.ts';
import { chargedIn } from './charged.ts';
import type { ServedAnswer } from './client.ts';
import { ClientBeside } from './client.ts';
import type { LifeEnd, WholeNodePlan } from './draw-plan.ts';
import { PartCalls, SimulatedFault } from './part-calls.ts';
import type { Parts } from './parts.ts';
import type { Broken } from '../report/broken.ts';
import { BrokenProperty, WHOLE } from './properties.ts';
import { requireDurable, requireOpenedRight, requirePruned, requireServed, requireStored } from './stored.ts';

export interface WholeNodeRun {
  readonly broken: Broken | null;
  readonly events: number;
  readonly virtualMs: number;
  /** Blocks that verifier or executor refused. */
  readonly refusals: number;
  readonly lives: number;
  /** What the node was told and did. */
  readonly story: readonly string[];
}

export interface WholeNodeOptions {
  readonly createHost: CreateHostToCheck;
  /** Whether the host is known to run this package's own `step`. */
  readonly ownCore: boolean;
}

/** The slowest of 3,000 drawn runs took 18 virtual minutes a life, nearly all of it waiting for the next try of what failed. */
const LIFE_MS_MAX = 3_600_000;
const STOP_MS_MAX = 600_000;
const ANSWER_MS_MAX = 60_000;
const ASKED_RANGES = 8;
const STORY_MAX = 30;

/** A node of these parts lives through the plan's lives, each over what the one before left in the store. */
export async function runWholeNode(
  plan: WholeNodePlan,
  parts: Parts,
  options: WholeNodeOptions,
): Promise<WholeNodeRun> {
  const run = new Run(plan, parts, options);
  let broken: Broken | null = null;
  try {
    for (const end of [...plan.ends, null]) await run.live(end);
  } catch (error) {
    // What a part throws where it may not.
    broken = error instanceof BrokenProperty ? error.broken : WHOLE.starts.broken(errorInWords(error)).broken;
  }
  const { events, refusals, lives } = run;
  const story = broken === null ? [] : run.story.about({ node: 'node', detail: broken.detail }, STORY_MAX);
  return { broken, events, virtualMs: run.clock.now(), refusals, lives, story };
}

class Run {
  readonly clock = new VirtualClock();
  readonly story = new Story();
  events = 0;
  refusals = 0;
  lives = 0;
  readonly #plan: WholeNodePlan;
  readonly #parts: Parts;
  readonly #options: WholeNodeOptions;
  readonly #random: Random;
  readonly #chain: ServedChain;
  readonly #peers: readonly VirtualPeer[];
  /** Up to where the store has said that blocks are durable. */
  #durable = 0;
  #found: Broken | null = null;

  constructor(plan: WholeNodePlan, parts: Parts, options: WholeNodeOptions) {
    this.#plan = plan;
    this.#parts = parts;
    this.#options = options;
    this.#random = new Random(plan.seed).fork('calls');
    this.#chain = chainOf(parts.blocks, parts.spoiled);
    const frontier = new Frontier();
    this.#peers = plan.peers.map((peer, i) => new VirtualPeer(peer, this.clock, this.#chain, frontier, plan.seed + i));
  }

  async live(end: LifeEnd | null): Promise<void> {
    this.lives++;
    const { faults, workMsMax } = this.#plan;
    const store = this.#parts.store();
    const executor = this.#parts.executor();
    const refused: SyncBlock[] = [];
    const calls = new PartCalls({
      clock: this.clock,
      random: this.#random,
      faults,
      workMsMax,
      end,
      refused: (block) => refused.push(block),
      committed: (height) => (this.#durable = Math.max(this.#durable, height)),
    });
    const charged = new Set<string>();
    const transport = new ClientBeside(new VirtualTransport(this.#peers, this.clock));
    const host = this.#createHost(calls, transport, store, executor, charged);
    await this.#started(host, executor, store);
    const top = this.#chain.height;
    const isThere = () => store.range().maxHeight >= top && executor.tip().height >= top;
    await this.clock.run(this.clock.now() + LIFE_MS_MAX, () => {
      return this.#found !== null || calls.over !== null || isThere();
    });
    this.#look();
    this.refusals += refused.length;
    if (calls.over === null) {
      if (!isThere()) throw WHOLE.syncs.broken(`height ${store.range().maxHeight} of ${top} after an hour`);
      await this.#served(transport, store);
    }
    this.#chargedRight(calls.over === null ? refused : [], charged);
    if (calls.isGone()) await transport.stop();
    else await this.#stopped(host);
    await this.#leave(calls, store, end);
  }

  #createHost(
    calls: PartCalls,
    transport: ClientBeside,
    store: BlockStore,
    executor: Executor,
    charged: Set<string>,
  ): HostUnderTest {
    const found = (broken: Broken) => (this.#found ??= broken);
    const create = underContract(this.#options.createHost, {
      nowMs: () => this.clock.now(),
      broken: (_, rule, detail) => {
        const { name: property, clauses, says } = rule;
        // That it cannot start or stop may be the fault of a part as well.
        found(rule === CONTRACT.starts ? WHOLE.starts.broken(detail).broken : { property, clauses, says, detail });
      },
      held: () => undefined,
      ownCore: this.#options.ownCore,
      heard: (node, event, effects) => {
        this.events++;
        this.story.observed(this.clock.now(), node, event, effects);
        for (const peer of chargedIn(effects)) charged.add(peer);
      },
      note: (node, words) => {
        this.story.noted(this.clock.now(), node, words);
      },
      within: (call) => call(),
    });
    return create({
      ...calls.ports(store, executor, this.#parts.verifier),
      transport,
      clock: calls.clock,
      seed: this.#plan.seed,
      config: this.#plan.config,
      onInternalError: (error) => {
        // A block that cannot be read for somebody is told, and concerns nothing else.
        if (!(error instanceof SimulatedFault)) found(WHOLE.errors.broken(errorInWords(error)).broken);
      },
    });
  }

  /** Where a throw would end up in the host. */
  #note(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof BrokenProperty)) throw error;
      this.#found ??= error.broken;
    }
  }

  /** @throws BrokenProperty found by somebody who could not throw it where it matters */
  #look(): void {
    if (this.#found !== null) throw new BrokenProperty(this.#found);
  }

  async #started(host: HostUnderTest, executor: Executor, store: BlockStore): Promise<void> {
    const outcome = await this.#over(host.start(), STOP_MS_MAX);
    this.#look();
    if (outcome !== 'done') throw WHOLE.starts.broken(`starting over ${this.#durable} blocks ${outcome}`);
    requireDurable(store, this.#durable);
    requireOpenedRight(store, executor, this.#parts.blocks);
    await requireStored(store, this.#parts);
  }

  async #stopped(host: HostUnderTest): Promise<void> {
    const outcome = await this.#over(host.stop(), STOP_MS_MAX);
    if (outcome !== 'done') throw WHOLE.starts.broken(`stopping ${outcome}`);
    this.#look();
  }

  /** In good order or not: what the store holds is right, and is what the next life begins with. */
  async #leave(calls: PartCalls, store: BlockStore, end: LifeEnd | null): Promise<void> {
    await calls.idle();
    await store.close();
    const again = this.#parts.store();
    await again.open();
    requireDurable(again, this.#durable);
    const { minHeight, maxHeight } = again.range();
    const keep = end?.pruneKeep ?? null;
    if (keep !== null && maxHeight > 0) {
      const below = Math.max(minHeight, maxHeight - keep);
      await again.prune(below);
      requirePruned(again, { minHeight: Math.min(below, maxHeight), maxHeight });
    }
    await requireStored(again, this.#parts);
    await again.close();
  }

  /** Somebody asks the node for ranges of what it has, and beyond. */
  async #served(transport: ClientBeside, store: BlockStore): Promise<void> {
    transport.connect();
    const { minHeight, maxHeight } = store.range();
    for (let i = 0; i < ASKED_RANGES; i++) {
      const from = this.#random.whole(Math.max(1, minHeight - 2), maxHeight + 1);
      const to = from + this.#random.whole(0, 9);
      const answers: ServedAnswer[] = [];
      transport.ask(from, to, (answer) => {
        answers.push(answer);
        this.#note(() => requireServed(answer, { from, to }, store.range(), this.#parts.blocks));
      });
      await this.clock.run(this.clock.now() + ANSWER_MS_MAX, () => answers.length > 0);
      this.#look();
      // A block that cannot be read now is not answered: whoever asked asks again.
      if (answers.length === 0 && this.#plan.faults.readThrows === 0)
        throw WHOLE.serves.broken(`${from}..${to} is not answered`);
    }
  }

  /** @param refused in this life, so far as the node has had time to hear of it */
  #chargedRight(refused: readonly SyncBlock[], charged: ReadonlySet<string>): void {
    for (const { id, lie } of this.#plan.peers) {
      if (lie === null && charged.has(id)) throw WHOLE.charges.broken(`${id} is charged, which is honest`);
      const [block] = refused;
      if (lie === 'tamper' && block !== undefined && !charged.has(id)) {
        throw WHOLE.charges.broken(`block ${block.height} of ${id} was refused, and ${id} is not charged`);
      }
    }
  }

  /** Lets virtual time pass until the host has done it. @returns `done`, or what became of it instead */
  async #over(work: Promise<void>, msMax: number): Promise<string> {
    const outcomes: string[] = [];
    work.then(
      () => outcomes.push('done'),
      (error: unknown) => outcomes.push(`failed: ${errorInWords(error)}`),
    );
    await this.clock.run(this.clock.now() + msMax, () => outcomes.length > 0);
    return outcomes[0] ?? `has not come to an end in ${msMax / 60_000} minutes`;
  }
}
