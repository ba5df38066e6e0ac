import type { Offence } from '../../protocol/offences.ts';
import type { Cast, Member } from './cast.ts';
import { isLaggard, titleOf } from './cast.ts';
import type { MemberRecord } from './record.ts';

export interface Summary {
  readonly ok: boolean;
  /** Why it is not ok; null when it is. */
  readonly reason: string | null;
  readonly height: number;
  readonly stateHash: string;
  readonly members: readonly MemberSummary[];
  /** Blocks that the nodes which caught up refused, by what was wrong and who sent them. */
  readonly invalidBlocks: readonly InvalidBlocks[];
  readonly rollbacks: number;
  /** Claims found to be false, by whose they were; each node that found it counts once. */
  readonly refutedClaims: readonly { readonly from: string; readonly foundBy: readonly string[] }[];
  /** How often a synced node called itself unsynced again: a claim alone must not make it (META-10). */
  readonly fellBehind: number;
  readonly seconds: number;
}

export interface MemberSummary {
  readonly name: string;
  readonly role: string;
  readonly mode: string;
  readonly height: number;
  readonly stateHash: string;
  /** Of those that caught up; null for the others. */
  readonly sync: { readonly blocks: number; readonly seconds: number; readonly blocksPerSecond: number } | null;
}

export interface InvalidBlocks {
  readonly offence: Offence;
  readonly from: string;
  readonly count: number;
}

export interface Goal {
  readonly height: number;
  readonly stateHash: string;
}

export function summaryOf(
  cast: Cast,
  records: ReadonlyMap<Member, MemberRecord>,
  goal: Goal,
  failure: string | null,
  seconds: number,
): Summary {
  const members = cast.members.map((member) => summaryOfMember(member, records.get(member)));
  const reason = failure ?? differenceOf(members, goal);
  const nameOf = (address: string): string => {
    const found = cast.members.find(({ keys }) => keys.address === address);
    return found === undefined ? address : titleOf(found);
  };
  const all = [...records];
  return {
    ok: reason === null,
    reason,
    ...goal,
    members,
    invalidBlocks: countInvalid(
      all.flatMap(([, { invalidBlocks }]) => invalidBlocks),
      nameOf,
    ),
    rollbacks: all.reduce((sum, [, { rollbacks }]) => sum + rollbacks, 0),
    refutedClaims: [...new Set(all.flatMap(([, { refuted }]) => [...refuted]))].map((address) => ({
      from: nameOf(address),
      foundBy: all.filter(([, { refuted }]) => refuted.has(address)).map(([member]) => member.name),
    })),
    fellBehind: all.reduce((sum, [, record]) => sum + record.fellBehind, 0),
    seconds,
  };
}

function summaryOfMember(member: Member, record: MemberRecord | undefined): MemberSummary {
  const status = record?.status;
  return {
    name: titleOf(member),
    role: member.role,
    mode: status?.mode ?? 'Stopped',
    height: status?.maxHeight ?? 0,
    stateHash: status?.stateHash ?? '',
    sync: isLaggard(member) ? (record?.sync ?? null) : null,
  };
}

/** What is not as it should be at the end, if anything. */
function differenceOf(members: readonly MemberSummary[], { height, stateHash }: Goal): string | null {
  for (const member of members) {
    if (member.height !== height) return `${member.name} is at height ${member.height}, not ${height}`;
    if (member.stateHash !== stateHash) return `${member.name} has another state hash at height ${height}`;
    const wanted = member.role === 'full node' ? 'Consensus_Synced' : 'Consensus_Pacemaker';
    if (member.mode !== wanted) return `${member.name} is in ${member.mode}, not ${wanted}`;
  }
  return null;
}

function countInvalid(
  found: readonly { readonly offence: Offence; readonly peer: string }[],
  nameOf: (address: string) => string,
): InvalidBlocks[] {
  const counts = new Map<string, InvalidBlocks>();
  for (const { offence, peer } of found) {
    const key = `${offence} ${peer}`;
    counts.set(key, { offence, from: nameOf(peer), count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
