import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { spanHolding } from '../../src/core/window.ts';
import type { Always } from './property.ts';
import { always, effectsOf } from './property.ts';

/** Copies of the next block that are kept besides the one in work. */
const SPARES_MAX = 4;
const PROPOSALS_MAX = 4;

export const bufferIsBounded = always(
  'buffer-is-bounded',
  ['SYNC-3', 'LIMIT'],
  'Buffered blocks stay within their bounds in number and in bytes; the next block always has room.',
  ({ before, after }) => {
    const { window, config } = after;
    if (before.window === window) return undefined;
    // The next block is taken even when blocks further ahead fill the buffer: without it nothing would drain it.
    const next = after.local.maxHeight + 1;
    const holding = spanHolding(after, next);
    const nextBytes = holding?.blocks[next - holding.from]?.bytes;
    const isNextHere = nextBytes !== undefined;
    if (window.bufferedBlocks > config.bufferBlocksMax + (isNextHere ? 1 : 0))
      return `${window.bufferedBlocks} blocks are buffered`;
    if (window.bufferedBytes > config.bufferBytesMax + (nextBytes ?? 0))
      return `${window.bufferedBytes} bytes are buffered, of which ${nextBytes ?? 'none'} are of the next block`;
    if (window.spares.length > SPARES_MAX) return `${window.spares.length} spare copies of the next block`;
    let blocks = 0;
    let bytes = 0;
    for (const { value: span } of maps.spans.entries(window.spans)) {
      blocks += span.blocks.length;
      for (const block of span.blocks) bytes += block.bytes;
    }
    if (blocks !== window.bufferedBlocks) return `${blocks} blocks are held, ${window.bufferedBlocks} are counted`;
    return bytes === window.bufferedBytes ? true : `${bytes} bytes are held, ${window.bufferedBytes} are counted`;
  },
  { facts: ['window'] },
);

export const tablesAreBounded = always(
  'tables-are-bounded',
  ['META-4', 'LIMIT', 'LIVE-3'],
  'Peers, pending proposals and remembered heights stay within their numbers.',
  ({ before, after }) => {
    const { peers, proposals, local, config } = after;
    if (before.peers === peers && before.proposals === proposals && before.local === local) return undefined;
    const known = maps.peers.size(peers.byId);
    if (known > config.peersMax) return `${known} peers are remembered`;
    if (proposals.length > PROPOSALS_MAX) return `${proposals.length} proposals are in the verifier`;
    // Runs of heights, each of its own: from the first to the last there are no fewer than are remembered.
    const first = maps.recent.first(local.recent);
    const last = maps.recent.last(local.recent);
    const recent = first === null || last === null ? 0 : last.key + last.value.length - first.key;
    // The oldest is forgotten a commit at a time, and of a commit one range of blocks always may be.
    return recent <= config.recentBlocksMax + Math.max(config.commitBlocksMax, config.requestBlocksMax)
      ? true
      : `${recent} committed heights are remembered`;
  },
  { facts: ['peers', 'proposals', 'local'] },
);

export const servingIsBounded: Always = {
  kind: 'always',
  name: 'serving-is-bounded',
  clauses: ['SERVE-3', 'SERVE-4'],
  says: 'Blocks are served only where they are committed, and only so many at once; only so many wait in line.',
  on: { events: ['blocksServed', 'blocksRequested'], effects: ['serveBlocks'] },
  watch: () => {
    const serving = new Map<number, { readonly peer: string; readonly blocks: number }>();
    return {
      reborn: () => {
        serving.clear();
      },
      check: (seen) => {
        const { event, after } = seen;
        if (event.type === 'blocksServed') serving.delete(event.serveId);
        const waits = event.type === 'blocksRequested' ? waiting(after, event.peer) : null;
        if (waits !== null && waits.ofPeer > after.config.serveBlocksPerPeerMax)
          return `${waits.ofPeer} requests of one peer wait in line`;
        if (waits !== null && waits.all > after.config.serveQueuedMax) return `${waits.all} requests wait in line`;
        const begun = effectsOf(seen, 'serveBlocks');
        for (const { serveId, peer, from, to } of begun) {
          const { minHeight, maxHeight } = after.local;
          if (from < minHeight || to > maxHeight)
            return `${peer} is served ${from}..${to} of ${minHeight}..${maxHeight}`;
          if (to - from >= after.config.serveRangeBlocksMax) return `${peer} is served ${from}..${to} at once`;
          // Of an answer, one part is in memory at a time, at most a block's largest size.
          serving.set(serveId, { peer, blocks: 1 });
          const { serveBlocksPerPeerMax, serveBytesMax, blockBytesMax } = after.config;
          let all = 0;
          let ofPeer = 0;
          for (const each of serving.values()) {
            all += each.blocks;
            if (each.peer === peer) ofPeer += each.blocks;
          }
          if (ofPeer > serveBlocksPerPeerMax) return `${ofPeer} answers are under way to ${peer}`;
          if (all * blockBytesMax > serveBytesMax) return `${all} answers are under way`;
        }
        return begun.length > 0 ? true : undefined;
      },
    };
  },
};

function waiting({ serving }: Facts, peer: string) {
  let [all, ofPeer] = [0, 0];
  for (const { value } of maps.queued.entries(serving.queue)) {
    all++;
    if (value.peer === peer) ofPeer++;
  }
  return { all, ofPeer };
}
