import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts, Work } from '../../src/core/facts.ts';
import { workUnderWay } from '../../src/core/facts.ts';
import { spanHolding } from '../../src/core/window.ts';
import { firstWrong } from './charges.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const hostFaultsAreOfTheHost = always(
  'host-faults-are-of-the-host',
  ['APPLY-5'],
  'A host fault is told when verifier, executor or store failed, or gave no answer where there is one, and at no other time.',
  (seen) => {
    const told = effectsOf(seen, 'hostFaulted');
    const { event } = seen;
    const failed = 'hostFault' in event || isAtALoss(seen);
    if (told.length > 0)
      return failed ? true : `"${told[0]?.fault.message ?? ''}" is told for a ${event.type}, and nothing has failed`;
    if ('hostFault' in event && isAwaited(seen)) return `${event.type} is a failure of the host's, and nothing is told`;
    return isAtALoss(seen)
      ? `${event.type} gives no answer about a block whose turn it is, and nothing is told`
      : undefined;
  },
  { effects: ['hostFaulted'], events: ['blocksVerified', 'blocksApplied', 'blocksCommitted', 'blocksRolledBack'] },
);

/** Whether it is the outcome of what is under way, and consensus has not decided the heights of it since. */
function isAwaited({ event, before }: Seen): boolean {
  if (!('workId' in event)) return false;
  const work = workUnderWay(before).find(({ id }) => id === event.workId);
  if (work === undefined) return isOfProposal(event, before);
  return work.kind === 'rollback' || work.from > before.local.maxHeight;
}

/** Whether a block whose turn it is was neither taken nor refused: what is known of its validators is all there. */
function isAtALoss({ event, before }: Seen): boolean {
  if ('hostFault' in event || 'fault' in event) return false;
  if (isEvent(event, 'blocksVerified')) {
    const work = before.work.verifying.find(({ id }) => id === event.workId);
    return work?.exact === true && event.valid === 0 && isBegunWith(before, work, work.from);
  }
  const work = before.work.executing;
  if (!isEvent(event, 'blocksApplied') || work?.id !== event.workId || work.kind !== 'apply') return false;
  if (firstWrong(event, before, work) !== null) return false;
  const left = work.from + event.stateHashes.length;
  return left <= work.to && isBegunWith(before, work, left) && spanHolding(before, left)?.exact === true;
}

function isBegunWith(facts: Facts, { id }: Work, height: number): boolean {
  const span = spanHolding(facts, height);
  return span?.workId === id && span.from === height;
}

/** What an outcome is of, as far as failures are counted together. */
const WORK: Partial<Record<SyncEvent['type'], string>> = {
  blocksVerified: 'verifier',
  blocksApplied: 'executor',
  blocksRolledBack: 'executor',
  blocksCommitted: 'store',
};

export const failingWorkWaitsLonger: Always = {
  kind: 'always',
  name: 'failing-work-waits-longer',
  clauses: ['APPLY-5'],
  says: 'What fails again, with nothing else failing and no success of it in between, is tried again after twice the wait.',
  on: { events: ['blocksVerified', 'blocksApplied', 'blocksRolledBack', 'blocksCommitted'] },
  watch: () => {
    let last: { readonly work: string; readonly waitMs: number } | null = null;
    return {
      reborn: () => {
        last = null;
      },
      check: (seen): Outcome => {
        const { event, before, after } = seen;
        const work = WORK[event.type];
        if (work === undefined || isOfProposal(event, before)) return undefined;
        const [told] = effectsOf(seen, 'hostFaulted');
        const failed = 'hostFault' in event || told !== undefined;
        if (!failed || told === undefined) {
          if (!failed && work === last?.work && event.type !== 'blocksRolledBack') last = null;
          return undefined;
        }
        const leastMs = last?.work === work ? Math.min(2 * last.waitMs, after.config.hostRetryMsMax) : 0;
        last = { work, waitMs: told.retryInMs };
        return told.retryInMs >= leastMs
          ? true
          : `the ${work} fails again, and is tried again in ${told.retryInMs} ms, not ${leastMs}`;
      },
    };
  },
};

function isOfProposal(event: SyncEvent, { proposals }: Facts): boolean {
  return isEvent(event, 'blocksVerified') && proposals.some(({ workId }) => workId === event.workId);
}

export const undoneBeforeApplied: Always = {
  kind: 'always',
  name: 'undone-before-applied',
  clauses: ['APPLY-2', 'APPLY-5', 'MODE-10'],
  says: 'What went wrong in the executor, or lies under what consensus decided, is rolled back before anything else is applied.',
  on: {
    events: ['Start', 'blocksApplied', 'blocksRolledBack', 'blockFinalized'],
    effects: ['applyBlocks', 'rollbackBlocks'],
  },
  watch: () => {
    /** Nothing may be applied before the executor is back at this height or below. */
    let undoTo: number | null = null;
    let undoing: number | null = null;
    return {
      reborn: () => {
        undoTo = undoing = null;
      },
      check: (seen): Outcome => {
        const { event } = seen;
        if (isEvent(event, 'Start')) undoTo = undoing = null;
        if (isEvent(event, 'blocksRolledBack') && event.hostFault === undefined && undoing !== null) {
          // What is committed since counts.
          if (undoTo !== null && undoing <= Math.max(undoTo, seen.before.local.maxHeight)) undoTo = null;
          undoing = null;
        }
        const wrongFrom = wrongAt(seen);
        if (wrongFrom !== null) undoTo = Math.min(undoTo ?? Infinity, wrongFrom - 1);
        for (const { toHeight } of effectsOf(seen, 'rollbackBlocks')) undoing = toHeight;
        const [applying] = effectsOf(seen, 'applyBlocks');
        if (applying === undefined) return undefined;
        const from = applying.blocks[0]?.height ?? 0;
        return undoTo === null ? true : `${from} is applied, and what is above ${undoTo} was to be undone first`;
      },
    };
  },
};

export const workIsBounded = always(
  'work-is-bounded',
  ['SYNC-2', 'LIMIT'],
  'Nobody works on a block that is too large, or on more blocks at once than are allowed, but one range of them always may be; one write makes no more bytes durable than are allowed, but one block always may be.',
  (seen) => {
    const { config } = seen.after;
    const { commitBytesMax, requestBlocksMax, blockBytesMax } = config;
    const pieces = [
      ...effectsOf(seen, 'verifyBlocks').map(({ blocks }) => ({
        blocks,
        what: 'verified',
        blocksMax: config.verifyBlocksMax,
      })),
      ...effectsOf(seen, 'applyBlocks').map(({ blocks }) => ({
        blocks,
        what: 'applied',
        blocksMax: config.applyBlocksMax,
      })),
      ...effectsOf(seen, 'commitBlocks').map(({ blocks }) => ({
        blocks,
        what: 'committed',
        blocksMax: config.commitBlocksMax,
      })),
    ];
    for (const { blocks, what, blocksMax } of pieces) {
      const tooLarge = blocks.find(({ bytes }) => bytes > blockBytesMax);
      if (tooLarge !== undefined) return `block ${tooLarge.height} is ${what}, which has ${tooLarge.bytes} bytes`;
      if (blocks.length > Math.max(blocksMax, requestBlocksMax)) return `${blocks.length} blocks are ${what} at once`;
      const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
      if (what === 'committed' && blocks.length > 1 && bytes > commitBytesMax)
        return `${bytes} bytes are committed at once`;
    }
    return pieces.length > 0 ? true : undefined;
  },
  { effects: ['verifyBlocks', 'applyBlocks', 'commitBlocks'] },
);

export const committedStays = always(
  'what-is-committed-stays',
  ['APPLY-2', 'APPLY-4', 'MODE-10'],
  'Nothing that is committed is rolled back.',
  (seen) => {
    const rolledBack = effectsOf(seen, 'rollbackBlocks');
    for (const { toHeight } of rolledBack) {
      if (toHeight < seen.after.local.maxHeight)
        return `the executor is to go back to ${toHeight}, where ${seen.after.local.maxHeight} is committed`;
    }
    return rolledBack.length > 0 ? true : undefined;
  },
  { effects: ['rollbackBlocks'] },
);

/** From which height on what the executor holds is wrong, by this event. */
function wrongAt({ event, before }: Seen): number | null {
  const { executing, committing } = before.work;
  if (isEvent(event, 'blockFinalized')) {
    const isDue = event.height === before.local.maxHeight + 1;
    // What is being committed at this very height, or above, may be what counts: its outcome tells.
    if (!isDue || (committing !== null && committing.to >= event.height)) return null;
    const isApplied = before.window.appliedTo >= event.height;
    const isBeingApplied = executing?.kind === 'apply' && executing.from <= event.height;
    return isApplied || isBeingApplied ? event.height + 1 : null;
  }
  if (!isEvent(event, 'blocksApplied') || executing?.id !== event.workId) return null;
  if (event.hostFault !== undefined) return executing.from + event.stateHashes.length;
  return firstWrong(event, before, executing)?.block.height ?? null;
}
