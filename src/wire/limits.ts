/**
 * Every limit of the wire that is not the network's own (that one is `blockBytesMax`, from the genesis). They are
 * checked on the raw bytes, before anything is allocated for what the bytes describe.
 */
export const WIRE_LIMITS = {
  /** Any string: hashes, addresses, network ids, amounts, service URLs, type URLs. UTF-8 bytes. */
  stringBytesMax: 1_024,
  transactionsPerBlockMax: 50_000,
  signaturesPerCertificateMax: 10_000,
  validatorsPerSetMax: 10_000,
  treeHashesPerHeaderMax: 256,
  chainsPerStakeMax: 256,
  /** The most blocks one own-protocol frame may hold, and the longest range one may ask for. */
  blocksPerRangeMax: 4_096,
  /** Repeated and map elements of every kind in one message together. */
  elementsPerMessageMax: 200_000,
  /** The years 1 to 9999, as google.protobuf.Timestamp demands. */
  timestampSecondsMin: -62_135_596_800,
  timestampSecondsMax: 253_402_300_799,
  timestampNanosMax: 999_999_999,
  /** Incoming nonces remembered, the oldest forgotten first. Pocket's own default. */
  noncesRememberedMax: 100_000,
} as const;

/** How many elements each repeated or map field may hold, by the field's full name. None may be missing. */
export const ELEMENTS_MAX: Readonly<Record<string, number>> = {
  '.core.Block.transactions': WIRE_LIMITS.transactionsPerBlockMax,
  '.core.BlockHeader.state_tree_hashes': WIRE_LIMITS.treeHashesPerHeaderMax,
  '.core.ValidatorSet.validators': WIRE_LIMITS.validatorsPerSetMax,
  '.consensus.ThresholdSignature.signatures': WIRE_LIMITS.signaturesPerCertificateMax,
  '.utility.MessageStake.chains': WIRE_LIMITS.chainsPerStakeMax,
  '.pocket_state_sync.v2.Blocks.blocks': WIRE_LIMITS.blocksPerRangeMax,
};

/** uint64 fields that are heights: above 2^53 - 1 they are HEIGHT_OUT_OF_RANGE. */
export const HEIGHT_FIELDS: ReadonlySet<string> = new Set([
  '.core.BlockHeader.height',
  '.consensus.QuorumCertificate.height',
  '.consensus.HotstuffMessage.height',
  '.consensus.StateSyncMetadataResponse.min_height',
  '.consensus.StateSyncMetadataResponse.max_height',
  '.consensus.GetBlockRequest.height',
  '.pocket_state_sync.v2.Metadata.min',
  '.pocket_state_sync.v2.Metadata.max',
  '.pocket_state_sync.v2.GetBlocks.from',
  '.pocket_state_sync.v2.GetBlocks.to',
  '.pocket_state_sync.v2.NoBlock.height',
]);

/** uint64 fields that may take all 64 bits. Every other one must be a safe integer. */
export const FULL_WIDTH_FIELDS: ReadonlySet<string> = new Set(['.pocket.PocketEnvelope.nonce']);
