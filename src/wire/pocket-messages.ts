import type { PeerId } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { GossipMessage, PeerMessage } from '../protocol/messages.ts';
import { blockFields, blockOf, createPocketBlock, pocketBlockOf, toSyncBlock } from './blocks.ts';
import type { PocketBlock } from './blocks.ts';
import { encodeCanonical } from './canonical.ts';
import type { Fields } from './canonical.ts';
import { decodeMessage, toNumber } from './decode.ts';
import {
  HOTSTUFF_MESSAGE,
  HOTSTUFF_STEP,
  certificateFields,
  certificateOf,
  decodeCertificate,
  encodeCertificate,
} from './hotstuff.ts';
import { SCHEMA } from './schema.ts';
import type { HotstuffMessageShape } from './schema.ts';

/** The content of Pocket's envelopes: `consensus.StateSyncMessage` between peers, `consensus.HotstuffMessage` as gossip. */

/** The StateSyncMessages that say `message`; none for what Pocket's wire cannot say. */
export function encodeStateSync(self: PeerId, message: PeerMessage): Uint8Array[] {
  return stateSyncFields(self, message).map((fields) => encodeCanonical(SCHEMA.stateSyncMessage, fields));
}

function stateSyncFields(self: PeerId, message: PeerMessage): Fields[] {
  const peer_address = self;
  switch (message.type) {
    case 'metadataRequest':
      return [{ metadata_req: { peer_address } }];
    case 'metadata':
      return [{ metadata_res: { peer_address, min_height: message.minHeight, max_height: message.maxHeight } }];
    case 'getBlocks': {
      const count = message.to - message.from + 1;
      return Array.from({ length: count }, (_, index) => ({
        get_block_req: { peer_address, height: message.from + index },
      }));
    }
    case 'blocks':
      return message.blocks.map((block) => ({ get_block_res: { peer_address, block: blockOf(block).encoded } }));
    case 'noBlock':
      return [];
  }
}

/** @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, HEIGHT_OUT_OF_RANGE, SPOOFED_ADDRESS */
export function decodeStateSync(sender: PeerId, bytes: Uint8Array, bytesMax: number): PeerMessage {
  const shape = decodeMessage(SCHEMA.stateSyncMessage, bytes, bytesMax);
  if (shape.metadata_req !== null) {
    checkAddress(sender, shape.metadata_req.peer_address);
    return { type: 'metadataRequest' };
  }
  if (shape.metadata_res !== null) {
    const { peer_address, min_height, max_height } = shape.metadata_res;
    checkAddress(sender, peer_address);
    return { type: 'metadata', minHeight: toNumber(min_height), maxHeight: toNumber(max_height) };
  }
  if (shape.get_block_req !== null) {
    checkAddress(sender, shape.get_block_req.peer_address);
    const height = toNumber(shape.get_block_req.height);
    return { type: 'getBlocks', requestId: null, from: height, to: height };
  }
  if (shape.get_block_res !== null) {
    checkAddress(sender, shape.get_block_res.peer_address);
    return { type: 'blocks', requestId: null, blocks: [toSyncBlock(pocketBlockOf(shape.get_block_res.block))] };
  }
  throw new StateSyncError('MALFORMED_MESSAGE', 'a state sync message without content', { peer: sender });
}

/** META-1: the transport knows who sends; an address inside that says otherwise is an attempt at reflection. */
function checkAddress(sender: PeerId, claimed: string): void {
  if (claimed === sender) return;
  throw new StateSyncError('SPOOFED_ADDRESS', `${sender} sent a message with the address "${claimed}"`, {
    peer: sender,
    next: 'the message is dropped without a reply',
  });
}

/**
 * A new block goes out as Pocket's DECIDE proposal with its certificate as the justification, where Pocket's nodes look
 * for it; a proposal as the PREPARE proposal of round 0, since a block does not tell its round.
 * @throws StateSyncError MALFORMED_MESSAGE when a new block has no certificate that can be decoded
 */
export function encodeHotstuff(message: GossipMessage, bytesMax: number): Uint8Array {
  const block = blockOf(message.block);
  const { height } = block.header;
  const shared = { type: HOTSTUFF_MESSAGE.propose, height };
  if (message.type === 'proposal') {
    return encodeCanonical(SCHEMA.hotstuffMessage, { ...shared, step: HOTSTUFF_STEP.prepare, block: block.encoded });
  }
  const certificate = decodeCertificate(block.header.quorumCertificate, bytesMax);
  return encodeCanonical(SCHEMA.hotstuffMessage, {
    ...shared,
    step: HOTSTUFF_STEP.decide,
    round: certificate.round,
    // The certificate holds the whole block once more: it is sent once, not twice.
    block: blockFields({ ...block, header: { ...block.header, quorumCertificate: new Uint8Array() } }),
    quorum_certificate: certificateFields(certificate),
  });
}

/**
 * @returns null for votes and for the steps in between, which only consensus needs, and for a decided block whose
 * header names no network yet
 * @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, HEIGHT_OUT_OF_RANGE
 */
export function decodeHotstuff(bytes: Uint8Array, bytesMax: number): GossipMessage | null {
  const shape = decodeMessage(SCHEMA.hotstuffMessage, bytes, bytesMax);
  if (shape.type !== HOTSTUFF_MESSAGE.propose) return null;
  if (shape.step === HOTSTUFF_STEP.decide) {
    const block = checkedBlock(shape);
    // A leader that fills its header in only when it commits: no fault, but nothing that can be checked either. The
    // committed block is fetched once its metadata tells of it.
    if (block.header.networkId === '') return null;
    return { type: 'newBlock', block: toSyncBlock(withCertificate(block, shape)) };
  }
  const commits = shape.quorum_certificate?.step === HOTSTUFF_STEP.commit;
  if (shape.step === HOTSTUFF_STEP.prepare && !commits) {
    return { type: 'proposal', block: toSyncBlock(checkedBlock(shape)) };
  }
  return null;
}

function checkedBlock(shape: HotstuffMessageShape): PocketBlock {
  const block = pocketBlockOf(shape.block);
  if (block.header.height === toNumber(shape.height)) return block;
  throw new StateSyncError('MALFORMED_MESSAGE', 'a proposal and its block name different heights');
}

/** As Pocket's nodes do when they commit: the justification replaces what the proposer had put into the header. */
function withCertificate(block: PocketBlock, shape: HotstuffMessageShape): PocketBlock {
  if (shape.quorum_certificate === null) return block;
  const quorumCertificate = encodeCertificate(certificateOf(shape.quorum_certificate));
  return createPocketBlock({ ...block, header: { ...block.header, quorumCertificate } });
}
