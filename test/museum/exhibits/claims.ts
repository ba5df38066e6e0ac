import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** What peers say of themselves, and what it is taken for. */
export const CLAIM_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'sticky-maximum',
    title: 'the target never falls, whoever claimed it is gone or refuted',
    origin: pocket('one peer that reports an inflated maximum keeps the node syncing for ever'),
    changes: [
      {
        file: 'src/core/mode.ts',
        find: 'const aggregate = computeAggregate(turn);',
        replace: `const fresh = computeAggregate(turn);
  const sticky = Math.max(fresh?.maxHeight ?? 0, turn.aggregate?.maxHeight ?? 0);
  const aggregate = fresh === null ? turn.aggregate : { ...fresh, maxHeight: sticky };`,
      },
    ],
    clauses: ['META-6', 'META-7'],
    stage: 'network',
    breaks: ['refuted-claims-do-not-count', 'the-target-adds-up', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'departed-maximum',
    title: 'the claim of a peer that left goes on counting',
    origin: {
      project: 'Tendermint',
      what: 'maxPeerHeight was not updated when a peer was removed: a height claimed by somebody gone could never be reached',
      links: [github('tendermint/tendermint#2699'), github('tendermint/tendermint#3350')],
    },
    changes: [
      {
        file: 'src/core/connections.ts',
        find: "advancePeer(advancePeer(left, 'Disconnected'), 'ClaimDropped')",
        replace: "advancePeer(left, 'Disconnected')",
      },
      { file: 'src/core/connections.ts', find: '    claim: null,\n', replace: '' },
      {
        file: 'src/core/peer-indexes.ts',
        find: 'const counts = connected && claim',
        replace: 'const counts = claim',
      },
      {
        file: 'src/core/peer-indexes.ts',
        find: 'const mayServe = counts',
        replace: 'const mayServe = connected && counts',
      },
    ],
    clauses: ['META-6'],
    stage: 'network',
    breaks: ['refuted-claims-do-not-count', 'the-target-adds-up', 'reaches-the-tip-in-bounded-time', 'nothing-escapes'],
  },
  {
    id: 'lowered-claim-ignored',
    title: 'a claim that is lowered keeps its first height, and nobody is charged',
    origin: {
      project: 'Tendermint, CometBFT, gno',
      what: 'a peer that reported a high height and then a low one left the maximum poisoned, so that block sync never ended',
      links: [
        github('gnolang/gno#5228'),
        github('cometbft/cometbft#5801'),
        'https://github.com/cometbft/cometbft/security/advisories/GHSA-22qq-3xwm-r5x4',
      ],
    },
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'return claimShrank(turn, peer, minHeight, maxHeight);',
        replace: 'return;',
      },
    ],
    clauses: ['META-5'],
    stage: 'network',
    breaks: ['offences-are-charged'],
  },
  {
    id: 'inflated-base',
    title: 'claims count though what they begin with cannot be reached',
    origin: {
      project: 'CometBFT, Berachain',
      what: 'a peer with base and height both far ahead set a maximum that nobody could serve, and block sync stood still',
      links: [github('berachain/cometbft#40'), github('cometbft/cometbft#5801')],
    },
    changes: [
      {
        file: 'src/core/aggregate.ts',
        find: 'let below = startingUpTo(facts, reach + 1);',
        replace: 'let below = startingUpTo(facts, Number.MAX_SAFE_INTEGER);',
      },
    ],
    clauses: ['META-6'],
    stage: 'network',
    breaks: ['the-target-adds-up', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'pruned-ahead-is-caught-up',
    title: 'when every peer has pruned the next height, the node counts itself as synced',
    origin: {
      project: 'CometBFT',
      what: 'IsCaughtUp was true when all peers had pruned what the node needed next',
      links: [github('cometbft/cometbft#5880')],
    },
    changes: [
      {
        file: 'src/core/aggregate.ts',
        find: 'return { minHeight, maxHeight, peers: count, pruned: true };',
        replace: 'return { minHeight, maxHeight: Math.min(maxHeight, local), peers: count, pruned: true };',
      },
    ],
    clauses: ['SYNC-8', 'MODE-3'],
    stage: 'network',
    breaks: ['the-target-adds-up', 'synced-means-nothing-is-missing'],
  },
  {
    id: 'nobody-known-is-synced',
    title: 'without any metadata the node concludes that it is synced',
    origin: pocket(
      'an empty metadata buffer gives a maximum of 0 and so an instant "synced"',
      github('ProvableHQ/snarkOS#3293'),
    ),
    changes: [
      {
        file: 'src/core/mode.ts',
        find: "(aggregate?.peers ?? 0) >= config.minPeers ? 'synced' : 'unknown'",
        replace: "'synced'",
      },
    ],
    clauses: ['META-8'],
    stage: 'network',
    breaks: ['synced-means-nothing-is-missing', 'reasons-are-true'],
  },
  {
    id: 'minimum-from-zero',
    title: "the aggregate's minimum begins at 0 and so stays there",
    origin: pocket('the aggregate minimum starts at 0 and so is always 0'),
    changes: [{ file: 'src/core/aggregate.ts', find: 'return Math.min(a, b);', replace: 'return Math.min(0, a, b);' }],
    clauses: ['META-6'],
    stage: 'network',
    breaks: ['the-target-adds-up'],
  },
  {
    id: 'silence-proves-nothing',
    title: 'a peer that never answers for the height it claims keeps its claim',
    origin: {
      project: 'Berachain, Tendermint',
      what: 'a claimed height was believed until its owner disconnected, whatever it failed to serve',
      links: [github('cometbft/cometbft#5801'), github('tendermint/tendermint#2699')],
    },
    changes: [{ file: 'src/core/requests.ts', find: "refutes: 'TIMED_OUT'", replace: 'refutes: null' }],
    clauses: ['META-7'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'failures-refute'],
  },
  {
    id: 'never-probed-again',
    title: 'who was refuted once, be it by a bad network, is never tried again',
    origin: {
      project: 'Celestia go-header',
      what: 'peers that failed while the network was down left the session for good, and the sync never recovered',
      links: [github('celestiaorg/go-header#240'), github('celestiaorg/celestia-node#3052')],
    },
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'probeAt: peer.trial === null ? turn.clock.now + probeInMs : null,',
        replace: 'probeAt: null,',
      },
    ],
    clauses: ['META-7', 'SYNC-7'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'refuted-claims-are-probed-again'],
  },
  {
    id: 'back-off-stands-still',
    title: 'a liar is probed again and again after the same short wait',
    origin: {
      project: 'Lodestar',
      what: 'the same peer was asked over and over without a growing wait, a spiral that lost the node all its peers',
      links: [github('ChainSafe/lodestar#8924'), github('ChainSafe/lodestar#9357')],
    },
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'backoffMs(firstMs, refutedBackoffMsMax, isAbsent ? absences : refutations)',
        replace: 'backoffMs(firstMs, refutedBackoffMsMax, 0)',
      },
    ],
    clauses: ['META-7'],
    stage: 'network',
    breaks: ['refuted-claims-are-probed-again'],
  },
  {
    id: 'refutation-forgotten-by-leaving',
    title: 'who comes back after leaving is somebody new: its refuted claim counts again',
    origin: {
      project: 'CometBFT',
      what: 'a peer that was removed for not delivering came back, and its height counted anew',
      links: [github('cometbft/cometbft#5801')],
    },
    changes: [
      {
        file: 'src/core/connections.ts',
        find: "const known = getPeer(turn, event.peer);\n  if (known !== undefined && peerIs(known, 'connected')) return;",
        replace:
          "let known = getPeer(turn, event.peer);\n  if (known !== undefined && peerIs(known, 'connected')) return;\n  if (known !== undefined && !peerIs(known, 'banned')) known = undefined;",
      },
    ],
    clauses: ['META-7'],
    stage: 'network',
    breaks: [
      'only-proof-ends-a-dispute',
      'refuted-peers-are-only-probed',
      'refuted-claims-do-not-count',
      'slots-add-up',
      'nothing-escapes',
    ],
  },
  {
    id: 'lowering-clears-the-record',
    title: 'a refuted peer gets out by claiming less for a moment',
    origin: {
      project: 'CometBFT',
      what: 'the record of a peer was its last report only: a high report and then a low one hid what had been claimed',
      links: ['https://github.com/cometbft/cometbft/security/advisories/GHSA-22qq-3xwm-r5x4'],
    },
    changes: [
      {
        file: 'machines/peer.ts',
        find: "            ClaimProven: edge('Credible', 'It served a valid block of the disputed range.', 'META-7'),",
        replace: `            ClaimProven: edge('Credible', 'It served a valid block of the disputed range.', 'META-7'),
            ClaimDropped: edge('Unknown', 'It took its claim back.', 'META-5'),`,
      },
      {
        file: 'src/core/claims.ts',
        find: 'const claim = refuted ? { minHeight, maxHeight } : null;',
        replace: 'const claim = null;',
      },
    ],
    clauses: ['META-5', 'META-7'],
    stage: 'network',
    breaks: ['refuted-peers-are-only-probed', 'refuted-claims-do-not-count', 'nothing-escapes'],
  },
  {
    id: 'word-evicts-validator',
    title: 'an untested claim pushes a validator out of consensus',
    origin: {
      project: 'Pocket design document',
      what: 'a synced node leaves Synced or Pacemaker as soon as anybody claims a higher height',
      links: [github('pokt-network/pocket#125'), github('pokt-network/pocket#342')],
    },
    changes: [
      {
        file: 'src/core/aggregate.ts',
        find: "inMode(facts, 'settled') && !facts.config.trustClaims",
        replace: 'false',
      },
    ],
    clauses: ['META-10', 'MODE-4'],
    stage: 'network',
    breaks: ['settled-leaves-only-on-evidence'],
  },
];
