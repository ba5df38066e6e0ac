import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent, TimerName } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { NodeObserver, SimNode } from '../simulation/node.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';
import type { Always, Seen, Sometimes, Subject, Watch } from './property.ts';
import { Subscriptions } from './topics.ts';
import { Trace } from './trace.ts';

/** A property that was broken. */
export interface Violation {
  readonly property: string;
  readonly clauses: readonly string[];
  readonly says: string;
  /** How it was broken. */
  readonly detail: string;
  readonly node: string;
  readonly atMs: number;
  /** The last events with their effects, in words. */
  readonly lastEvents: readonly string[];
}

export interface MonitorOptions {
  readonly time: () => VirtualTime;
  readonly properties: readonly Always[];
  readonly witnesses: readonly Sometimes[];
  readonly isHonest: (peer: string) => boolean;
  readonly hasLocalFaults: boolean;
}

interface Watched {
  readonly watches: readonly Watch[];
  before: Facts | null;
}

/** Holds every event of every node under test against every property. */
export class Monitor implements NodeObserver {
  readonly trace = new Trace();
  violation: Violation | null = null;
  /** How often each property had something to check: what was never checked proves nothing. */
  readonly checks = new Map<string, number>();
  readonly witnessed = new Map<string, number>();
  readonly #options: MonitorOptions;
  readonly #nodes = new Map<SimNode, Watched>();
  readonly #checkCounts: number[];
  readonly #checksOn: Subscriptions;
  readonly #witnessesOn: Subscriptions;
  readonly #isWitnessed: boolean[];
  #timerAtMs = -1;
  #timersAtOnce = 0;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#checkCounts = options.properties.map(() => 0);
    this.#checksOn = Subscriptions.of(options.properties);
    this.#witnessesOn = Subscriptions.of(options.witnesses);
    this.#isWitnessed = options.witnesses.map(() => false);
  }

  began(node: SimNode): void {
    const watched = this.#nodes.get(node);
    if (watched === undefined) {
      const subject = this.#subjectOf(node);
      this.#nodes.set(node, { watches: this.#options.properties.map(({ watch }) => watch(subject)), before: null });
      return;
    }
    watched.before = null;
    for (const watch of watched.watches) watch.reborn?.();
  }

  observed(node: SimNode, event: SyncEvent, effects: readonly Effect[], after: Facts): void {
    const watched = this.#nodes.get(node);
    if (watched === undefined || this.violation !== null) return;
    const atMs = this.#options.time().nowMs;
    this.trace.note(atMs, node.id, event, effects);
    const { before } = watched;
    const seen: Seen = { atMs, event, effects, before: before ?? after, after };
    watched.before = after;
    this.#check(node, watched, seen, before);
    this.#witness(seen, before);
    if (event.type === 'timerFired') this.#noticeSpinning(node, event.timer, atMs);
  }

  /** Nothing a port does may surprise the node; faults of the host are told as such. */
  failed(node: SimNode, error: unknown): void {
    if (error instanceof Error && error.message.startsWith('simulated fault')) return;
    // Whoever was still being served when the node stopped.
    if (error instanceof StateSyncError && error.code === 'STORE_CLOSED') return;
    this.fail(node.id, {
      name: 'nothing-escapes',
      clauses: ['APPLY-5', 'MODE-8'],
      says: 'The core breaks no invariant of its own, and nothing is thrown out of the node.',
      detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }

  fail(node: string, broken: Pick<Always, 'name' | 'clauses' | 'says'> & { readonly detail: string }): void {
    if (this.violation !== null) return;
    const { name: property, clauses, says, detail } = broken;
    const atMs = this.#options.time().nowMs;
    this.violation = { property, clauses, says, detail, node, atMs, lastEvents: this.trace.lastInWords };
  }

  finish(): void {
    this.#options.properties.forEach(({ name }, i) => this.checks.set(name, this.#checkCounts[i] ?? 0));
  }

  #check(node: SimNode, { watches }: Watched, seen: Seen, before: Facts | null): void {
    for (const i of this.#checksOn.concerned(seen.event, seen.effects, before, seen.after)) {
      const outcome = watches[i]?.check(seen);
      if (outcome === undefined) continue;
      this.#checkCounts[i] = (this.#checkCounts[i] ?? 0) + 1;
      if (outcome === true) continue;
      const property = this.#options.properties[i];
      if (property !== undefined) this.fail(node.id, { ...property, detail: outcome });
      return;
    }
  }

  #noticeSpinning(node: SimNode, timer: TimerName, atMs: number): void {
    this.#timersAtOnce = atMs === this.#timerAtMs ? this.#timersAtOnce + 1 : 0;
    this.#timerAtMs = atMs;
    if (this.#timersAtOnce < TIMERS_AT_ONCE_MAX) return;
    this.fail(node.id, {
      name: 'never-spins',
      clauses: ['SYNC-7'],
      says: 'A timer that has fired and found nothing due is not set again for the same moment.',
      detail: `timer ${timer} fires without end`,
    });
  }

  /** Once a run is enough. */
  #witness(seen: Seen, before: Facts | null): void {
    const { witnesses } = this.#options;
    for (const i of this.#witnessesOn.concerned(seen.event, seen.effects, before, seen.after)) {
      const witness = witnesses[i];
      if (this.#isWitnessed[i] === true || witness?.happened(seen) !== true) continue;
      this.#isWitnessed[i] = true;
      this.witnessed.set(witness.name, 1);
    }
  }

  #subjectOf(node: SimNode): Subject {
    const { isHonest, hasLocalFaults } = this.#options;
    return {
      id: node.id,
      chain: node.chain,
      get localMax() {
        return node.localMax;
      },
      get executorTip() {
        return node.executorTip;
      },
      isHonest,
      hasLocalFaults,
      takeServed: () => node.takeServed(),
      takeBreaches: () => (node.breaches.length === 0 ? NONE : node.breaches.splice(0)),
    };
  }
}

/** Timers that may fire at one and the same moment. */
const TIMERS_AT_ONCE_MAX = 1_000;

const NONE: readonly string[] = [];
