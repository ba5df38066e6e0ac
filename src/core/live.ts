import type { PeerId } from '../protocol/block.ts';
import { offenceOf } from '../protocol/offences.ts';
import { askIfOlderThan } from './claims.ts';
import { charge } from './conduct.ts';
import type { EffectOf } from './effects.ts';
import type { EventOf } from './events.ts';
import { standing } from './mode.ts';
import { connectedPeer, drawToken } from './peers.ts';
import type { Turn } from './turn.ts';
import { emit, inMode, nextHeight, takeId } from './turn.ts';
import { headHeight } from './window.ts';
import { offerNextBlock } from './spares.ts';

/** How many proposals may be in the verifier at once. */
const PROPOSALS_MAX = 4;
/** An announcement ahead of us is a reason to ask its author for metadata, if we have not heard of it for this long. */
const HEARSAY_MS = 1_000;

/** LIVE-1, LIVE-2: the same for validators and others. */
export function newBlockReceived(turn: Turn, event: EventOf<'newBlockReceived'>): void {
  const { peer, block } = event;
  if (block.height !== headHeight(turn)) return rejectByHeight(turn, event, headHeight(turn));
  if (!inMode(turn, 'takesBlocks')) return reject(turn, event, 'AHEAD_WHILE_SYNCING');
  if (block.bytes > turn.config.blockBytesMax) {
    return charge(turn, peer, 'INVALID_BLOCK', `announced a block of ${block.bytes} bytes`, block.height);
  }
  if (!admitAuthor(turn, peer)) return reject(turn, event, 'FLOOD');
  if (offerNextBlock(turn, peer, block, false) === 'unwanted') reject(turn, event, 'DUPLICATE');
}

/** LIVE-3: at the next height, in consensus, it is checked and handed on; it is never committed here. */
export function proposalReceived(turn: Turn, event: EventOf<'proposalReceived'>): void {
  const { peer, block } = event;
  if (block.height !== nextHeight(turn)) return rejectByHeight(turn, event, nextHeight(turn));
  if (!inMode(turn, 'runsConsensus')) return reject(turn, event, 'NOT_IN_CONSENSUS');
  if (block.bytes > turn.config.blockBytesMax) {
    return charge(turn, peer, 'INVALID_BLOCK', `proposed a block of ${block.bytes} bytes`, block.height);
  }
  if (block.parentId !== turn.local.tipId) {
    return charge(
      turn,
      peer,
      'BROKEN_LINK',
      `proposed height ${block.height} on top of ${block.parentId}`,
      block.height,
    );
  }
  if (!admitAuthor(turn, peer)) return reject(turn, event, 'FLOOD');
  if (turn.proposals.length >= PROPOSALS_MAX) {
    return emit(turn, { type: 'requestDropped', peer, reason: 'OVER_LIMIT' });
  }
  const workId = takeId(turn);
  turn.proposals = [...turn.proposals, { workId, peer, block }];
  emit(turn, { type: 'verifyBlocks', workId, blocks: [block], certified: false, exact: true });
}

/** The verdict on a proposal; `false` when the verdict is about something else. */
export function proposalVerified(turn: Turn, event: EventOf<'blocksVerified'>): boolean {
  const proposal = turn.proposals.find((each) => each.workId === event.workId);
  if (proposal === undefined) return false;
  turn.proposals = turn.proposals.filter((each) => each !== proposal);
  const { peer, block } = proposal;
  if (event.fault !== undefined) {
    charge(turn, peer, offenceOf(event.fault.code), event.fault.message, block.height);
  } else if (event.hostFault !== undefined) {
    emit(turn, { type: 'hostFaulted', fault: event.hostFault, height: block.height, retryInMs: 0 });
  } else if (inMode(turn, 'runsConsensus') && block.height === nextHeight(turn)) {
    emit(turn, { type: 'deliverProposal', peer, block });
  }
  return true;
}

type Announcement = EventOf<'newBlockReceived'> | EventOf<'proposalReceived'>;

/** At or below the local height: a duplicate. Above the next: never applied; whether to sync, the claims decide. */
function rejectByHeight(turn: Turn, event: Announcement, next: number): void {
  if (event.block.height < next) return reject(turn, event, 'DUPLICATE');
  reject(turn, event, standing(turn) === 'synced' ? 'AHEAD_WHILE_SYNCED' : 'AHEAD_WHILE_SYNCING');
  askIfOlderThan(turn, event.peer, HEARSAY_MS);
}

/** Nobody who is not connected can be charged; together such authors keep to a rate. */
function admitAuthor(turn: Turn, author: PeerId): boolean {
  if (connectedPeer(turn, author) !== undefined) return true;
  const { strangersPerSecond, strangersBurst } = turn.config;
  const [drawn, bucket] = drawToken(turn.strangers, turn.clock.now, strangersPerSecond, strangersBurst);
  turn.strangers = bucket;
  return drawn;
}

function reject(turn: Turn, event: Announcement, reason: EffectOf<'blockRejected'>['reason']): void {
  emit(turn, { type: 'blockRejected', peer: event.peer, height: event.block.height, reason });
}
