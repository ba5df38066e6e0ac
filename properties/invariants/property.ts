import type { Effect, EffectOf } from '../../src/core/effects.ts';
import type { EventOf, SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { ChainTip } from '../../src/node/ports.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { ChainView } from '../simulation/chain.ts';
import type { ServedAnswer } from '../simulation/transport.ts';
import type { Topics } from './topics.ts';

/** One event of the core with what came of it. */
export interface Seen {
  /** When, in virtual time. */
  readonly atMs: number;
  readonly event: SyncEvent;
  readonly effects: readonly Effect[];
  readonly before: Facts;
  readonly after: Facts;
}

/** The node that a property is about, and the truth it is held against. */
export interface Subject {
  readonly id: PeerId;
  readonly chain: ChainView;
  /** What the store holds. */
  readonly localMax: number;
  /** The executor's committed state; undefined while the node is down. */
  readonly executorTip: ChainTip | undefined;
  isHonest(peer: PeerId): boolean;
  /** Whether the executor goes wrong in this run (A44), so that peers cannot be told from a local fault. */
  readonly hasLocalFaults: boolean;
  /** Answers with blocks that the node has sent since this was asked last. */
  takeServed(): readonly ServedAnswer[];
  /** Where the node used a port in a way that the port does not allow. */
  takeBreaches(): readonly string[];
}

/** `undefined`: nothing to check here; `true`: checked, and it holds; text: how it is broken. */
export type Outcome = true | string | undefined;

export interface Watch {
  check(seen: Seen): Outcome;
  /** A new life of the node begins: what was remembered of requests and peers is gone. */
  reborn?(): void;
}

/** What must hold after every event, whatever happens. */
export interface Always {
  readonly kind: 'always';
  readonly name: string;
  readonly clauses: readonly string[];
  /** In plain words. */
  readonly says: string;
  /** Default: every event. To be given only where nothing else could change what `check` says, or remembers. */
  readonly on?: Topics;
  watch(subject: Subject): Watch;
}

/** What must have happened in some run of a campaign: else the runs prove little. */
export interface Sometimes {
  readonly kind: 'sometimes';
  readonly name: string;
  readonly clauses: readonly string[];
  /** Default: every event. */
  readonly on?: Topics;
  happened(seen: Seen): boolean;
}

export function effectsOf<Type extends Effect['type']>(seen: Seen, type: Type): readonly EffectOf<Type>[] {
  let found: EffectOf<Type>[] | null = null;
  for (const effect of seen.effects) if (effect.type === type) (found ??= []).push(effect as EffectOf<Type>);
  return found ?? NONE;
}

const NONE: readonly never[] = [];

export function isEvent<Type extends SyncEvent['type']>(event: SyncEvent, type: Type): event is EventOf<Type> {
  return event.type === type;
}

/** A property that needs no memory. */
export function always(
  name: string,
  clauses: readonly string[],
  says: string,
  check: (seen: Seen, subject: Subject) => Outcome,
  on?: Topics,
): Always {
  // Most take no look at the subject: no closure is made for them.
  const watch = (subject: Subject): Watch => {
    return check.length < 2 ? { check: check as Watch['check'] } : { check: (seen) => check(seen, subject) };
  };
  return { kind: 'always', name, clauses, says, watch, ...(on === undefined ? {} : { on }) };
}
