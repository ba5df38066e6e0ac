import type { Bug } from '../bug.ts';

/** In what is kept of the answers. */
export const PLANTED_IN_WINDOW: readonly Bug[] = [
  {
    id: 'owed-any',
    title: 'who sends more bytes than it was asked for has all of it buffered',
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'request.deadline !== null && bytes <= request.bytesMax;',
        replace: 'request.deadline !== null;',
      },
    ],
    stage: 'network',
    breaks: ['buffer-is-bounded'],
  },
  {
    id: 'no-next-room',
    title: 'the next block is not taken while the buffer is full of others',
    changes: [
      {
        file: 'src/core/window.ts',
        find: '  if (blocks.length === 1 && blocks[0]?.height === nextHeight(turn)) return true;\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['next-is-taken-as-it-comes'],
  },
  {
    id: 'spares-kept-distrust',
    title: 'spare copies of a banned peer are kept',
    changes: [
      {
        file: 'src/core/window.ts',
        find: '  turn.window = { ...turn.window, spares };\n  for (const { value: span } of maps.spans.entries(turn.window.spans)) {\n    const unchecked',
        replace: '  for (const { value: span } of maps.spans.entries(turn.window.spans)) {\n    const unchecked',
      },
    ],
    stage: 'walks',
    breaks: ['copies-of-banned-peers-go'],
  },
  {
    id: 'spares-stale',
    title: 'spare copies of the block before are kept for the next one',
    changes: [
      { file: 'src/core/window.ts', find: 'appliedTo: height, spares: [] };', replace: 'appliedTo: height };' },
    ],
    stage: 'network',
    breaks: ['spare-copies-are-used', 'nothing-escapes'],
  },
  {
    id: 'split-exact',
    title: 'the second part of a span counts as verified in its turn',
    changes: [
      {
        file: 'src/core/window.ts',
        find: 'const second = { ...span, from: cut, exact: false, blocks',
        replace: 'const second = { ...span, from: cut, blocks',
      },
    ],
    stage: 'walks',
    breaks: ['host-faults-are-of-the-host'],
  },
  {
    id: 'undone-to-received',
    title: 'a block undone while it was being committed counts as applied',
    changes: [
      {
        file: 'machines/block-request.ts',
        find: "        CommitStarted: edge('committing', 'Block and state are written together.', 'APPLY-4'),\n        Undone: edge('verified',",
        replace:
          "        CommitStarted: edge('committing', 'Block and state are written together.', 'APPLY-4'),\n        Undone: edge('applied',",
      },
    ],
    stage: 'walks',
    breaks: ['the-facts-agree'],
  },
  {
    id: 'distrust-verified',
    title: 'blocks of a banned peer stay as if they had been checked',
    changes: [
      {
        file: 'machines/block-request.ts',
        find: "        Distrusted: edge('wanted', 'Its sender was banned before it was checked: asked of another peer.', 'PEER-1'),\n",
        replace:
          "        Distrusted: edge('received', 'Its sender was banned before it was checked: asked of another peer.', 'PEER-1'),\n",
      },
    ],
    stage: 'network',
    breaks: ['only-checked-blocks-commit'],
  },
  {
    id: 'spare-any-height',
    title: 'any spare copy settles a dispute, also another block',
    changes: [
      {
        file: 'src/core/spares.ts',
        find: 'if (asked && block.contentId === contentId) settleDispute',
        replace: 'if (asked) settleDispute',
      },
    ],
    stage: 'walks',
    breaks: ['only-proof-ends-a-dispute'],
  },
  {
    id: 'spare-twice',
    title: 'one peer fills all places for spare copies',
    changes: [
      {
        file: 'src/core/spares.ts',
        find: "if (twice || before.length >= SPARES_MAX) return 'unwanted';",
        replace: "if (before.length >= SPARES_MAX) return 'unwanted';",
      },
    ],
    stage: 'network',
    breaks: ['spares-are-of-different-peers'],
  },
  {
    id: 'part-lt',
    title: 'the last part but one counts as the end of an answer',
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'first.height + blocks.length <= request.to',
        replace: 'first.height + blocks.length < request.to',
      },
    ],
    stage: 'network',
    breaks: ['parts-leave-the-rest-owed'],
  },
  {
    id: 'unknown-refutes',
    title: 'a block that cannot be judged yet refutes a claim',
    changes: [
      {
        file: 'src/core/answers.ts',
        find: '  if (known === undefined) return trialUndecided(turn, request, isOfNoUse);\n',
        replace:
          "  if (known === undefined) return refuteClaim(turn, request.peer, block.height, 'INVALID_BLOCK', true);\n",
      },
    ],
    stage: 'network',
    breaks: ['refutations-have-a-cause'],
  },
  {
    id: 'applied-not-begun',
    title: 'a block that is applied is dropped when Sync ends',
    changes: [
      {
        file: 'machines/block-request.ts',
        find: "      tags: ['held', 'certified', 'begun'],\n      on: {\n        CommitStarted",
        replace: "      tags: ['held', 'certified'],\n      on: {\n        CommitStarted",
      },
    ],
    stage: 'walks',
    breaks: ['the-window-adds-up', 'the-facts-agree'],
  },
  {
    id: 'late-answers-let-go',
    title: 'answers that come late are let go, though the blocks are missing and there is room',
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'while (!owed && fits > 0 && !hasRoomFor(turn, missing.slice(0, fits), keeps)) fits--;',
        replace: 'while (!owed && fits > 0) fits--;',
      },
    ],
    stage: 'network',
    breaks: ['late-blocks-are-kept'],
  },
];
