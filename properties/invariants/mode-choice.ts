import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { Always, Outcome } from './property.ts';
import { always } from './property.ts';

/** The chart's modes against what the node knows, by the clauses and not by the core's own reckoning. */
export const modesFollowTheFacts = always(
  'modes-follow-the-facts',
  ['MODE-2', 'MODE-3', 'MODE-4', 'MODE-5', 'MODE-6'],
  'After each event the mode is the one that the facts call for: nobody stays where it has no reason to be.',
  ({ before, after }) => {
    const { control, aggregate, local, config, window } = after;
    if (before.aggregate === aggregate && before.local === local && before.control === control) return undefined;
    const behind = (aggregate?.maxHeight ?? 0) - local.maxHeight;
    const known = (aggregate?.peers ?? 0) >= config.minPeers;
    switch (control.mode) {
      case 'Consensus_Synced':
      case 'Consensus_Pacemaker': {
        if (local.validator !== (control.mode === 'Consensus_Pacemaker'))
          return `a node that is ${local.validator ? 'a' : 'no'} validator rests in ${control.mode}`;
        const missing = (aggregate?.maxHeight ?? 0) - certifiedUpTo(after);
        return missing < config.blocksBehindMin ? true : `${missing} blocks are missing, in ${control.mode}`;
      }
      case 'Consensus_SyncMode': {
        const unapplied = (window.trouble?.unapplied.length ?? 0) > 0;
        return behind > 0 || !known || unapplied ? true : `nothing is missing at ${local.maxHeight}, but Sync goes on`;
      }
      case 'P2P_Bootstrapped': {
        if (behind > 0) return `${behind} blocks are missing, but nothing is done about it`;
        return known ? `nothing is missing at ${local.maxHeight}, but the node does not say so` : true;
      }
      default:
        return undefined;
    }
  },
  { facts: ['aggregate', 'local', 'control'] },
);

/** What is being applied or committed is as good as here, and so is the next of it once it is certified in its turn. */
export function certifiedUpTo({ window }: Facts): number {
  const { appliedTo, spans } = window;
  const head = maps.spans.get(spans, appliedTo + 1);
  const isCertified = head?.exact === true && (head.stage === 'verified' || head.stage === 'applying');
  return isCertified ? appliedTo + 1 : appliedTo;
}

export const consensusRunsInPacemaker: Always = {
  kind: 'always',
  name: 'consensus-runs-in-pacemaker',
  clauses: ['MODE-10'],
  says: "The host's consensus is told to run while the node is in Pacemaker, from the next height on, and at no other time.",
  on: { effects: ['startConsensus', 'stopConsensus'], facts: ['control'] },
  watch: () => {
    let runs = false;
    return {
      reborn: () => {
        runs = false;
      },
      check: ({ effects, after }): Outcome => {
        let told = false;
        for (const effect of effects) {
          if (effect.type !== 'startConsensus' && effect.type !== 'stopConsensus') continue;
          told = true;
          const starts = effect.type === 'startConsensus';
          if (starts === runs) return `consensus is told to ${starts ? 'start' : 'stop'} twice`;
          runs = starts;
          if (starts && effect.nextHeight !== after.local.maxHeight + 1)
            return `consensus starts at ${effect.nextHeight}, where ${after.local.maxHeight + 1} is next`;
        }
        const shouldRun = after.control.mode === 'Consensus_Pacemaker';
        if (runs !== shouldRun) return `consensus ${runs ? 'runs' : 'does not run'} in ${after.control.mode}`;
        return told ? true : undefined;
      },
    };
  },
};
