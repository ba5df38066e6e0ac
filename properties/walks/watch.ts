import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Facts } from '../../src/core/facts.ts';
import { blockAt, flawOf, idAt } from '../arbitraries/core-walk/plain-chain.ts';
import type { WalkStep } from '../arbitraries/walk.ts';
import { WALK_HONEST } from '../arbitraries/walk.ts';
import { checkFacts, checkRequestsSent } from '../invariants/check-facts.ts';
import { PROPERTIES } from '../invariants/index.ts';
import type { Always, Seen, Subject, Watch } from '../invariants/property.ts';
import { Subscriptions } from '../invariants/topics.ts';
import type { ChainView } from '../simulation/chain.ts';

export type BrokenInWalk = Pick<Always, 'clauses' | 'says'> & { readonly property: string; readonly detail: string };

/** What is about something that a walk has not, or does not do as a network does it. */
const NOT_OF_WALKS: ReadonlySet<string> = new Set([
  // There are no validators, and no bodies of blocks.
  'validator-is-who-signs',
  'proposals-reach-consensus-checked',
  // The clock leaps as it likes, and the host serves when it likes.
  'core-time-is-host-time',
  'effects-are-answered',
  // A walk has the mode moved from outside, and answers ranges without naming the request.
  'settled-leaves-only-on-evidence',
  'answers-end-open-requests',
]);

/** What holds of every walk. */
export const WALK_PROPERTIES: readonly Always[] = PROPERTIES.filter(({ name }) => !NOT_OF_WALKS.has(name));

const ON = new Subscriptions(WALK_PROPERTIES);

const CHAIN: ChainView = {
  networkId: 'the chain of the walks',
  height: Number.MAX_SAFE_INTEGER,
  has: (height) => height >= 1,
  blockAt: (height) => blockAt(height),
  tipAt: (height) => ({ height, stateHash: idAt(height), validators: [] }),
  hasCertificateOf: (block: SyncBlock) => flawOf(block).refusedWith === undefined,
};

class Broken extends Error {
  readonly property: Always;

  constructor(property: Always, detail: string) {
    super(detail);
    this.property = property;
  }
}

/** Holds one walk against the properties; of the facts everything is counted anew after every event. */
export class WalkWatch {
  readonly #watches: readonly Watch[];
  #localMax = 0;
  #last: Facts | null = null;

  constructor() {
    const localMax = () => this.#localMax;
    const subject: Subject = {
      id: 'the core',
      chain: CHAIN,
      get localMax() {
        return localMax();
      },
      executorTip: undefined,
      isHonest: (peer) => WALK_HONEST.includes(peer),
      // The host goes wrong now and then; that no honest peer is charged for it is held by a test of its own.
      hasLocalFaults: true,
      takeServed: () => [],
      takeBreaches: () => [],
    };
    this.#watches = WALK_PROPERTIES.map(({ watch }) => watch(subject));
  }

  /** @throws Error at the first thing that does not hold */
  check({ event, effects, before, after }: WalkStep): void {
    this.#localMax = after.local.maxHeight;
    // The core began anew from what its store holds.
    const isNew = before !== this.#last;
    if (isNew) for (const watch of this.#watches) watch.reborn?.();
    this.#last = after;
    // By the core's own time: the host's leaps.
    const seen: Seen = { atMs: after.clock.now, event, effects, before, after };
    for (const index of ON.concerned(event, effects, isNew ? null : before, after)) {
      const outcome = this.#watches[index]?.check(seen);
      const property = WALK_PROPERTIES[index];
      if (typeof outcome === 'string' && property !== undefined) throw new Broken(property, outcome);
    }
    checkFacts(after, before);
    checkRequestsSent(after, effects);
  }

  /** What the error that ended a walk says is broken. */
  brokenBy(error: unknown): BrokenInWalk {
    const detail = error instanceof Error ? error.message : String(error);
    const name = error instanceof Broken ? error.property.name : FACTS;
    const property = WALK_PROPERTIES.find((each) => each.name === name);
    return { property: name, clauses: property?.clauses ?? [], says: property?.says ?? '', detail };
  }
}

/** What else is thrown in a walk: by the count of the facts, or by the core itself. */
const FACTS = 'the-facts-agree';
