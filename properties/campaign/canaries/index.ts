import type { CreateHost } from '../../simulation/host-under-test.ts';
import { abandonedPeer } from './abandoned-peer.ts';
import { chargedTimeout } from './charged-timeout.ts';
import { ignoredRefutation } from './ignored-refutation.ts';
import { leakedSlot } from './leaked-slot.ts';
import { hostOver } from './planted-host.ts';
import { skippedVerification } from './skipped-verification.ts';

/** A host with a known bug. A campaign that does not catch it proves nothing, and fails. */
export interface Canary {
  readonly name: string;
  /** What is wrong with it, in plain words. */
  readonly bug: string;
  readonly clause: string;
  /** The properties that it breaks: being caught by another one would be luck. */
  readonly breaks: readonly string[];
  readonly createHost: CreateHost;
}

export const CANARIES: readonly Canary[] = [
  {
    name: 'skipped-verification',
    bug: 'blocks are committed without having been verified',
    clause: 'APPLY-1',
    breaks: ['only-checked-blocks-commit', 'only-the-certified-block-commits', 'local-state-is-the-chains'],
    createHost: hostOver(skippedVerification),
  },
  {
    name: 'ignored-refutation',
    bug: 'a claim that proved wrong goes on counting',
    clause: 'META-7',
    breaks: [
      'refuted-claims-do-not-count',
      'refuted-peers-are-only-probed',
      'failures-refute',
      'the-target-adds-up',
      'reaches-the-tip-in-bounded-time',
    ],
    createHost: hostOver(ignoredRefutation),
  },
  {
    name: 'leaked-slot',
    bug: 'the slot of a request that timed out is not given back',
    clause: 'SYNC-4',
    breaks: ['slots-come-back', 'slots-add-up', 'asks-are-bounded', 'reaches-the-tip-in-bounded-time'],
    createHost: hostOver(leakedSlot),
  },
  {
    name: 'charged-timeout',
    bug: 'a timeout counts as an offence',
    clause: 'PEER-1',
    breaks: ['honest-peers-are-never-charged', 'honest-peers-are-never-banned'],
    createHost: hostOver(chargedTimeout),
  },
  {
    name: 'abandoned-peer',
    bug: 'a peer whose claim was refuted once is never tried again',
    clause: 'SYNC-7',
    breaks: ['reaches-the-tip-in-bounded-time'],
    createHost: hostOver(abandonedPeer),
  },
];
