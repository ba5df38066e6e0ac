import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';

/**
 * What a property is about: it is asked only about these events, about any event with one of these effects, and about
 * any event that changes one of these slices of the facts.
 */
export interface Topics {
  readonly events?: readonly SyncEvent['type'][];
  readonly effects?: readonly Effect['type'][];
  /** Told apart by reference: the core replaces what it changes. */
  readonly facts?: readonly FactsSlice[];
}

/** The slices that properties may be about. */
const SLICES = [
  'clock',
  'peers',
  'requests',
  'window',
  'local',
  'control',
  'aggregate',
  'proposals',
] as const satisfies readonly (keyof Facts)[];

export type FactsSlice = (typeof SLICES)[number];

/** One that has no topics is about every event. */
interface Subscriber {
  readonly on?: Topics;
}

/** What an audience may be made wider by. */
type Topic = Effect['type'] | FactsSlice;

/** Which subscribers one kind of happening concerns, and how one more topic would change that. */
interface Audience {
  /** Their positions, in order. */
  readonly members: readonly number[];
  readonly with: Map<Topic, Audience>;
}

const ofLists = new WeakMap<readonly Subscriber[], Subscriptions>();

/** Tells whom an event with its effects and changes concerns. Each combination of topics is worked out once. */
export class Subscriptions {
  readonly #subscribers: readonly Subscriber[];
  readonly #byEvent = new Map<SyncEvent['type'], Audience>();
  readonly #known = new Map<string, Audience>();

  /** The same for the same list: each run has the same properties, and what concerns them is worked out once for all runs. */
  static of(subscribers: readonly Subscriber[]): Subscriptions {
    const known = ofLists.get(subscribers) ?? new Subscriptions(subscribers);
    ofLists.set(subscribers, known);
    return known;
  }

  constructor(subscribers: readonly Subscriber[]) {
    this.#subscribers = subscribers;
  }

  /**
   * @param before the facts before the event; null: nothing is known of them, so that everything counts as changed
   * @returns positions in the list of subscribers, in order
   */
  concerned(event: SyncEvent, effects: readonly Effect[], before: Facts | null, after: Facts): readonly number[] {
    let audience = this.#byEvent.get(event.type) ?? this.#audienceOf(event.type);
    for (const { type } of effects) audience = audience.with.get(type) ?? this.#widened(audience, type);
    for (const slice of SLICES) {
      if (before !== null && before[slice] === after[slice]) continue;
      audience = audience.with.get(slice) ?? this.#widened(audience, slice);
    }
    return audience.members;
  }

  #audienceOf(event: SyncEvent['type']): Audience {
    const audience = this.#intern(({ on }) => on === undefined || (on.events ?? []).includes(event));
    this.#byEvent.set(event, audience);
    return audience;
  }

  #widened(audience: Audience, topic: Topic): Audience {
    const wider = this.#intern(({ on }, i) => {
      const topics: readonly Topic[] = [...(on?.effects ?? []), ...(on?.facts ?? [])];
      return audience.members.includes(i) || topics.includes(topic);
    });
    audience.with.set(topic, wider);
    return wider;
  }

  #intern(isMember: (subscriber: Subscriber, position: number) => boolean): Audience {
    const members = this.#subscribers.flatMap((subscriber, i) => (isMember(subscriber, i) ? [i] : []));
    const key = members.join(' ');
    const audience = this.#known.get(key) ?? { members, with: new Map() };
    this.#known.set(key, audience);
    return audience;
  }
}
