import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** Conduct, scores, bans, and what a peer may make the node hold or do. */
export const PEER_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'banned-but-connected',
    title: 'a banned peer stays connected and goes on being dealt with',
    origin: {
      project: 'NEAR',
      what: 'headers were still requested from a peer that had just been banned',
      links: [github('near/nearcore#2324')],
    },
    changes: [{ file: 'src/core/conduct.ts', find: 'turn.expelled.push(peer.id);', replace: '' }],
    clauses: ['PEER-1', 'PEER-3'],
    stage: 'network',
    breaks: ['banned-peers-are-kept-away', 'asks-only-what-is-claimed'],
  },
  {
    id: 'ban-never-grows',
    title: 'every ban is as short as the first',
    origin: {
      project: 'CometBFT',
      what: 'a peer was banned for 60 s each time, and came back to do the same again',
      links: [github('cometbft/cometbft#5801')],
    },
    changes: [
      {
        file: 'src/core/conduct.ts',
        find: 'backoffMs(banMsMin, banMsMax, peer.bans)',
        replace: 'backoffMs(banMsMin, banMsMax, 0)',
      },
    ],
    clauses: ['PEER-1'],
    stage: 'network',
    breaks: ['banned-peers-are-kept-away'],
  },
  {
    id: 'never-forgiven',
    title: 'a ban or cool-down never ends',
    origin: {
      project: 'Celestia, Chia',
      what: 'scores fell and did not recover: after a bad time the node had nobody left to ask',
      links: [github('celestiaorg/celestia-node#3052'), github('Chia-Network/chia-blockchain#4701')],
    },
    changes: [
      {
        file: 'src/core/clock.ts',
        find: 'maps.byTime.first(turn.peers.conductEnds)?.key[0] ?? null,',
        replace: 'null,',
      },
    ],
    clauses: ['PEER-1', 'SYNC-7'],
    stage: 'network',
    breaks: ['timers-are-set', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'cooling-and-asked',
    title: 'a peer that is cooling down is asked like any other',
    origin: pocket('there is no choice of peers and no scoring', github('tari-project/tari#4709')),
    changes: [
      {
        file: 'src/core/peer-indexes.ts',
        find: "peerChart.hasTag(life, 'mayBeAsked') && may",
        replace: 'may',
      },
    ],
    clauses: ['PEER-1', 'SYNC-1'],
    stage: 'network',
    breaks: ['asks-only-what-is-claimed'],
  },
  {
    id: 'metadata-flood-goes-free',
    title: 'metadata that nobody asked for is taken without limit',
    origin: pocket('responses fill a bounded channel under the lock of the module: deadlock after 1000 of them'),
    changes: [
      {
        file: 'src/core/claims.ts',
        find: "const offence = drawn ? misclaim(minHeight, maxHeight) : 'METADATA_FLOOD';",
        replace: 'const offence = misclaim(minHeight, maxHeight);',
      },
    ],
    clauses: ['META-4'],
    stage: 'network',
    breaks: ['floods-are-charged'],
  },
  {
    id: 'metadata-asked-once',
    title: 'a peer is asked for its metadata when it connects, and never again',
    origin: pocket(
      'metadata requests could not be sent',
      github('pokt-network/pocket#549'),
      github('pokt-network/pocket#548'),
    ),
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'askAt: turn.clock.now + Math.max(1, Math.round(periodMs)) });',
        replace: 'askAt: periodMs > 0 ? null : 0 });',
      },
    ],
    clauses: ['META-2'],
    stage: 'network',
    breaks: ['metadata-is-asked-of-everybody'],
  },
  {
    id: 'table-without-bound',
    title: 'every identity that ever misbehaved is remembered for ever',
    origin: {
      project: 'Bitcoin Core',
      what: 'tables that remote peers can add to had no limit',
      links: [github('bitcoin/bitcoin#5507'), github('neo-project/neo#4729')],
    },
    changes: [
      {
        file: 'src/core/connections.ts',
        find: 'if (maps.peers.size(turn.peers.byId) < turn.config.peersMax) return true;',
        replace: 'if (turn.config.peersMax > 0) return true;',
      },
    ],
    clauses: ['META-4', 'LIMIT'],
    stage: 'network',
    breaks: ['tables-are-bounded'],
  },
];
