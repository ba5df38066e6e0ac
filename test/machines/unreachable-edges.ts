import type { Edge } from './taken-edges.ts';

/**
 * Transitions of the charts that no event from outside can take, with the reason. Anything else that no path takes is a
 * fault, and so is one of these when a path does take it.
 */
export const UNREACHABLE: Readonly<Record<Edge, string>> = {
  'operationMode.mode.Consensus_Unsynced: Stop':
    'A node that calls itself unsynced starts to sync within the same step (MODE-2), so nothing from outside ever finds it there.',
  'blockRequest.requested: NoRoom':
    'It takes a block that is larger than those before it, and the small world has blocks of one size; test/core/room.test.ts takes it.',
  'blockRequest.applying: Dropped':
    'What the executor has begun is kept when Sync ends (MODE-7); when consensus decides a height, what is being applied of it and above is undone first (MODE-10), and dropped from there.',
  'blockRequest.applied: Dropped':
    'As above: what is applied and not being committed is undone first, and what is being committed is dropped from there.',
};
