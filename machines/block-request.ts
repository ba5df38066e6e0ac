import { createMachine } from 'xstate';
import { edge } from './edge.ts';

/**
 * The life of one height, or of one range of heights that live it together (SYNC-2, APPLY-2). Tags:
 * - `inFlight`: a peer owes an answer;
 * - `held`: the blocks are here and count against the buffer's bounds;
 * - `certified`: its certificate holds; it only has to be applied and committed;
 * - `begun`: the executor has begun it: applying, applied, or being committed;
 * - `inWork`: the verifier, the executor or the store is busy with it;
 * - `over`: nothing more happens to it.
 */
export const blockRequestStates = {
  initial: 'wanted',
  states: {
    wanted: {
      description: 'Missing; to be asked of an eligible peer.',
      meta: { clauses: ['SYNC-1'] },
      on: {
        Requested: edge('requested', 'An eligible peer is asked.', 'SYNC-1'),
        Received: edge('received', 'It came unasked-for in time: announced, or as a late answer.', 'SYNC-4', 'LIVE-1'),
        Dropped: drop(),
      },
    },
    requested: {
      description: 'A peer was asked and has not answered yet.',
      meta: { clauses: ['SYNC-2', 'SYNC-4'] },
      tags: ['inFlight'],
      on: {
        Received: edge('received', 'The answer is here.', 'SYNC-3'),
        TimedOut: edge('wanted', 'No answer in time: asked of another peer.', 'SYNC-4'),
        NotAvailable: edge('wanted', 'The peer does not have it: asked of another peer at once.', 'SYNC-5'),
        SendFailed: edge('wanted', 'The request could not be sent.', 'SYNC-4'),
        PeerLost: edge('wanted', 'The peer is gone: asked of another peer at once.', 'PEER-2'),
        Refused: edge('wanted', 'The answer is not what was asked for.', 'SYNC-6'),
        Shortened: edge('wanted', 'The answer ended before it: asked for again.', 'CHUNK-1'),
        NoRoom: edge('wanted', 'The block is larger than the room that was kept for it: asked for again.', 'SYNC-3'),
        Dropped: drop(),
      },
    },
    received: {
      description: 'Buffered, not yet checked.',
      meta: { clauses: ['SYNC-3'] },
      tags: ['held'],
      on: {
        VerificationStarted: edge('verifying', 'A verifier is free: its certificate is checked.', 'APPLY-1', 'OPT-1'),
        Distrusted: edge('wanted', 'Its sender was banned before it was checked: asked of another peer.', 'PEER-1'),
        Dropped: drop(),
      },
    },
    verifying: {
      description: 'Its certificate is being checked.',
      meta: { clauses: ['APPLY-1'] },
      tags: ['held', 'inWork'],
      on: {
        Certified: edge('verified', 'Certificate and hashes hold under the validator set as it is now.', 'APPLY-1'),
        Refused: edge(
          'wanted',
          'It must not be applied: asked of another peer, the sender charged.',
          'APPLY-1',
          'APPLY-3',
        ),
        Postponed: edge('received', 'It cannot be judged before the blocks below it are applied.', 'APPLY-1'),
        HostFailed: edge('received', 'The verifier failed: tried again later.', 'APPLY-5'),
        Dropped: drop(),
      },
    },
    verified: {
      description: 'Good to be applied.',
      meta: { clauses: ['APPLY-1'] },
      tags: ['held', 'certified'],
      on: {
        ApplyStarted: edge('applying', 'It is next in line: the executor runs its transactions.', 'APPLY-2'),
        Outdated: edge('received', 'It was checked ahead of its turn, and no longer holds: checked again.', 'APPLY-1'),
        Mislinked: edge(
          'wanted',
          'Certified, but not on top of the local chain: asked of another peer.',
          'APPLY-1',
          'APPLY-3',
        ),
        Dropped: drop(),
      },
    },
    applying: {
      description: 'Its transactions are being executed.',
      meta: { clauses: ['APPLY-2'] },
      tags: ['held', 'certified', 'begun', 'inWork'],
      on: {
        StateHashMatched: edge('applied', 'The state hash is the one the header names.', 'APPLY-2'),
        InvalidStateHash: edge('wanted', 'Wrong state hash: rolled back and asked of another peer.', 'APPLY-2'),
        Postponed: edge('verified', 'A block below it was not applied: it waits for its turn.', 'APPLY-2'),
        Outdated: edge('received', 'The validator set is another than it was checked with: checked again.', 'APPLY-1'),
        Undone: edge('verified', 'Consensus decided a height below: to be applied on top of that.', 'MODE-10'),
        HostFailed: edge('verified', 'The executor failed: tried again later.', 'APPLY-5'),
        Dropped: drop(),
      },
    },
    applied: {
      description: 'Executed with the right state hash, not durable yet.',
      meta: { clauses: ['APPLY-4'] },
      tags: ['held', 'certified', 'begun'],
      on: {
        CommitStarted: edge('committing', 'Block and state are written together.', 'APPLY-4'),
        Undone: edge('verified', 'Consensus decided a height below: to be applied on top of that.', 'MODE-10'),
        Dropped: drop(),
      },
    },
    committing: {
      description: 'Block and state are being written.',
      meta: { clauses: ['APPLY-4'] },
      tags: ['held', 'certified', 'begun', 'inWork'],
      on: {
        Committed: edge('committed', 'Durable: the local height has grown.', 'SYNC-2'),
        HostFailed: edge('applied', 'The store failed: tried again later.', 'APPLY-5'),
        Dropped: drop(),
      },
    },
    committed: {
      description: 'Part of the local chain.',
      meta: { clauses: ['SYNC-2'] },
      tags: ['over'],
      type: 'final',
    },
    dropped: {
      description: 'Not needed any more: consensus decided the height itself, or Sync ended below it.',
      meta: { clauses: ['MODE-7', 'MODE-10'] },
      tags: ['over'],
      type: 'final',
    },
  },
} as const;

export const blockRequestMachine = createMachine({ id: 'blockRequest', ...blockRequestStates });

function drop() {
  return edge('dropped', 'The height is not needed any more.', 'MODE-7', 'MODE-10');
}

type States = (typeof blockRequestStates)['states'];
export type BlockStage = keyof States;
type EventsOf<S> = S extends { on: infer On } ? keyof On : never;
export type BlockRequestEvent = EventsOf<States[BlockStage]>;
