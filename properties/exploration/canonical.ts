import { TIMERS } from '../../src/core/events.ts';
import type { Facts, Peer, Request, Span } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { blockRequestChart } from '../../src/core/advance.ts';
import { flawNumber, flawNumberOf } from './blocks.ts';
import type { KeyWriter } from './fingerprint.ts';
import type { HostWork } from './host.ts';
import { worksOf } from './host.ts';
import type { WorldPlan } from './plan.ts';
import { UNBOUNDED } from './plan.ts';
import type { WorldState } from './state.ts';

/** Further failed sends on end make no difference. */
const SEND_FAILURES_COUNTED = 8;

/**
 * The canonical form of a state: what decides what can happen next, and nothing else. Two states with the same form
 * have the same futures; `verifyAbstraction` checks that on whole worlds. docs/exploration.md says what is left out
 * and why nothing depends on it.
 */
const WORK_KINDS: readonly Facts['host']['failedIn'][] = [null, 'verify', 'apply', 'commit', 'rollback'];

export class CanonicalForm {
  readonly #backoffs: Backoffs;
  readonly #stages = new Numbering();
  /** Whether anything in this world looks at how often a peer was asked for metadata, and at rates. */
  readonly #rates: boolean;

  /** Whether it matters when a request was sent, and how long it should take. */
  readonly #hedges: boolean;
  /** Whether there can be so many failed sends on end that they count. */
  readonly #countsFailedSends: boolean;

  constructor(plan: WorldPlan, config: SyncConfig) {
    this.#backoffs = backoffsOf(config);
    this.#rates = countsRates(plan);
    this.#hedges = config.hedgesMax > 0;
    const { sendFailures = 0 } = plan.budgets;
    this.#countsFailedSends = sendFailures === UNBOUNDED || sendFailures >= SEND_FAILURES_COUNTED;
  }

  /** @param peers in the order in which they are to appear: equal under two orders, states are alike but for names. */
  write(state: WorldState, peers: readonly PeerId[], key: KeyWriter): void {
    const { facts, now } = state;
    const one = new Writing(facts, now, state, peers, key);
    this.#writeWorld(state, one);
    this.#writeLocal(facts, one);
    for (const id of peers) this.#writePeer(getPeer(facts, id), one);
    for (const request of one.requests) {
      one.peer(request.peer);
      key.number(request.from);
      key.number(request.to);
      this.#name(request.purpose, key);
      one.time(request.deadline);
      key.number((request.begun ? 1 : 0) + (request.skipped ? 2 : 0));
      if (this.#hedges) {
        key.number(request.deadline === null ? null : request.sentAt - now);
        key.number(request.expectedMs);
      }
    }
    key.number(-1);
    this.#writeWindow(facts, one);
  }

  #writeWorld({ budgets, tip, timers, asked, host, validator }: WorldState, one: Writing): void {
    const { key } = one;
    for (const left of Object.values(budgets) as number[]) key.number(left);
    for (const timer of TIMERS) one.time(timers[timer]);
    key.number(tip);
    key.number(validator ? 1 : 0);
    for (const id of one.peers) key.number(asked.includes(id) ? 1 : 0);
    const { durable, applied, verifying, executing, committing } = host;
    key.number(durable);
    key.number(applied.length);
    for (const [i, id] of applied.entries()) key.number(id === `state-${durable + 1 + i}` ? 1 : 0);
    for (const { work, set } of verifying) {
      key.number(2 * set + (work.exact ? 1 : 0));
      this.#writeWork(work, one);
    }
    key.number(-1);
    this.#writeWork(executing, one);
    this.#writeWork(committing, one);
  }

  /** What the core knows of it, its heights, the host knows too. */
  #writeWork(work: HostWork | null, { key }: Writing): void {
    if (work === null) return key.number(null);
    this.#name(work.type, key);
    if (work.type === 'rollbackBlocks') key.number(work.toHeight);
    else for (const block of work.blocks) key.number(8 * block.height + flawNumber(block));
    key.number(-1);
  }

  #writeLocal({ control, local, work, host, aggregate }: Facts, one: Writing): void {
    const { key } = one;
    this.#name(control.mode, key);
    key.number(local.minHeight);
    key.number(local.maxHeight);
    key.number(local.validator ? 1 : 0);
    key.number(maps.recent.first(local.recent)?.key ?? null);
    key.number(work.overtaken ? 1 : 0);
    key.number(Math.min(host.failures, this.#backoffs.host));
    key.number(WORK_KINDS.indexOf(host.failedIn));
    one.time(host.retryAt);
    key.number(host.rollbackTo);
    key.number(aggregate === null ? null : aggregate.maxHeight);
    if (aggregate === null) return;
    key.number(aggregate.minHeight);
    key.number(aggregate.peers);
    key.number(aggregate.pruned ? 1 : 0);
  }

  #writePeer(peer: Peer | undefined, one: Writing): void {
    const { key } = one;
    if (peer === undefined) return key.number(null);
    const { life, claim } = peer;
    this.#name(life.link, key);
    this.#name(life.claim, key);
    this.#name(life.conduct, key);
    key.number(claim?.minHeight ?? null);
    key.number(claim?.maxHeight ?? null);
    key.number(Math.min(peer.served, 1));
    key.number(peer.inFlight);
    one.request(peer.trial);
    key.number(peer.score);
    key.number(Math.min(peer.refutations, this.#backoffs.refuted));
    key.number(peer.absences);
    key.number(Math.min(peer.desertions, 1));
    if (this.#countsFailedSends) key.number(Math.min(peer.sendFailures, SEND_FAILURES_COUNTED));
    key.number(peer.disputedFrom);
    one.time(peer.probeAt);
    key.number((peer.probeDue ? 1 : 0) + (peer.aheadInVain ? 2 : 0));
    key.number(Math.min(peer.coolDowns, this.#backoffs.coolDown));
    key.number(Math.min(peer.bans, this.#backoffs.ban));
    one.time(peer.conductUntil);
    one.time(peer.askAt);
    if (this.#hedges) key.number(peer.flow.heardAt === null ? null : peer.flow.heardAt - one.now);
    if (this.#rates) this.#writeRates(peer, one);
  }

  /** Liars use up what they are owed by acts, of which so many are left: to be owed more than that makes no difference. */
  #writeRates(peer: Peer, one: Writing): void {
    const { key, facts, actsLeft } = one;
    key.number(Math.min(peer.asksOpen, actsLeft + 1));
    key.number(Math.min(peer.forgotten, actsLeft));
    key.number(peer.heardAt === null ? null : Math.min(one.now - peer.heardAt, facts.config.metadataPeriodMs + 1));
    const { unsolicitedPerSecond, unsolicitedBurst } = facts.config;
    one.bucket(peer.unsolicitedBucket, unsolicitedPerSecond, unsolicitedBurst);
  }

  #writeWindow({ window }: Facts, one: Writing): void {
    const { key } = one;
    key.number(window.frontier);
    key.number(window.appliedTo);
    for (const { value: span } of maps.spans.entries(window.spans)) this.#writeSpan(span, one);
    key.number(-1);
    for (const { peer, block, asked } of window.spares) {
      one.peer(peer);
      key.number(16 * block.height + 2 * flawNumber(block) + (asked ? 1 : 0));
    }
    key.number(-1);
    const { unapplied = [], suspect = null, height = 0 } = window.trouble ?? {};
    key.number(unapplied.length > 0 || suspect !== null ? height : null);
    for (const { contentId, peers, charged } of unapplied) {
      key.number(flawNumberOf(contentId));
      one.set(peers);
      for (const each of charged) one.peer(each.peer);
      key.number(-1);
    }
    key.number(suspect === null ? null : Math.min(suspect.tries, this.#backoffs.refuted));
    one.time(suspect?.retryAt ?? null);
  }

  #writeSpan(span: Span, one: Writing): void {
    const { key } = one;
    key.number(span.from);
    key.number(span.to);
    this.#name(span.stage, key);
    one.request(span.requestId);
    one.request(span.hedgeId);
    one.work(span.workId);
    key.number((span.waits ? 1 : 0) + (span.exact && blockRequestChart.hasTag(span.stage, 'certified') ? 2 : 0));
    one.peer(span.peer);
    key.number(span.asked ? 1 : 0);
    for (const block of span.blocks) key.number(flawNumber(block));
    one.set(span.avoid);
  }

  #name(name: string, key: KeyWriter): void {
    key.number(this.#stages.of(name));
  }
}

/** How often each back-off grows before it stays as it is: counting further tells nothing. */
interface Backoffs {
  readonly host: number;
  readonly refuted: number;
  readonly coolDown: number;
  readonly ban: number;
}

function backoffsOf(config: SyncConfig): Backoffs {
  const growths = (min: number, max: number) => Math.max(1, Math.ceil(Math.log2(max / min)));
  return {
    host: growths(config.hostRetryMsMin, config.hostRetryMsMax),
    refuted: growths(config.refutedBackoffMsMin, config.refutedBackoffMsMax),
    coolDown: growths(config.coolDownMsMin, config.coolDownMsMax),
    ban: growths(config.banMsMin, config.banMsMax),
  };
}

/** What is counted by rates is looked at only where liars announce, or send what nobody asked for. */
function countsRates({ name, liar, budgets, config }: WorldPlan): boolean {
  if ((config.metadataUnaskedBurst ?? 0) < 100)
    throw new Error(`${name}: unasked metadata must be out of reach of rates`);
  const counts = liar.unasked.length + liar.announces.length > 0;
  if (counts && budgets.liarActs === UNBOUNDED) throw new Error(`${name}: rates are counted, so liars must end`);
  return counts;
}

/** What one writing shares: names of peers become places, ids of requests become ranks, times are from now on. */
class Writing {
  readonly facts: Facts;
  readonly now: number;
  readonly peers: readonly PeerId[];
  readonly key: KeyWriter;
  readonly actsLeft: number;
  /** In flight, or late and still to be answered: oldest first. */
  readonly requests: readonly Request[];
  readonly works: readonly HostWork[];

  constructor(facts: Facts, now: number, state: WorldState, peers: readonly PeerId[], key: KeyWriter) {
    this.facts = facts;
    this.now = now;
    this.peers = peers;
    this.key = key;
    this.actsLeft = state.budgets.liarActs;
    this.works = worksOf(state.host);
    this.requests = state.owed.flatMap(({ requestId }) => maps.requests.get(facts.requests.byId, requestId) ?? []);
  }

  time(at: number | null): void {
    this.key.number(at === null ? null : at - this.now);
  }

  peer(id: PeerId | null): void {
    this.key.number(id === null ? null : this.peers.indexOf(id));
  }

  work(id: number | null): void {
    this.key.number(id === null ? null : this.works.findIndex(({ workId }) => workId === id));
  }

  request(id: number | null): void {
    this.key.number(id === null ? null : this.requests.findIndex((request) => request.id === id));
  }

  /** Whose order means nothing. */
  set(ids: readonly PeerId[]): void {
    let bits = 0;
    for (const id of ids) bits |= 1 << this.peers.indexOf(id);
    this.key.number(bits);
  }

  bucket({ tokens, at }: { readonly tokens: number; readonly at: number }, perSecond: number, burst: number): void {
    const level = Math.min(burst, tokens + ((this.now - at) / 1_000) * perSecond);
    this.key.number(Math.round(level * 1_000));
  }
}

/** Small numbers for names, in order of their first use. */
class Numbering {
  readonly #numbers = new Map<string, number>();

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
