/** Pocket's wire format and this package's own protocol. */
export { EMPTY_HEADER, blockOf, contentIdOf, createPocketBlock, decodePocketBlock, toSyncBlock } from './blocks.ts';
export type { BlockContent, BlockHeader, PocketBlock, Timestamp } from './blocks.ts';
export { encodeCanonical } from './canonical.ts';
export type { Fields } from './canonical.ts';
export { createPocketCodec } from './codec.ts';
export type { PocketCodecOptions } from './codec.ts';
export { decodeMessage } from './decode.ts';
export { HOTSTUFF_TYPE, STATE_SYNC_TYPE, decodeEnvelope, encodeEnvelope } from './envelope.ts';
export type { Envelope } from './envelope.ts';
export { HOTSTUFF_MESSAGE, HOTSTUFF_STEP, decodeCertificate, encodeCertificate, voteBytes } from './hotstuff.ts';
export type { PartialSignature, QuorumCertificate, Vote } from './hotstuff.ts';
export { WIRE_LIMITS } from './limits.ts';
export type { RandomBytes } from './nonces.ts';
export { SCHEMA } from './schema.ts';
export { ACTOR_TYPE_VALIDATOR, decodeTransaction, encodeTransaction, transactionSignedBytes } from './transactions.ts';
export type { MessageSend, MessageStake, MessageUnstake, Transaction, TransactionMessage } from './transactions.ts';
