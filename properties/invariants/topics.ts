import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';

/** What a property is about: it is asked only about these events, and about any event with one of these effects. */
export interface Topics {
  readonly events?: readonly SyncEvent['type'][];
  readonly effects?: readonly Effect['type'][];
}

/** One that has no topics is about every event. */
interface Subscriber {
  readonly on?: Topics;
}

/** Which subscribers one kind of happening concerns, and how one more effect would change that. */
interface Audience {
  /** Their positions, in order. */
  readonly members: readonly number[];
  readonly with: Map<Effect['type'], Audience>;
}

/** Tells whom an event with its effects concerns. Each combination of their types is worked out once. */
export class Subscriptions {
  readonly #subscribers: readonly Subscriber[];
  readonly #byEvent = new Map<SyncEvent['type'], Audience>();
  readonly #known = new Map<string, Audience>();

  constructor(subscribers: readonly Subscriber[]) {
    this.#subscribers = subscribers;
  }

  /** @returns positions in the list of subscribers, in order */
  concerned(event: SyncEvent, effects: readonly Effect[]): readonly number[] {
    let audience = this.#byEvent.get(event.type) ?? this.#audienceOf(event.type);
    for (const { type } of effects) audience = audience.with.get(type) ?? this.#widened(audience, type);
    return audience.members;
  }

  #audienceOf(event: SyncEvent['type']): Audience {
    const audience = this.#intern(({ on }) => on === undefined || (on.events ?? []).includes(event));
    this.#byEvent.set(event, audience);
    return audience;
  }

  #widened(audience: Audience, effect: Effect['type']): Audience {
    const wider = this.#intern(({ on }, i) => audience.members.includes(i) || (on?.effects ?? []).includes(effect));
    audience.with.set(effect, wider);
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
