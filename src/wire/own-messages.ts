import { StateSyncError } from '../protocol/errors.ts';
import type { PeerMessage } from '../protocol/messages.ts';
import { blockOf, pocketBlockOf, toSyncBlock } from './blocks.ts';
import { encodeCanonical } from './canonical.ts';
import type { Fields } from './canonical.ts';
import { decodeMessage, toNumber } from './decode.ts';
import { WIRE_LIMITS } from './limits.ts';
import { SCHEMA } from './schema.ts';
import type { FrameShape } from './schema.ts';

/** One frame of `pocket_state_sync.v2`, this package's own protocol. */
export function encodeFrame(message: PeerMessage): Uint8Array {
  return encodeCanonical(SCHEMA.frame, frameFields(message));
}

function frameFields(message: PeerMessage): Fields {
  switch (message.type) {
    case 'metadataRequest':
      return { metadata_request: {} };
    case 'metadata':
      return { metadata: { min: message.minHeight, max: message.maxHeight } };
    case 'getBlocks':
      return {
        request_id: message.requestId,
        get_blocks: { from: message.from, to: message.to, bytes_max: message.bytesMax },
      };
    case 'blocks':
      return {
        request_id: message.requestId,
        blocks: { blocks: message.blocks.map((block) => blockOf(block).encoded), more: message.more },
      };
    case 'noBlock':
      return { request_id: message.requestId, no_block: { height: message.height } };
  }
}

/** @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, HEIGHT_OUT_OF_RANGE */
export function decodeFrame(bytes: Uint8Array, bytesMax: number): PeerMessage {
  const frame = decodeMessage(SCHEMA.frame, bytes, bytesMax);
  const requestId = frame.request_id === null ? null : toNumber(frame.request_id);
  if (frame.metadata_request !== null) return { type: 'metadataRequest' };
  if (frame.metadata !== null) {
    return { type: 'metadata', minHeight: toNumber(frame.metadata.min), maxHeight: toNumber(frame.metadata.max) };
  }
  if (frame.get_blocks !== null) return { type: 'getBlocks', requestId, ...rangeOf(frame.get_blocks) };
  if (frame.blocks !== null) {
    if (frame.blocks.blocks.length === 0) throw new StateSyncError('MALFORMED_MESSAGE', 'an answer without blocks');
    const blocks = frame.blocks.blocks.map((shape) => toSyncBlock(pocketBlockOf(shape)));
    return { type: 'blocks', requestId, blocks, ...(frame.blocks.more ? { more: true } : {}) };
  }
  if (frame.no_block !== null) return { type: 'noBlock', requestId, height: toNumber(frame.no_block.height) };
  throw new StateSyncError('MALFORMED_MESSAGE', 'a frame without a body');
}

function rangeOf(shape: NonNullable<FrameShape['get_blocks']>): {
  readonly from: number;
  readonly to: number;
  readonly bytesMax?: number;
} {
  const from = toNumber(shape.from);
  const to = toNumber(shape.to);
  if (from < 1 || from > to || to - from >= WIRE_LIMITS.blocksPerRangeMax) {
    throw new StateSyncError(
      'MALFORMED_MESSAGE',
      `a range of ${String(from)}..${String(to)}: it must be at least 1, not inverted, and not longer than ` +
        String(WIRE_LIMITS.blocksPerRangeMax),
    );
  }
  if (shape.bytes_max === null) return { from, to };
  const bytesMax = toNumber(shape.bytes_max);
  if (bytesMax === 0) throw new StateSyncError('MALFORMED_MESSAGE', 'blocks of 0 bytes are asked for');
  return { from, to, bytesMax };
}
