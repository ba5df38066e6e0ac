import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** What is asked of whom, and what comes of it. */
export const REQUEST_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'no-timeout',
    title: 'nobody wakes the node when an answer is overdue',
    origin: {
      project: 'Tendermint',
      what: 'a block request that got lost was never sent again, and block sync stood still',
      links: [github('tendermint/tendermint#9518'), github('ProvableHQ/snarkOS#3322')],
    },
    changes: [
      {
        file: 'src/core/clock.ts',
        find: 'return lower(maps.deadlines.first(turn.requests.deadlines)?.key[0] ?? null, hedgeDueAt(turn));',
        replace: 'return hedgeDueAt(turn);',
      },
    ],
    clauses: ['SYNC-4'],
    stage: 'network',
    breaks: ['timers-are-set', 'slots-come-back', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'timed-out-and-forgotten',
    title: 'a height whose request timed out is not asked for again',
    origin: {
      project: 'Malachite',
      what: 'requests that timed out while no other peer was there stayed pending for ever, and sync blocked at the first of them',
      links: [github('circlefin/malachite#1211')],
    },
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'releaseOwed(turn, request, moves, request.peer);',
        replace: "if (result !== 'timedOut') releaseOwed(turn, request, moves, request.peer);",
      },
    ],
    clauses: ['SYNC-4', 'SYNC-7'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'the-window-adds-up'],
  },
  {
    id: 'negative-answer-ignored',
    title: '"I do not have it" is ignored: the slot waits for the timeout',
    origin: {
      project: 'Tendermint',
      what: 'the v1 reactor did not know NoBlockResponse, and waited for its timeouts instead of asking elsewhere',
      links: [github('tendermint/tendermint#5394')],
    },
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'const request = findRequest(turn, event.peer, event.requestId, event.height);',
        replace: 'const request = turn.requests.inFlight < 0 ? findRequest(turn, event.peer, 0, 0) : undefined;',
      },
    ],
    clauses: ['SYNC-5'],
    stage: 'network',
    breaks: ['outcomes-end-requests'],
  },
  {
    id: 'empty-answer-is-progress',
    title: 'an answer with no block in it counts as the answer',
    origin: {
      project: 'Lodestar',
      what: 'peers answered a range with 0 blocks; the batch counted as downloaded, and the next one could not be processed',
      links: [github('ChainSafe/lodestar#8147'), github('ChainSafe/lodestar#8150')],
    },
    changes: [
      {
        file: 'src/core/answers.ts',
        find: "if (!request.begun) return failRequest(turn, request, 'absent');",
        replace: '',
      },
    ],
    clauses: ['SYNC-5'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'the-window-adds-up', 'failures-refute'],
  },
  {
    id: 'partial-range-skips',
    title: 'what a short answer leaves out of its range is not asked for again',
    origin: {
      project: 'Celestia go-header',
      what: 'the syncer took every answer for a full one, and silently advanced past what was missing',
      links: [github('celestiaorg/go-header#394')],
    },
    changes: [
      {
        file: 'src/core/answers.ts',
        find: "if (!isPart) releaseOwed(turn, request, 'Shortened', null);",
        replace: '',
      },
    ],
    clauses: ['CHUNK-1', 'SYNC-2'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'nothing-escapes', 'the-window-adds-up'],
  },
  {
    id: 'asked-twice',
    title: 'a height that is asked for is asked for again, of whoever is free',
    origin: {
      project: 'Polkadot SDK',
      what: 'ChainSync requested the same blocks several times, and was banned for it by the peers it asked',
      links: [github('paritytech/polkadot-sdk#1915'), github('paritytech/substrate#10794')],
    },
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "if (purpose === 'sync') markRequested(turn, from, to, id);",
        replace: '',
      },
    ],
    clauses: ['SYNC-2'],
    stage: 'network',
    breaks: ['asks-are-disjoint', 'asks-are-bounded'],
  },
  {
    id: 'late-answer-is-an-offence',
    title: 'an answer that nobody waits for any more is charged to its sender',
    origin: {
      project: 'Tendermint, Malachite',
      what: 'a block that came after its request had moved on was a peer error; stale answers lowered the score of good peers',
      links: [github('tendermint/tendermint#8970'), github('circlefin/malachite#1555')],
    },
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "const expires = result === 'timedOut' || result === 'skipped';",
        replace: 'const expires = false;',
      },
      { file: 'src/core/answers.ts', find: 'if (!drawn) charge(', replace: 'charge(' },
    ],
    clauses: ['SYNC-4', 'PEER-1'],
    stage: 'network',
    breaks: ['honest-peers-are-never-charged', 'honest-peers-are-never-banned'],
  },
  {
    id: 'timeout-is-an-offence',
    title: 'not answering in time costs score, so that slow networks get honest peers banned',
    origin: {
      project: 'Chia, Celestia',
      what: 'peers were banned for answers that came too slowly; after poor connectivity nobody was left to sync from',
      links: [
        github('Chia-Network/chia-blockchain#4701'),
        github('Chia-Network/chia-blockchain#6707'),
        github('celestiaorg/celestia-node#3052'),
        github('cometbft/cometbft#5135'),
      ],
    },
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "import { probeLater, refuteClaim } from './claims.ts';",
        replace: "import { probeLater, refuteClaim } from './claims.ts';\nimport { charge } from './conduct.ts';",
      },
      {
        file: 'src/core/requests.ts',
        find: "failRequest(turn, knownRequest(turn, first.key[1]), 'timedOut');",
        replace:
          "const request = knownRequest(turn, first.key[1]);\n    failRequest(turn, request, 'timedOut');\n    charge(turn, request.peer, 'UNSOLICITED_BLOCK', 'too slow');",
      },
    ],
    clauses: ['PEER-1', 'SYNC-4'],
    stage: 'network',
    breaks: ['honest-peers-are-never-charged', 'honest-peers-are-never-banned'],
  },
  {
    id: 'lost-peer-keeps-its-requests',
    title: 'what a peer owed when it left is waited for until it times out',
    origin: {
      project: 'Malachite',
      what: 'the sync did not know which requests belonged to a peer that went away, and waited for answers that could not come',
      links: [github('circlefin/malachite#1211'), github('circlefin/malachite#1096')],
    },
    changes: [
      {
        file: 'src/core/connections.ts',
        find: "if (request !== undefined) failRequest(turn, request, 'peerLost');",
        replace: '',
      },
    ],
    clauses: ['PEER-2'],
    stage: 'network',
    breaks: ['slots-come-back', 'slots-add-up', 'nothing-escapes'],
  },
  {
    id: 'failed-send-stays-in-flight',
    title: 'a request that could not be sent stays in flight',
    origin: {
      project: 'Zilliqa',
      what: 'failures to send were not always reported: the request stayed in flight, and syncing paused without a reason',
      links: [github('Zilliqa/zq2#2445')],
    },
    changes: [
      {
        file: 'src/core/answers.ts',
        find: "if (request?.peer === event.peer) failRequest(turn, request, 'sendFailed');",
        replace: 'if (request === undefined) return;',
      },
    ],
    clauses: ['SYNC-4'],
    stage: 'network',
    breaks: ['outcomes-end-requests'],
  },
  {
    id: 'same-peer-again',
    title: 'who just failed a height is asked for it again, though others have it',
    origin: {
      project: 'Lodestar',
      what: 'a batch was downloaded from the same peer over and over again, though it had not given it before',
      links: [github('ChainSafe/lodestar#9357'), github('ChainSafe/lodestar#9360'), github('ChainSafe/lodestar#8176')],
    },
    changes: [
      {
        file: 'src/core/best-peer.ts',
        find: 'const fresh = firstAvailable(facts, height, ({ id }) => !avoid.includes(id));',
        replace: 'const fresh = firstAvailable(facts, height, () => true);',
      },
    ],
    clauses: ['APPLY-2', 'SYNC-4'],
    stage: 'network',
    breaks: ['who-failed-is-asked-last', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'pruned-peer-asked',
    title: 'a peer is asked for heights below what it says it still has',
    origin: {
      project: 'Malachite',
      what: 'requests were not kept from peers whose history_min_height is above the height',
      links: [github('circlefin/malachite#1074')],
    },
    changes: [
      {
        file: 'src/core/best-peer.ts',
        find: 'return minHeight <= height && height <= maxHeight;',
        replace: 'return minHeight >= 0 && height <= maxHeight;',
      },
    ],
    clauses: ['SYNC-1'],
    stage: 'network',
    breaks: ['asks-only-what-is-claimed'],
  },
  {
    id: 'no-limit-a-peer',
    title: 'one peer is asked for as many blocks at once as there are slots',
    origin: {
      project: 'kagome',
      what: 'requests to one peer were not limited: they used up its streams, and no further request went through',
      links: [github('qdrvm/kagome#648')],
    },
    changes: [
      {
        file: 'src/core/peer-indexes.ts',
        find: "'mayBeAsked') && mayOweMore(peer)",
        replace: "'mayBeAsked') && (mayOweMore(peer) || peer.inFlight > 0)",
      },
    ],
    clauses: ['SYNC-2', 'LIMIT'],
    stage: 'network',
    breaks: ['asks-are-bounded'],
  },
  {
    id: 'unasked-block-stored',
    title: 'a block that nobody asked for is taken into the window',
    origin: {
      project: 'Bitcoin Core, Neo',
      what: 'unrequested blocks were processed and kept, whoever sent them',
      links: [github('bitcoin/bitcoin#5875'), github('neo-project/neo#4729')],
    },
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'if (request === undefined) return unsolicited(turn, peer, first.height);',
        replace: 'if (request === undefined) return void offerNextBlock(turn, peer, first, true);',
      },
    ],
    clauses: ['SYNC-6'],
    stage: 'network',
    breaks: ['unasked-blocks-are-not-stored', 'nothing-escapes'],
  },
  {
    id: 'anybody-may-answer',
    title: 'a request is answered by whoever names its id',
    origin: pocket('peers are told by the address they write into their messages: anybody can answer for anybody'),
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'return request?.peer === id ? request : undefined;',
        replace: 'return request;',
      },
    ],
    clauses: ['SYNC-6', 'META-1'],
    stage: 'network',
    breaks: [
      'unasked-blocks-are-not-stored',
      'honest-peers-are-never-charged',
      'nothing-escapes',
      'outcomes-end-requests',
      'ended-requests-are-told',
    ],
  },
  {
    id: 'early-blocks-thrown-away',
    title: 'blocks above the next height are thrown away when they come',
    origin: pocket('responses above the current height are thrown away: nothing is buffered'),
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'if (fits > 0) receive(',
        replace: 'if (fits > 0 && from === headHeight(turn)) receive(',
      },
      {
        file: 'src/core/answers.ts',
        find: 'if (fits < missing.length) refuseForRoom(',
        replace:
          'if (from !== headHeight(turn)) refuseForRoom(turn, request, from, missing);\n    else if (fits < missing.length) refuseForRoom(',
      },
    ],
    clauses: ['SYNC-3'],
    stage: 'network',
    breaks: ['early-blocks-are-kept'],
  },
  {
    id: 'buffer-without-bound',
    title: 'as much is asked for ahead as there are slots, however much is buffered already',
    origin: {
      project: 'Bitcoin Core, go-ethereum',
      what: 'what was in flight and queued had no limit: peers could make a node hold gigabytes',
      links: [github('bitcoin/bitcoin#5507'), github('ethereum/go-ethereum#1314')],
    },
    changes: [
      {
        file: 'src/core/window.ts',
        find: 'blocks: Math.max(0, bufferBlocksMax - bufferedBlocks - inFlightBlocks),',
        replace: 'blocks: Math.max(bufferBlocksMax, bufferedBlocks, inFlightBlocks),',
      },
      {
        file: 'src/core/window.ts',
        find: 'bytes: Math.max(0, bufferBytesMax - bufferedBytes - inFlightBytes),',
        replace: 'bytes: Math.max(bufferBytesMax, bufferedBytes, inFlightBytes),',
      },
    ],
    clauses: ['SYNC-3', 'LIMIT'],
    stage: 'network',
    breaks: ['buffer-is-bounded'],
  },
  {
    id: 'no-room-for-the-next',
    title: 'a buffer full of blocks further ahead leaves no room for the one that is needed',
    origin: {
      project: 'Aptos',
      what: 'fetching stood still while the head of the line was blocked',
      links: [github('aptos-labs/aptos-core#10975'), github('aptos-labs/aptos-core#383')],
    },
    changes: [
      {
        file: 'src/core/ask-size.ts',
        find: 'return height === nextHeight(turn) && fit < 1 ? { blocks: 1, bytes: blockWeight(turn) } : { blocks: fit, bytes };',
        replace: 'return { blocks: fit, bytes };',
      },
    ],
    clauses: ['SYNC-3', 'SYNC-7'],
    stage: 'network',
    breaks: ['reaches-the-tip-in-bounded-time', 'next-is-asked-when-it-can-be'],
  },
  {
    id: 'range-with-holes',
    title: 'of a range, only the first height is checked',
    origin: {
      project: 'Teku, monad-bft',
      what: 'blocks of a range were taken as they came: whether one followed the other, and how many there were, nobody checked',
      links: [github('Consensys-Incorporated/teku#1964'), github('category-labs/monad-bft#2202')],
    },
    changes: [
      {
        file: 'src/core/answers.ts',
        find: 'if (block.height !== height) {',
        replace: 'if (i === 0 && block.height !== height) {',
      },
    ],
    clauses: ['CHUNK-1', 'SYNC-2'],
    stage: 'network',
    breaks: ['the-window-adds-up', 'offences-are-charged', 'only-checked-blocks-commit'],
  },
  {
    id: 'junk-evicts-answers',
    title: 'announced copies of the next block keep out the one that was asked for',
    origin: {
      project: 'Sui',
      what: 'whoever floods a bounded table of blocks could have those evicted from it that were really missing',
      links: [github('MystenLabs/sui#24474')],
    },
    changes: [
      {
        file: 'src/core/spares.ts',
        find: 'const before = spares.filter((spare) => spare.asked || !asked);',
        replace: 'const before = spares.filter((spare) => spare.asked || !spare.asked);',
      },
    ],
    clauses: ['SYNC-3', 'SYNC-6'],
    stage: 'network',
    breaks: ['answers-come-before-announcements'],
  },
];
