import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** Answering others. */
export const SERVING_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'serves-what-it-lacks',
    title: 'heights outside of what is committed are read and served',
    origin: {
      project: 'ethereumjs',
      what: 'a request for a block that is not in the database made the read throw',
      links: [github('ethereumjs/ethereumjs-monorepo#1051')],
    },
    changes: [
      {
        file: 'src/core/serve.ts',
        find: 'if (from < minHeight || from > maxHeight || from < 1) {',
        replace: 'if (from < minHeight && from > maxHeight) {',
      },
      {
        file: 'src/core/serve.ts',
        find: 'const to = Math.min(event.to, maxHeight, from',
        replace: 'const to = Math.min(event.to, from',
      },
    ],
    clauses: ['SERVE-3'],
    stage: 'network',
    breaks: ['serving-is-bounded'],
  },
  {
    id: 'serves-without-bound',
    title: 'as many blocks are read and sent at once as a peer asks for',
    origin: {
      project: 'ethereumjs, Mintlayer, Teku',
      what: 'whoever asked for a massive amount of blocks was served them all at once, from memory',
      links: [
        github('ethereumjs/ethereumjs-monorepo#1051'),
        github('mintlayer/mintlayer-core#1314'),
        github('Consensys-Incorporated/teku#2481'),
      ],
    },
    changes: [
      {
        file: 'src/core/serve.ts',
        find: 'return Math.min(ofPeer, Math.floor(serveBytesMax / blockBytesMax) - maps.serving.size(turn.serving.byId));',
        replace: 'return Math.max(ofPeer, 1_000_000) + serveBytesMax;',
      },
    ],
    clauses: ['SERVE-4'],
    stage: 'network',
    breaks: ['serving-is-bounded'],
  },
  {
    id: 'serving-jams',
    title: 'room for serving is taken and never given back, until nobody is served any more',
    origin: pocket('responses fill a bounded channel that nothing empties: after 1000 of them the module stands still'),
    changes: [
      {
        file: 'src/core/serve.ts',
        find: 'byId: maps.serving.delete(turn.serving.byId, event.serveId),',
        replace: 'byId: turn.serving.byId,',
      },
    ],
    clauses: ['SERVE-3', 'SERVE-4'],
    stage: 'network',
    breaks: ['serving-is-bounded', 'serving-room-comes-back'],
  },
  {
    id: 'tells-the-height-being-decided',
    title: 'the height being decided is told to peers as committed',
    origin: pocket('heights are off by one in places: CurrentHeight is the height being decided'),
    changes: [
      {
        file: 'src/core/serve.ts',
        find: "emit(turn, { type: 'sendMetadata', peer: peer.id, minHeight, maxHeight });",
        replace: "emit(turn, { type: 'sendMetadata', peer: peer.id, minHeight, maxHeight: maxHeight + 1 });",
      },
    ],
    clauses: ['SERVE-2'],
    stage: 'network',
    breaks: ['tells-what-is-committed', 'honest-peers-are-never-charged'],
  },
  {
    id: 'serves-when-switched-off',
    title: 'requests are answered though server mode is off',
    origin: pocket('server mode stands outside of the state machine: nothing ties it to what is answered'),
    changes: [
      {
        file: 'src/core/serve.ts',
        find: "if (!inMode(turn, 'serving')) return drop(turn, id, 'SERVER_DISABLED');",
        replace: '',
      },
    ],
    clauses: ['SERVE-1'],
    stage: 'network',
    breaks: ['off-serves-nobody'],
  },
  {
    id: 'request-flood-goes-free',
    title: 'requests are answered at any rate',
    origin: {
      project: 'Teku, go-ethereum',
      what: 'nothing limited how much a peer asks for over time',
      links: [github('Consensys-Incorporated/teku#2481'), github('ethereum/go-ethereum#249')],
    },
    changes: [
      {
        file: 'src/core/serve.ts',
        find: 'if (drawn) return drained;',
        replace: 'if (drawn || drained.queued >= 0) return drained;',
      },
    ],
    clauses: ['SERVE-4'],
    stage: 'network',
    breaks: ['floods-are-charged'],
  },
];
