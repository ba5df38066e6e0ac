import { createMachine } from 'xstate';
import { edge } from './edge.ts';

/**
 * The life of one peer in three independent respects: its connection, the claim it makes, its conduct. Tags:
 * - `connected`: there is a connection;
 * - `claimCounts`: the claim is part of the aggregate and makes the peer eligible (META-6);
 * - `claimTested`: the claim is backed by evidence (META-10);
 * - `claimRefuted`: the claim does not count until its owner proves it (META-7);
 * - `mayBeAsked`: its conduct allows requests to it;
 * - `banned`: it is to be kept away.
 */
export const peerStates = {
  type: 'parallel',
  states: {
    link: {
      initial: 'Disconnected',
      states: {
        Disconnected: {
          description: 'No connection; what it did is remembered.',
          meta: { clauses: ['PEER-2'] },
          on: { Connected: edge('Connected', 'The transport has a connection to it.', 'META-2') },
        },
        Connected: {
          description: 'There is a connection to it.',
          meta: { clauses: ['META-2'] },
          tags: ['connected'],
          on: {
            Disconnected: edge('Disconnected', 'The connection is gone; its requests are asked of others.', 'PEER-2'),
          },
        },
      },
    },
    claim: {
      initial: 'Unknown',
      states: {
        Unknown: {
          description: 'It has not said what it holds.',
          meta: { clauses: ['META-8'] },
          on: { ClaimMade: edge('Untested', 'It says what it holds.', 'META-1') },
        },
        Untested: {
          description: 'It said what it holds; nobody has tried it.',
          meta: { clauses: ['META-7', 'META-10'] },
          tags: ['claimCounts'],
          on: {
            ClaimProven: edge('Credible', 'It served a valid block that it claims.', 'META-7'),
            ClaimFailed: edge('Refuted', 'Asked for the next block that it claims, it did not give it.', 'META-7'),
            ClaimDropped: edge('Unknown', 'It took its claim back, or left.', 'META-5'),
          },
        },
        Credible: {
          description: 'It served a valid block that it claims.',
          meta: { clauses: ['META-7'] },
          tags: ['claimCounts', 'claimTested'],
          on: {
            ClaimRaised: edge('Untested', 'It claims more than it has shown.', 'META-10'),
            ClaimFailed: edge('Refuted', 'Asked for the next block that it claims, it did not give it.', 'META-7'),
            ClaimDropped: edge('Unknown', 'It took its claim back, or left.', 'META-5'),
          },
        },
        Refuted: {
          description: 'Its claim proved wrong and does not count; it is probed with growing back-off.',
          meta: { clauses: ['META-7'] },
          tags: ['claimRefuted'],
          on: {
            ClaimProven: edge('Credible', 'It served a valid block of the disputed range.', 'META-7'),
            DisputeSettled: edge(
              'Untested',
              'What was disputed is not claimed any more, or proved true; the rest of the claim is untested.',
              'META-7',
            ),
          },
        },
      },
    },
    conduct: {
      initial: 'Trusted',
      states: {
        Trusted: {
          description: 'It may be asked for blocks.',
          meta: { clauses: ['PEER-1'] },
          tags: ['mayBeAsked'],
          on: {
            CoolDown: edge('CoolingDown', 'It misbehaved: not asked for a while.', 'PEER-1'),
            Ban: edge('Banned', 'It misbehaved too much: disconnected and refused for a while.', 'PEER-1'),
          },
        },
        CoolingDown: {
          description: 'It is not asked until some time has passed.',
          meta: { clauses: ['PEER-1'] },
          on: {
            Forgiven: edge('Trusted', 'The time is over.', 'PEER-1'),
            Ban: edge('Banned', 'It misbehaved too much: disconnected and refused for a while.', 'PEER-1'),
          },
        },
        Banned: {
          description: 'It is refused until some time has passed; each ban is longer than the one before.',
          meta: { clauses: ['PEER-1'] },
          tags: ['banned'],
          on: { Forgiven: edge('Trusted', 'The time is over.', 'PEER-1') },
        },
      },
    },
  },
} as const;

export const peerMachine = createMachine({ id: 'peer', ...peerStates });

type Regions = (typeof peerStates)['states'];
export interface PeerLife {
  readonly link: keyof Regions['link']['states'];
  readonly claim: keyof Regions['claim']['states'];
  readonly conduct: keyof Regions['conduct']['states'];
}
type EventsOf<S> = S extends { on: infer On } ? keyof On : never;
type RegionEvents<R extends keyof Regions> = Regions[R]['states'] extends infer S ? EventsOf<S[keyof S]> : never;
export type PeerLifeEvent = RegionEvents<'link'> | RegionEvents<'claim'> | RegionEvents<'conduct'>;
