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

export const heightGrowsByOne: Always = {
  kind: 'always',
  name: 'height-grows-by-one',
  clauses: ['SYNC-2', 'MODE-10', 'APPLY-4'],
  says: 'The local height grows only by committing, block by block, and never falls, not even in a crash.',
  on: { facts: ['local'] },
  watch: (subject) => {
    let highest = 0;
    return {
      check: ({ event, before, after }) => {
        const was = before.local.maxHeight;
        const is = after.local.maxHeight;
        if (is < highest) return `the height was ${highest} and is ${is} now`;
        highest = is;
        if (is === was) return undefined;
        if (is !== was + 1) return `the height went from ${was} to ${is}`;
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
    let inWork: { readonly workId: number; readonly blocks: readonly object[] } | null = null;
    return {
      reborn: () => {
        inWork = null;
        verified.clear();
        applied.clear();
      },
      check: (seen) => {
        const { event, before } = seen;
        if (isEvent(event, 'blocksVerified') && inWork?.workId === event.workId) {
          verified.clear();
          for (const block of inWork.blocks.slice(0, event.valid)) verified.add(block);
        }
        if (isEvent(event, 'blocksApplied') && inWork?.workId === event.workId && event.hostFault === undefined) {
          applied.clear();
          for (const block of inWork.blocks.slice(0, event.stateHashes.length)) applied.add(block);
        }
        for (const effect of seen.effects) {
          if (effect.type === 'verifyBlocks' && !effect.certified) continue;
          if (effect.type !== 'verifyBlocks' && effect.type !== 'applyBlocks' && effect.type !== 'commitBlocks')
            continue;
          inWork = effect;
          const first = effect.blocks[0];
          const next = seen.after.local.maxHeight + 1;
          if (first?.height !== next) return `${effect.type} of height ${first?.height ?? '?'}, where ${next} is next`;
          if (effect.type === 'verifyBlocks') continue;
          if (effect.blocks.some((block) => !verified.has(block)))
            return `${effect.type} of unverified ${first.height}`;
          if (first.parentId !== seen.after.local.tipId)
            return `${effect.type} of ${first.height}, which does not link`;
          if (effect.type === 'applyBlocks') continue;
          if (effect.blocks.some((block) => !applied.has(block)))
            return `commit of ${first.height}, which is not applied`;
        }
        return before.local !== seen.after.local ? true : undefined;
      },
    };
  },
};

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
