import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** The operation modes: their chart, and the signals that move it. */
export const MODE_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'no-way-back-from-consensus',
    title: 'a validator that falls behind stays in Pacemaker',
    origin: {
      project: 'Tendermint',
      what: 'there was no way back from consensus to fast sync: a node that fell behind stayed behind',
      links: [github('tendermint/tendermint#129'), github('cometbft/cometbft#3372')],
    },
    changes: [
      {
        file: 'machines/operation-mode.ts',
        find: `tags: ['running', 'takesBlocks', 'settled', 'runsConsensus'],
          on: {
            Consensus_IsUnsynced: reducing('Consensus_Unsynced', 'The node fell behind.', 'MODE-4'),`,
        replace: `tags: ['running', 'takesBlocks', 'settled', 'runsConsensus'],
          on: {`,
      },
    ],
    clauses: ['MODE-4'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'modes-follow-the-facts'],
  },
  {
    id: 'no-edge-to-pacemaker',
    title: 'a synced node that becomes a validator stays in Synced',
    origin: pocket('the state machine has no edges between Synced and Pacemaker'),
    changes: [
      {
        file: 'machines/operation-mode.ts',
        find: `            Consensus_IsSyncedValidator: reducing(
              'Consensus_Pacemaker',
              'The node became an active validator.',
              'MODE-5',
            ),
`,
        replace: '',
      },
    ],
    clauses: ['MODE-5'],
    stage: 'network',
    breaks: ['modes-follow-the-facts'],
  },
  {
    id: 'off-by-one-behind',
    title: 'one block behind counts as synced when Sync ends',
    origin: pocket('heights are off by one in places: the height being decided is taken for the last one decided'),
    changes: [
      {
        file: 'src/core/mode.ts',
        find: 'if (gap >= (settled',
        replace: 'if (gap > (settled',
      },
    ],
    clauses: ['MODE-2', 'MODE-3'],
    stage: 'network',
    breaks: ['synced-means-nothing-is-missing', 'sync-ends-at-the-honest-tip', 'modes-follow-the-facts'],
  },
  {
    id: 'consensus-left-running',
    title: 'consensus goes on while the node syncs',
    origin: {
      project: 'Tendermint',
      what: 'consensus ran while fast sync was on, both at work on the same heights',
      links: [github('tendermint/tendermint#79')],
    },
    changes: [
      {
        file: 'src/core/mode.ts',
        find: "leave: (turn: Turn) => emit(turn, { type: 'stopConsensus' }),",
        replace: '',
      },
    ],
    clauses: ['MODE-10'],
    stage: 'network',
    breaks: ['consensus-runs-in-pacemaker'],
  },
  {
    id: 'waits-for-a-gap',
    title: 'a node that was never behind never leaves bootstrapping',
    origin: {
      project: 'Tendermint',
      what: 'a node that had nothing to fetch waited in fast sync for peers that had more, and never went on to consensus',
      links: [github('tendermint/tendermint#5718'), github('tendermint/tendermint#5696')],
    },
    changes: [
      {
        file: 'machines/operation-mode.ts',
        find: "            Consensus_IsSyncedNonValidator: reducing('Consensus_Synced', 'The first metadata shows no gap.', 'MODE-6'),\n",
        replace: '',
      },
    ],
    clauses: ['MODE-6'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'modes-follow-the-facts'],
  },
];
