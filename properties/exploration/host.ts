import type { Command } from '../../src/core/effects.ts';
import type { UntimedEvent } from '../../src/core/events.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { HostFault } from '../../src/protocol/errors.ts';
import { flawOf, idAt, setOf, signersOf } from './blocks.ts';
import type { WorldPlan } from './plan.ts';

export type HostWork = Extract<
  Command,
  { readonly type: 'verifyBlocks' | 'applyBlocks' | 'commitBlocks' | 'rollbackBlocks' }
>;
type WorkOf<Type extends HostWork['type']> = Extract<HostWork, { readonly type: Type }>;

/**
 * Verifier, executor and store: what is durable, what is applied above it, and what is under way in each of the three
 * lanes. They run side by side and finish in any order.
 */
export interface HostState {
  /** The store holds the chain's blocks up to here; it survives a crash. */
  readonly durable: number;
  /** State hashes of what is applied above, oldest first. */
  readonly applied: readonly string[];
  /** By height, the older first where a height is verified twice. */
  readonly verifying: readonly Verification[];
  readonly executing: WorkOf<'applyBlocks' | 'rollbackBlocks'> | null;
  readonly committing: WorkOf<'commitBlocks'> | null;
}

export interface Verification {
  readonly work: WorkOf<'verifyBlocks'>;
  /** The validator set after what was applied when it began: the blocks are checked with this one. */
  readonly set: number;
}

export interface HostOutcome {
  readonly host: HostState;
  readonly event: UntimedEvent;
  /** What the core asked for and no host could have done. */
  readonly broken: string | null;
}

/** How a host carries out its work; a planted bug may be in it. */
export type Finisher = (
  plan: WorldPlan,
  host: HostState,
  work: HostWork,
  fails: boolean,
  validator: boolean,
) => HostOutcome;

const FAULTS = {
  verifyBlocks: { code: 'EXECUTOR_FAILED', message: 'the verifier failed' },
  applyBlocks: { code: 'EXECUTOR_FAILED', message: 'the executor failed' },
  commitBlocks: { code: 'STORE_DISK_FULL', message: 'the store failed' },
  rollbackBlocks: { code: 'EXECUTOR_FAILED', message: 'the executor failed' },
} as const satisfies Record<HostWork['type'], HostFault>;

export const IDLE_HOST: HostState = { durable: 0, applied: [], verifying: [], executing: null, committing: null };

/** All that is under way. */
export function worksOf({ verifying, executing, committing }: HostState): readonly HostWork[] {
  return [...verifying.map(({ work }) => work), executing, committing].filter((work) => work !== null);
}

export function workById(host: HostState, workId: number): HostWork | undefined {
  return worksOf(host).find((work) => work.workId === workId);
}

/** The first height of a piece of work. */
export function heightOf(work: HostWork): number {
  return work.type === 'rollbackBlocks' ? work.toHeight + 1 : (work.blocks[0]?.height ?? 0);
}

/** The host takes on another piece of work; null: that lane is busy. */
export function withWork(plan: WorldPlan, host: HostState, work: HostWork): HostState | null {
  switch (work.type) {
    case 'verifyBlocks': {
      const set = setOf(plan, host.durable + host.applied.length + 1);
      const verifying = [...host.verifying, { work, set }].sort((a, b) => heightOf(a.work) - heightOf(b.work));
      return { ...host, verifying };
    }
    case 'commitBlocks':
      return host.committing === null ? { ...host, committing: work } : null;
    default:
      return host.executing === null ? { ...host, executing: work } : null;
  }
}

function withoutWork({ verifying, executing, committing, ...rest }: HostState, done: HostWork): HostState {
  return {
    ...rest,
    verifying: verifying.filter(({ work }) => work !== done),
    executing: executing === done ? null : executing,
    committing: committing === done ? null : committing,
  };
}

/**
 * The work as it turns out, done truthfully or failed: a verification or a run of blocks to apply fails at its last
 * block, a commit or a rollback without any trace.
 */
export const finishWork: Finisher = (plan, host, work, fails, validator) => {
  const idle = withoutWork(host, work);
  const { workId } = work;
  const fault = fails ? { hostFault: FAULTS[work.type] } : {};
  switch (work.type) {
    case 'verifyBlocks':
      return outcome(idle, { type: 'blocksVerified', workId, ...verdict(plan, host, work, fails) });
    case 'applyBlocks':
      return apply(plan, idle, work, fails, (block) => signersOf(plan, block) === setOf(plan, block.height));
    case 'commitBlocks': {
      const event = { type: 'blocksCommitted', workId, validator, ...fault } as const;
      return fails ? outcome(idle, event) : commit(idle, work, event);
    }
    case 'rollbackBlocks': {
      const kept = fails ? idle.applied : idle.applied.slice(0, Math.max(0, work.toHeight - idle.durable));
      return outcome({ ...idle, applied: kept }, { type: 'blocksRolledBack', workId, ...fault });
    }
  }
};

/** A bug of a host: what was verified ahead is applied without asking whether the validator set is still the same. */
export const trustingHost: Finisher = (plan, host, work, fails, validator) =>
  work.type === 'applyBlocks'
    ? apply(plan, withoutWork(host, work), work, fails, () => true)
    : finishWork(plan, host, work, fails, validator);

/** What is durable after a crash; `landed`: the commit under way, if any, made it. */
export function crashed({ durable, committing }: HostState, landed: boolean): HostState {
  const to = landed ? (committing?.blocks.at(-1)?.height ?? 0) : 0;
  return { ...IDLE_HOST, durable: Math.max(durable, to) };
}

/** Consensus commits the next height. */
export function finalized(host: HostState): HostState {
  const id = idAt(host.durable + 1);
  return { ...host, durable: host.durable + 1, applied: host.applied[0] === id ? host.applied.slice(1) : [] };
}

/**
 * Blocks are checked with the set that the verification began with: it has the say about the first block of exact work,
 * and is a guess for all others, of which only a block that no set has signed can be found bad.
 */
function verdict(plan: WorldPlan, host: HostState, work: WorkOf<'verifyBlocks'>, fails: boolean) {
  const { blocks, exact } = work;
  const set = host.verifying.find((each) => each.work === work)?.set;
  const count = blocks.length - (fails ? 1 : 0);
  const valid = blocks.findIndex((block, i) => i >= count || signersOf(plan, block) !== set);
  const refused = valid < 0 ? undefined : blocks[valid];
  if (refused === undefined) return { valid: blocks.length };
  if (valid === count) return { valid, hostFault: FAULTS.verifyBlocks };
  const { height } = refused;
  if (signersOf(plan, refused) === 0) {
    return { valid, fault: { code: 'CERTIFICATE_NO_QUORUM', message: `height ${height} has no quorum` } as const };
  }
  if (!exact || valid > 0) return { valid };
  return { valid, fault: { code: 'CERTIFICATE_FOREIGN_SIGNER', message: `height ${height} has another set` } as const };
}

function apply(
  plan: WorldPlan,
  host: HostState,
  { workId, blocks }: WorkOf<'applyBlocks'>,
  fails: boolean,
  isStillVerified: (block: SyncBlock) => boolean,
): HostOutcome {
  const stateHashes: string[] = [];
  const event = { type: 'blocksApplied', workId, stateHashes } as const;
  if ((blocks[0]?.height ?? 0) <= host.durable) {
    const hostFault = { code: 'EXECUTOR_FAILED', message: 'consensus has decided this height since' } as const;
    return outcome(host, { ...event, hostFault });
  }
  let { applied } = host;
  for (const [i, block] of blocks.entries()) {
    const { height, parentId } = block;
    const top = host.durable + applied.length;
    if (height !== top + 1) return outcome(host, event, `asked to apply ${height} on top of ${top}`);
    if (parentId !== (applied.at(-1) ?? idAt(host.durable))) {
      return outcome(host, event, `asked to apply ${height} on top of another block`);
    }
    if (fails && i === blocks.length - 1) {
      return outcome({ ...host, applied }, { ...event, hostFault: FAULTS.applyBlocks });
    }
    if (!isStillVerified(block)) break;
    if (signersOf(plan, block) !== setOf(plan, height)) {
      return outcome(host, event, `APPLY-1: height ${height} is applied, and no quorum of its validators signed it`);
    }
    const stateHash = flawOf(block) === 'misapplied' ? 'another state' : block.id;
    stateHashes.push(stateHash);
    applied = [...applied, stateHash];
    if (stateHash !== block.id) break;
  }
  return outcome({ ...host, applied }, event);
}

function commit(host: HostState, { blocks }: WorkOf<'commitBlocks'>, event: UntimedEvent): HostOutcome {
  let { durable, applied } = host;
  for (const block of blocks) {
    // A commit whose outcome was lost is repeated; a store skips what it has.
    if (block.height <= durable) continue;
    if (block.height !== durable + 1 || applied[0] !== block.id || flawOf(block) !== 'good') {
      return outcome(host, event, `asked to commit ${block.height}, which is not applied`);
    }
    durable++;
    applied = applied.slice(1);
  }
  return outcome({ ...host, durable, applied }, event);
}

function outcome(host: HostState, event: UntimedEvent, broken: string | null = null): HostOutcome {
  return { host, event, broken };
}
