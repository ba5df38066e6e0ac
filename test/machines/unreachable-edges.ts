import type { Edge } from './taken-edges.ts';

/**
 * Transitions of the charts that no event from outside can take, with the reason. Anything else that no path takes is a
 * fault, and so is one of these when a path does take it.
 */
export const UNREACHABLE: Readonly<Record<Edge, string>> = {
  'operationMode.mode.Consensus_Unsynced: Stop':
    'A node that calls itself unsynced starts to sync within the same step (MODE-2), so nothing from outside ever finds it there.',
};
