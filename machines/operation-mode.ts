import { createMachine } from 'xstate';
import { edge } from './edge.ts';

/**
 * The operation mode of a node, with server mode in parallel (MODE-1). State and event names are Pocket's own.
 *
 * Control only: which mode follows which signal. What the node knows, and so which signal is sent, is the reducer's.
 * Tags say what a mode is for; the reducer asks for the tag and never for the mode's name:
 * - `running`: messages are handled and metadata is exchanged;
 * - `takesBlocks`: a valid block at the next height is applied;
 * - `asksForBlocks`: missing blocks are requested;
 * - `settled`: the node counts itself as synced, so a claim ahead of it needs evidence (META-10);
 * - `runsConsensus`: the host's consensus runs;
 * - `serving`: peers' requests are answered.
 */
export const operationModeStates = {
  type: 'parallel',
  states: {
    mode: {
      initial: 'Stopped',
      states: {
        Stopped: {
          description: 'The node does nothing.',
          meta: { clauses: ['MODE-1'] },
          on: {
            Start: reducing('P2P_Bootstrapping', 'The host starts the node.', 'MODE-1'),
          },
        },
        P2P_Bootstrapping: {
          description: 'The node looks for its first peers.',
          meta: { clauses: ['MODE-1'] },
          tags: ['running'],
          on: {
            P2P_IsBootstrapped: reducing('P2P_Bootstrapped', 'The transport has its first peers.', 'MODE-1'),
            Stop: stop(),
          },
        },
        P2P_Bootstrapped: {
          description: 'The node has peers and waits for the first metadata.',
          meta: { clauses: ['MODE-6'] },
          tags: ['running', 'takesBlocks'],
          on: {
            Consensus_IsUnsynced: reducing(
              'Consensus_Unsynced',
              'Peers have blocks that this node lacks.',
              'MODE-6',
              'MODE-2',
            ),
            Consensus_IsSyncedNonValidator: reducing('Consensus_Synced', 'The first metadata shows no gap.', 'MODE-6'),
            Consensus_IsSyncedValidator: reducing(
              'Consensus_Pacemaker',
              'The first metadata shows no gap, and the node is an active validator.',
              'MODE-6',
            ),
            Stop: stop(),
          },
        },
        Consensus_Unsynced: {
          description: 'The node knows that it is behind.',
          meta: { clauses: ['MODE-2'] },
          tags: ['running', 'takesBlocks'],
          on: {
            Consensus_IsSyncing: reducing(
              'Consensus_SyncMode',
              'Being behind, the node starts to catch up at once.',
              'MODE-2',
            ),
            Stop: stop(),
          },
        },
        Consensus_SyncMode: {
          description: 'The node fetches, applies and commits blocks until nothing is missing.',
          meta: { clauses: ['MODE-3', 'MODE-7', 'SYNC-1'] },
          tags: ['running', 'takesBlocks', 'asksForBlocks'],
          on: {
            Consensus_IsSyncedNonValidator: reducing('Consensus_Synced', 'Nothing is missing any more.', 'MODE-3'),
            Consensus_IsSyncedValidator: reducing(
              'Consensus_Pacemaker',
              'Nothing is missing any more, and the node is an active validator.',
              'MODE-3',
            ),
            Stop: stop(),
          },
        },
        Consensus_Synced: {
          description: 'The node is caught up and follows new blocks as they are announced.',
          meta: { clauses: ['MODE-3', 'LIVE-1'] },
          tags: ['running', 'takesBlocks', 'settled'],
          on: {
            Consensus_IsUnsynced: reducing('Consensus_Unsynced', 'The node fell behind.', 'MODE-4'),
            Consensus_IsSyncedValidator: reducing(
              'Consensus_Pacemaker',
              'The node became an active validator.',
              'MODE-5',
            ),
            Stop: stop(),
          },
        },
        Consensus_Pacemaker: {
          description: 'The node is caught up and takes part in consensus, which the host runs (HotPOKT).',
          meta: { clauses: ['MODE-3', 'MODE-10'] },
          tags: ['running', 'takesBlocks', 'settled', 'runsConsensus'],
          on: {
            Consensus_IsUnsynced: reducing('Consensus_Unsynced', 'The node fell behind.', 'MODE-4'),
            Consensus_IsSyncedNonValidator: reducing(
              'Consensus_Synced',
              'The node is no active validator any more.',
              'MODE-5',
            ),
            Stop: stop(),
          },
        },
      },
    },
    server: {
      initial: 'Disabled',
      states: {
        Disabled: {
          description: "Peers' requests are dropped and counted.",
          meta: { clauses: ['SERVE-1'] },
          on: { Server_Enable: reducing('Enabled', 'The host turns server mode on.', 'SERVE-1') },
        },
        Enabled: {
          description: "Peers' requests are answered, whatever the mode.",
          meta: { clauses: ['SERVE-1', 'SERVE-2', 'SERVE-3'] },
          tags: ['serving'],
          on: { Server_Disable: reducing('Disabled', 'The host turns server mode off.', 'SERVE-1') },
        },
      },
    },
  },
} as const;

/** The chart on its own, as `advance` and the path tests read it. */
export const operationModeMachine = createMachine({ id: 'operationMode', ...operationModeStates });

/** Every transition has the one action `reduce`; what that does is provided from outside. */
function reducing<const Target extends string>(target: Target, description: string, ...clauses: string[]) {
  return { ...edge(target, description, ...clauses), actions: 'reduce' } as const;
}

function stop() {
  return reducing('Stopped', 'The host stops the node.', 'MODE-5');
}

type Regions = (typeof operationModeStates)['states'];

export type OperationMode = keyof Regions['mode']['states'];
export type ServerMode = keyof Regions['server']['states'];
export interface OperationModeValue {
  readonly mode: OperationMode;
  readonly server: ServerMode;
}

type EventsOf<S> = S extends { on: infer On } ? keyof On : never;
/** The events of the operation-mode chart, by Pocket's names. */
export type OperationModeEvent =
  EventsOf<Regions['mode']['states'][OperationMode]> | EventsOf<Regions['server']['states'][ServerMode]>;
