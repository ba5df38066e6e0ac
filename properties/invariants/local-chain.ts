import { headId } from '../../src/core/window.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Always } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';

export const localStateIsTheChains = always(
  'local-state-is-the-chains',
  ['APPLY-1', 'APPLY-2', 'APPLY-4'],
  "The local tip, and the executor's committed state, are exactly the chain's at that height.",
  ({ before, after }, { chain, executorTip }) => {
    if (before.local === after.local && before !== after) return undefined;
    const { maxHeight, tipId } = after.local;
    if (maxHeight > chain.height) return `local height ${maxHeight}, but the chain ends at ${chain.height}`;
    const truth = chain.tipAt(maxHeight).stateHash;
    if (tipId !== truth) return `at height ${maxHeight} the local state is ${tipId}, the chain's is ${truth}`;
    if (executorTip?.height === maxHeight && executorTip.stateHash !== truth) {
      return `at height ${maxHeight} the executor's state is ${executorTip.stateHash}, the chain's is ${truth}`;
    }
    return true;
  },
  { facts: ['local'] },
);

export const validatorIsWhoSigns = always(
  'validator-is-who-signs',
  ['MODE-5', 'MODE-10'],
  'The node counts itself as a validator exactly if the newest committed block says that it is one.',
  ({ before, after, event }, { chain, id }) => {
    if (before.local === after.local || isEvent(event, 'validatorStatusChanged')) return undefined;
    const { maxHeight, validator } = after.local;
    if (!chain.has(maxHeight)) return undefined;
    const isOne = chain.tipAt(maxHeight).validators.some(({ address }) => address === id);
    return isOne === validator ? true : `at height ${maxHeight} it ${isOne ? 'is a' : 'is no'} validator`;
  },
  { facts: ['local'] },
);

export const heightGrowsByOne: Always = {
  kind: 'always',
  name: 'height-grows-by-one',
  clauses: ['SYNC-2', 'MODE-10', 'APPLY-4'],
  says: 'The local height grows only by committing, in height order and with no gap, and never falls, not even in a crash.',
  on: { facts: ['local'] },
  watch: (subject) => {
    let highest = 0;
    return {
      check: ({ event, before, after, effects }) => {
        const was = before.local.maxHeight;
        const is = after.local.maxHeight;
        if (is < highest) return `the height was ${highest} and is ${is} now`;
        highest = is;
        if (is === was) return undefined;
        let told = was;
        for (const effect of effects) {
          if (effect.type !== 'blocksAdded') continue;
          if (effect.from !== told + 1) return `block ${effect.from} is told as added on top of ${told}`;
          told = effect.to;
        }
        if (told !== is) return `the height went from ${was} to ${is}, of which up to ${told} is told`;
        if (event.type !== 'blocksCommitted' && event.type !== 'blockFinalized') return `it grew by ${event.type}`;
        return subject.localMax >= is ? true : `the height is ${is}, but the store ends at ${subject.localMax}`;
      },
    };
  },
};

export const onlyCheckedBlocksCommit: Always = {
  kind: 'always',
  name: 'only-checked-blocks-commit',
  clauses: ['APPLY-1', 'APPLY-2', 'SYNC-2'],
  says: 'What is committed is next in height, links to the local tip, was found valid by the verifier, and applied.',
  on: {
    events: ['blocksVerified', 'blocksApplied', 'blocksCommitted', 'blockFinalized', 'validatorStatusChanged'],
    effects: ['verifyBlocks', 'applyBlocks', 'commitBlocks'],
  },
  watch: () => {
    const verified = new Set<unknown>();
    const applied = new Set<unknown>();
    const works = new Map<number, readonly SyncBlock[]>();
    const outcome = (workId: number, count: number, good: Set<unknown>) => {
      for (const block of (works.get(workId) ?? []).slice(0, count)) good.add(block);
      works.delete(workId);
    };
    return {
      reborn: () => {
        works.clear();
        verified.clear();
        applied.clear();
      },
      check: (seen) => {
        const { event, before, after } = seen;
        if (isEvent(event, 'blocksVerified')) outcome(event.workId, event.valid, verified);
        if (isEvent(event, 'blocksApplied')) outcome(event.workId, event.stateHashes.length, applied);
        for (const effect of seen.effects) {
          if (effect.type === 'verifyBlocks' && !effect.certified) continue;
          if (effect.type !== 'verifyBlocks' && effect.type !== 'applyBlocks' && effect.type !== 'commitBlocks')
            continue;
          works.set(effect.workId, effect.blocks);
          const wrong = gapIn(effect.blocks);
          if (wrong !== null) return `${effect.type} of ${wrong}`;
          const first = effect.blocks[0];
          if (first === undefined) return `${effect.type} of nothing`;
          if (effect.type === 'verifyBlocks') {
            if (first.height <= after.local.maxHeight) return `verifyBlocks of ${first.height}, which is committed`;
            if (effect.exact && first.height !== after.window.appliedTo + 1)
              return `exact verification of ${first.height}, where ${after.window.appliedTo} is applied`;
            continue;
          }
          if (effect.blocks.some((block) => !verified.has(block)))
            return `${effect.type} of unverified ${first.height}`;
          const { local, window } = after;
          const next = (effect.type === 'applyBlocks' ? window.appliedTo : local.maxHeight) + 1;
          if (first.height !== next) return `${effect.type} of height ${first.height}, where ${next} is next`;
          const parentId = effect.type === 'applyBlocks' ? headId(after) : local.tipId;
          if (first.parentId !== parentId) return `${effect.type} of ${first.height}, which does not link`;
          if (effect.blocks.some((block, i) => i > 0 && block.parentId !== effect.blocks[i - 1]?.id))
            return `${effect.type} of blocks that do not link to each other`;
          if (effect.type === 'commitBlocks' && effect.blocks.some((block) => !applied.has(block)))
            return `commit of ${first.height}, which is not applied`;
        }
        if (before.local === after.local) return undefined;
        for (const good of [verified, applied]) {
          for (const block of good) if ((block as SyncBlock).height <= after.local.maxHeight) good.delete(block);
        }
        return true;
      },
    };
  },
};

/** Where the heights of a piece of work do not follow each other. */
function gapIn(blocks: readonly SyncBlock[]): string | null {
  const gap = blocks.findIndex(({ height }, i) => i > 0 && height !== (blocks[i - 1]?.height ?? 0) + 1);
  return gap < 0 ? null : `height ${blocks[gap]?.height ?? 0} after ${blocks[gap - 1]?.height ?? 0}`;
}

export const portsAreUsedAsPromised = always(
  'ports-are-used-as-promised',
  ['SYNC-2', 'APPLY-2', 'APPLY-4'],
  'Executor and store are called one at a time, in height order, for what is applied; nothing is left to roll back.',
  ({ event }, subject) => {
    const breaches = subject.takeBreaches();
    if (breaches.length > 0) return breaches.join('; ');
    return event.type === 'blocksCommitted' || event.type === 'blocksRolledBack' ? true : undefined;
  },
);

export const certifiedOnly = always(
  'only-the-certified-block-commits',
  ['APPLY-1'],
  'Each block that is added is the one that the validators certified.',
  (seen, { chain }) => {
    const added = effectsOf(seen, 'blocksAdded');
    for (const { to, id } of added) {
      if (!chain.has(to) || chain.blockAt(to).id !== id)
        return `block ${to} was added as ${id}, which nobody certified`;
    }
    return added.length > 0 ? true : undefined;
  },
  { effects: ['blocksAdded'] },
);
