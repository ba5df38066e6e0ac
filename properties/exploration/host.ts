import type { Command } from '../../src/core/effects.ts';
import type { UntimedEvent } from '../../src/core/events.ts';
import type { HostFault } from '../../src/protocol/errors.ts';
import { flawOf, idAt } from './blocks.ts';

export type HostWork = Extract<
  Command,
  { readonly type: 'verifyBlocks' | 'applyBlocks' | 'commitBlocks' | 'rollbackBlocks' }
>;

/** Verifier, executor and store: what is durable, what is applied above it, and the one piece of work under way. */
export interface HostState {
  /** The store holds the chain's blocks up to here; it survives a crash. */
  readonly durable: number;
  /** State hashes of what is applied above, oldest first. */
  readonly applied: readonly string[];
  readonly work: HostWork | null;
}

export interface HostOutcome {
  readonly host: HostState;
  readonly event: UntimedEvent;
  /** What the core asked for and no host could have done. */
  readonly broken: string | null;
}

const FAULTS = {
  verifyBlocks: { code: 'EXECUTOR_FAILED', message: 'the verifier failed' },
  applyBlocks: { code: 'EXECUTOR_FAILED', message: 'the executor failed' },
  commitBlocks: { code: 'STORE_DISK_FULL', message: 'the store failed' },
  rollbackBlocks: { code: 'EXECUTOR_FAILED', message: 'the executor failed' },
} as const satisfies Record<HostWork['type'], HostFault>;

/** The work as it turns out, done truthfully or failed without any trace. */
export function finishWork(host: HostState, work: HostWork, fails: boolean, validator: boolean): HostOutcome {
  const idle = { ...host, work: null };
  const { workId } = work;
  const fault = fails ? { hostFault: FAULTS[work.type] } : {};
  switch (work.type) {
    case 'verifyBlocks':
      return outcome(idle, { type: 'blocksVerified', workId, valid: 0, ...(fails ? fault : verdict(work)) });
    case 'applyBlocks':
      if (fails) return outcome(idle, { type: 'blocksApplied', workId, stateHashes: [], ...fault });
      return apply(idle, work);
    case 'commitBlocks': {
      const event = { type: 'blocksCommitted', workId, validator, ...fault } as const;
      return fails ? outcome(idle, event) : commit(idle, work, event);
    }
    case 'rollbackBlocks': {
      const kept = fails ? idle.applied : idle.applied.slice(0, Math.max(0, work.toHeight - idle.durable));
      return outcome({ ...idle, applied: kept }, { type: 'blocksRolledBack', workId, ...fault });
    }
  }
}

/** What is durable after a crash; `landed`: the commit under way, if any, made it. */
export function crashed(host: HostState, landed: boolean): HostState {
  const { work } = host;
  const to = landed && work?.type === 'commitBlocks' ? (work.blocks.at(-1)?.height ?? 0) : 0;
  return { durable: Math.max(host.durable, to), applied: [], work: null };
}

/** Consensus commits the next height. */
export function finalized(host: HostState): HostState {
  const id = idAt(host.durable + 1);
  return { ...host, durable: host.durable + 1, applied: host.applied[0] === id ? host.applied.slice(1) : [] };
}

function verdict({ blocks }: Extract<HostWork, { type: 'verifyBlocks' }>) {
  const bad = blocks.findIndex((block) => flawOf(block) === 'forged');
  if (bad < 0) return { valid: blocks.length };
  const message = `height ${blocks[bad]?.height ?? 0} has no quorum`;
  return { valid: bad, fault: { code: 'CERTIFICATE_NO_QUORUM', message } as const };
}

function apply(host: HostState, { workId, blocks }: Extract<HostWork, { type: 'applyBlocks' }>): HostOutcome {
  const stateHashes: string[] = [];
  const event = { type: 'blocksApplied', workId, stateHashes } as const;
  if ((blocks[0]?.height ?? 0) <= host.durable) {
    const hostFault = { code: 'EXECUTOR_FAILED', message: 'consensus has decided this height since' } as const;
    return outcome(host, { ...event, hostFault });
  }
  let { applied } = host;
  for (const block of blocks) {
    const { height, parentId } = block;
    if (flawOf(block) === 'forged') return outcome(host, event, `asked to apply ${height}, which is not certified`);
    const top = host.durable + applied.length;
    if (height !== top + 1) return outcome(host, event, `asked to apply ${height} on top of ${top}`);
    if (parentId !== (applied.at(-1) ?? idAt(host.durable))) {
      return outcome(host, event, `asked to apply ${height} on top of another block`);
    }
    const stateHash = flawOf(block) === 'misapplied' ? 'another state' : block.id;
    stateHashes.push(stateHash);
    applied = [...applied, stateHash];
    if (stateHash !== block.id) break;
  }
  return outcome({ ...host, applied }, event);
}

function commit(
  host: HostState,
  { blocks }: Extract<HostWork, { type: 'commitBlocks' }>,
  event: UntimedEvent,
): HostOutcome {
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
