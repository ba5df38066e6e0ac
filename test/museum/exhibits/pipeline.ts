import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** Verifying, applying, committing, rolling back. */
export const PIPELINE_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'parent-unchecked',
    title: 'a block is applied whatever parent it names',
    origin: pocket(
      'prevStateHash is not checked',
      github('ethereumjs/ethereumjs-monorepo#1780'),
      github('ethereumjs/ethereumjs-monorepo#1781'),
    ),
    changes: [
      {
        file: 'src/core/pipeline.ts',
        find: 'if (block.parentId !== parentId) {',
        replace: 'if (block.parentId === null) {',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'network',
    breaks: ['only-checked-blocks-commit'],
  },
  {
    id: 'verdict-ignored',
    title: 'what the verifier refuses is applied all the same',
    origin: {
      project: 'Celestia core',
      what: 'block sync saved a commit it had received without checking it against the validator set',
      links: [github('celestiaorg/celestia-core#2884')],
    },
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: 'const [certified, rest] = divide(turn, span, end - span.from);',
        replace: 'const [certified, rest] = divide(turn, span, span.blocks.length);',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'network',
    breaks: ['only-checked-blocks-commit', 'only-the-certified-block-commits'],
  },
  {
    id: 'state-hash-uncompared',
    title: 'the state hash that executing gives is not compared with the header',
    origin: pocket('the certificate is never bound to the state hash, nor the state hash to what was executed'),
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: 'computed(span.from + matching) === span.blocks[matching]?.id) matching++;',
        replace: 'computed(span.from + matching) !== undefined) matching++;',
      },
    ],
    clauses: ['APPLY-2'],
    stage: 'network',
    breaks: [
      'a-local-fault-is-charged-once',
      'local-state-is-the-chains',
      'only-the-certified-block-commits',
      'only-checked-blocks-commit',
    ],
  },
  {
    id: 'no-rollback',
    title: 'a block that failed stays applied under its successor',
    origin: {
      project: 'dymint, Tendermint',
      what: 'state of a block that was not committed stayed with the application, one height ahead of the store',
      links: [github('dymensionxyz/dymint#265'), github('tendermint/tendermint#409')],
    },
    changes: [{ file: 'src/core/work-done.ts', find: 'rollBackTo(turn, first.from - 1);', replace: '' }],
    clauses: ['APPLY-2'],
    stage: 'network',
    breaks: ['ports-are-used-as-promised', 'local-state-is-the-chains', 'undone-before-applied'],
  },
  {
    id: 'bad-block-goes-free',
    title: 'a bad block is dropped, and its sender is not charged',
    origin: pocket(
      'a bad block is only dropped and retried; there is no scoring of peers',
      github('tari-project/tari#4709'),
    ),
    changes: [
      {
        file: 'src/core/blame.ts',
        find: 'charge(turn, peer, offenceOf(fault.code), fault.message, span.from);\n    refuteClaim',
        replace: 'refuteClaim',
      },
    ],
    clauses: ['APPLY-1', 'APPLY-3', 'PEER-1'],
    stage: 'network',
    breaks: ['offences-are-charged'],
  },
  {
    id: 'refused-and-not-asked-again',
    title: 'a height whose block was refused is not asked for again',
    origin: {
      project: 'Malachite',
      what: 'after an invalid value the height was not requested again, from anybody',
      links: [github('circlefin/malachite#1093')],
    },
    changes: [{ file: 'src/core/blame.ts', find: "release(turn, span, 'Refused', peer);", replace: '' }],
    clauses: ['APPLY-1', 'SYNC-7'],
    stage: 'network',
    breaks: ['the-facts-agree', 'reaches-the-tip-in-bounded-time', 'the-window-adds-up', 'nothing-escapes'],
  },
  {
    id: 'local-fault-blamed-on-peers',
    title: 'when our own state is wrong, every peer that sends the true block is charged',
    origin: {
      project: 'Chia',
      what: 'with a damaged database every peer failed to deliver a valid block: each was disconnected, and the sync never moved',
      links: [github('Chia-Network/chia-blockchain#3713'), github('ChainSafe/lodestar#9693')],
    },
    changes: [
      {
        file: 'src/core/blame.ts',
        find: 'const isLocal = ofContent ? peers.length >= 2 : before?.suspect != null;',
        replace: 'const isLocal = before?.suspect === undefined && peers.length < 0;',
      },
    ],
    clauses: ['APPLY-3'],
    stage: 'network',
    breaks: ['honest-peers-are-never-banned', 'a-local-fault-is-charged-once'],
  },
  {
    id: 'host-fault-retried-at-once',
    title: 'a store or executor that failed is tried again at once, without end',
    origin: {
      project: 'Lodestar',
      what: 'what failed was retried immediately, each failure the cause of the next try',
      links: [github('ChainSafe/lodestar#8924')],
    },
    changes: [
      {
        file: 'src/core/host-faults.ts',
        find: 'const retryInMs = backoffMs(hostRetryMsMin, hostRetryMsMax, turn.host.failures);',
        replace: 'const retryInMs = 0 * backoffMs(hostRetryMsMin, hostRetryMsMax, turn.host.failures);',
      },
    ],
    clauses: ['APPLY-5'],
    stage: 'network',
    breaks: ['host-faults-back-off', 'never-spins'],
  },
  {
    id: 'failed-commit-counts',
    title: 'a commit that failed counts as done',
    origin: {
      project: 'dymint',
      what: 'the store was taken to be at a height that had not been applied and committed',
      links: [github('dymensionxyz/dymint#265')],
    },
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: `const spans = spansOf(turn, work.id, work.from, work.to);
  if (event.hostFault !== undefined) {`,
        replace: `const spans = spansOf(turn, work.id, work.from, work.to);
  if (event.hostFault !== undefined && spans.length === 0) {`,
      },
    ],
    clauses: ['APPLY-4', 'APPLY-5'],
    stage: 'network',
    breaks: ['height-grows-by-one', 'local-state-is-the-chains', 'ports-are-used-as-promised'],
  },
  {
    id: 'bad-block-retried-for-ever',
    title: 'a block with the wrong state hash is executed again, and again',
    origin: {
      project: 'Chia',
      what: 'the same invalid block was tried again and again, and the height never moved',
      links: [github('Chia-Network/chia-blockchain#3713')],
    },
    changes: [
      {
        file: 'machines/block-request.ts',
        find: "InvalidStateHash: edge('wanted',",
        replace: "InvalidStateHash: edge('verified',",
      },
    ],
    clauses: ['APPLY-2'],
    stage: 'network',
    breaks: ['the-window-adds-up', 'only-checked-blocks-commit'],
  },
];
