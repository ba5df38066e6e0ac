import type { SyncBlock } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { encodeCanonical } from './canonical.ts';
import type { Fields } from './canonical.ts';
import { decodeMessage, toNumber } from './decode.ts';
import { lengthDelimited } from './length-delimited.ts';
import { sha256Hex } from './hash.ts';
import { SCHEMA } from './schema.ts';
import type { BlockHeaderShape, BlockShape } from './schema.ts';

export interface Timestamp {
  /** Since 1970-01-01T00:00:00Z; whole, in the years 1 to 9999. */
  readonly seconds: number;
  /** 0 to 999,999,999 */
  readonly nanos: number;
}

/** `core.BlockHeader`. */
export interface BlockHeader {
  readonly height: number;
  readonly networkId: string;
  /** Lowercase hex; the block's identity. */
  readonly stateHash: string;
  /** The `stateHash` of the block at `height - 1`. */
  readonly prevStateHash: string;
  /** 20 bytes. */
  readonly proposerAddress: Uint8Array;
  /** A serialized `consensus.QuorumCertificate`; empty in a proposal. */
  readonly quorumCertificate: Uint8Array;
  readonly timestamp: Timestamp | null;
  readonly stateTreeHashes: ReadonlyMap<string, string>;
  /** Hash of the validator set at `height - 1`. */
  readonly valSetHash: string;
  /** Hash of the validator set at `height`. */
  readonly nextValSetHash: string;
}

/** What of a block is encoded: also what a certificate and a vote carry. */
export interface BlockContent {
  readonly header: BlockHeader;
  /** Serialized `core.Transaction`s, in order. */
  readonly transactions: readonly Uint8Array[];
}

/** `core.Block` with its canonical bytes: what is stored, served and counted. */
export interface PocketBlock extends BlockContent {
  readonly encoded: Uint8Array;
}

/** A header with everything empty, to be overridden. */
export const EMPTY_HEADER: BlockHeader = {
  height: 0,
  networkId: '',
  stateHash: '',
  prevStateHash: '',
  proposerAddress: new Uint8Array(),
  quorumCertificate: new Uint8Array(),
  timestamp: null,
  stateTreeHashes: new Map(),
  valSetHash: '',
  nextValSetHash: '',
};

/** Encodes a block that this node made. */
export function createPocketBlock(content: BlockContent): PocketBlock {
  const { header, transactions } = content;
  return { header, transactions, encoded: encodeCanonical(SCHEMA.block, blockFields(content)) };
}

/**
 * A block from bytes of unknown origin. The result holds no view of `bytes`: it owns its canonical encoding, without
 * fields unknown to Pocket's schema.
 * @throws StateSyncError OVERSIZE_MESSAGE, MALFORMED_MESSAGE, HEIGHT_OUT_OF_RANGE
 */
export function decodePocketBlock(bytes: Uint8Array, bytesMax: number): PocketBlock {
  return pocketBlockOf(decodeMessage(SCHEMA.block, bytes, bytesMax));
}

/** As `decodePocketBlock`, for a block found inside a decoded message. */
export function pocketBlockOf(shape: BlockShape | null): PocketBlock {
  const received = blockContentOf(shape);
  const encoded = encodeCanonical(SCHEMA.block, blockFields(received));
  return { ...viewsInto(encoded, received), encoded };
}

/** The same content, its byte fields as views into its canonical encoding. */
function viewsInto(encoded: Uint8Array, { header }: BlockContent): BlockContent {
  let proposerAddress: Uint8Array = NOTHING;
  let quorumCertificate: Uint8Array = NOTHING;
  const transactions: Uint8Array[] = [];
  for (const [id, bytes] of lengthDelimited(encoded)) {
    if (id === TRANSACTIONS) transactions.push(bytes);
    else {
      for (const [headerId, value] of lengthDelimited(bytes)) {
        if (headerId === PROPOSER_ADDRESS) proposerAddress = value;
        else if (headerId === QUORUM_CERTIFICATE) quorumCertificate = value;
      }
    }
  }
  return { header: { ...header, proposerAddress, quorumCertificate }, transactions };
}

const NOTHING = new Uint8Array();
/** Field numbers of `core.Block` and `core.BlockHeader`. */
const TRANSACTIONS = 2;
const PROPOSER_ADDRESS = 5;
const QUORUM_CERTIFICATE = 6;

/** The content of a decoded block, as views into the bytes it was decoded from. */
export function blockContentOf(shape: BlockShape | null): BlockContent {
  if (shape === null) throw new StateSyncError('MALFORMED_MESSAGE', 'the block is missing');
  if (shape.blockHeader === null) throw new StateSyncError('MALFORMED_MESSAGE', 'a block without a header');
  return { header: headerOf(shape.blockHeader), transactions: [...shape.transactions] };
}

function headerOf(shape: BlockHeaderShape): BlockHeader {
  const { timestamp } = shape;
  return {
    height: toNumber(shape.height),
    networkId: shape.networkId,
    stateHash: shape.stateHash,
    prevStateHash: shape.prevStateHash,
    proposerAddress: shape.proposerAddress,
    quorumCertificate: shape.quorumCertificate,
    timestamp: timestamp === null ? null : { seconds: toNumber(timestamp.seconds), nanos: timestamp.nanos },
    stateTreeHashes: new Map(Object.entries(shape.state_tree_hashes)),
    valSetHash: shape.val_set_hash,
    nextValSetHash: shape.next_val_set_hash,
  };
}

/** The fields of `core.Block`, to be encoded. */
export function blockFields(block: BlockContent): Fields {
  const { stateTreeHashes, valSetHash, nextValSetHash, ...sameNames } = block.header;
  return {
    blockHeader: {
      ...sameNames,
      state_tree_hashes: stateTreeHashes,
      val_set_hash: valSetHash,
      next_val_set_hash: nextValSetHash,
    },
    transactions: block.transactions,
  };
}

/**
 * Names what a certificate binds, and nothing else: SHA-256 (here five times as fast as SHA3) over the canonical encoding of a block with only height,
 * stateHash, prevStateHash, proposerAddress and the transactions. Lowercase hex (APPLY-3).
 */
export function contentIdOf(block: BlockContent): string {
  const { height, stateHash, prevStateHash, proposerAddress } = block.header;
  const bound = {
    blockHeader: { height, stateHash, prevStateHash, proposerAddress },
    transactions: block.transactions,
  };
  return sha256Hex(encodeCanonical(SCHEMA.block, bound));
}

/**
 * A block as the core sees it.
 * @throws StateSyncError MALFORMED_MESSAGE for a block at height 0: genesis is no block of the sync protocol
 */
export function toSyncBlock(block: PocketBlock): SyncBlock {
  if (block.header.height < 1) throw new StateSyncError('MALFORMED_MESSAGE', 'a block at height 0');
  return {
    height: block.header.height,
    id: block.header.stateHash,
    parentId: block.header.prevStateHash,
    contentId: contentIdOf(block),
    bytes: block.encoded.length,
    body: block,
  };
}

/**
 * The way back from `toSyncBlock`.
 * @throws StateSyncError MALFORMED_MESSAGE when the body is no Pocket block, or not the one that the block describes
 */
export function blockOf(block: SyncBlock): PocketBlock {
  const body = block.body;
  const { height, id, parentId } = block;
  if (!isPocketBlock(body)) throw new StateSyncError('MALFORMED_MESSAGE', 'the body is not a Pocket block', { height });
  const { header } = body;
  if (header.height !== height || header.stateHash !== id || header.prevStateHash !== parentId) {
    throw new StateSyncError('MALFORMED_MESSAGE', 'the body is another block than described', { height });
  }
  return body;
}

function isPocketBlock(body: unknown): body is PocketBlock {
  if (typeof body !== 'object' || body === null) return false;
  const { header, transactions, encoded } = body as { readonly [Name in keyof PocketBlock]?: unknown };
  return typeof header === 'object' && header !== null && Array.isArray(transactions) && encoded instanceof Uint8Array;
}
