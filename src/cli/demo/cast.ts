import type { KeyPair } from '../../validation/index.ts';
import { seededKeys } from '../../adapters/ledger/index.ts';
import type { DemoOptions } from './options.ts';

/**
 * What a member of the demo's network is there for. `tampers` spoils the blocks it serves, `inflates` claims a height
 * it does not have. Both follow the chain like the honest ones otherwise.
 */
export type Role = 'honest' | 'tampers' | 'inflates' | 'lagging validator' | 'full node';

export interface Member {
  readonly name: string;
  readonly role: Role;
  readonly keys: KeyPair;
  /** The height its store ends at when the demo begins. */
  readonly startHeight: number;
}

/** What the one who inflates says it has. */
export const INFLATED_HEIGHT = 1_000_000;
/** The lagging validator has this share of the chain: it was away since. */
const LAGGING_SHARE = 1 / 10;

export interface Cast {
  /** Those that have the whole chain. */
  readonly holders: readonly Member[];
  /** Those that catch up. */
  readonly laggards: readonly Member[];
  readonly members: readonly Member[];
  /** The validators of the genesis: the holders and the lagging one. */
  readonly validators: readonly Member[];
  /** Publishes the new blocks. */
  readonly publisher: Member;
}

export function castOf({ validators: count, blocks, seed, honest }: DemoOptions): Cast {
  const keys = seededKeys(`demo/${seed}`, count + 2);
  const member = (index: number, name: string, role: Role, startHeight: number): Member => {
    const own = keys[index];
    if (own === undefined) throw new RangeError(`no key for ${name}`);
    return { name, role, keys: own, startHeight };
  };
  const roleOf = (index: number): Role => {
    if (!honest && index === count - 2) return 'tampers';
    return !honest && index === count - 1 ? 'inflates' : 'honest';
  };
  const holders = Array.from({ length: count }, (_, index) =>
    member(index, `validator-${index + 1}`, roleOf(index), blocks),
  );
  const lagging = member(count, `validator-${count + 1}`, 'lagging validator', Math.floor(blocks * LAGGING_SHARE));
  const fullNode = member(count + 1, 'full-node', 'full node', 0);
  const publisher = holders[0];
  if (publisher === undefined) throw new RangeError('a demo needs validators');
  return {
    holders,
    laggards: [fullNode, lagging],
    members: [...holders, lagging, fullNode],
    validators: [...holders, lagging],
    publisher,
  };
}

/** A member as the text names it: liars are always called liars. */
export function titleOf({ name, role }: Pick<Member, 'name' | 'role'>): string {
  return role === 'tampers' || role === 'inflates' ? `${name} (${role})` : name;
}

export function isLiar({ role }: Pick<Member, 'role'>): boolean {
  return role === 'tampers' || role === 'inflates';
}

export function isLaggard({ role }: Pick<Member, 'role'>): boolean {
  return role === 'full node' || role === 'lagging validator';
}
