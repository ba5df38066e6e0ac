import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { signWithNodeCrypto } from '../../src/adapters/node-crypto.ts';
import type { ChainTip } from '../../src/node/ports.ts';
import type { ValidatorIdentity } from '../../src/protocol/block.ts';
import { validatorSetHash } from '../../src/validation/hashes.ts';
import { keyPairFromSeed } from '../../src/validation/keys.ts';
import type { KeyPair } from '../../src/validation/keys.ts';
import { EMPTY_HEADER, createPocketBlock } from '../../src/wire/blocks.ts';
import type { BlockContent, PocketBlock } from '../../src/wire/blocks.ts';
import { HOTSTUFF_STEP, encodeCertificate, voteBytes } from '../../src/wire/hotstuff.ts';
import type { PartialSignature, QuorumCertificate } from '../../src/wire/hotstuff.ts';

/** Blocks with real certificates, and the means to forge them in one place at a time. */

export const NETWORK_ID = 'testnet';

/** Keys that are the same in every run. */
export function keysOf(count: number, name = 'validator'): KeyPair[] {
  return Array.from({ length: count }, (_, index) => {
    const seed = new Uint8Array(32);
    seed.set(utf8ToBytes(`${name} ${String(index)}`));
    return keyPairFromSeed(seed);
  });
}

export function identitiesOf(keys: readonly KeyPair[]): ValidatorIdentity[] {
  return keys.map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) }));
}

export function tipOf(keys: readonly KeyPair[], height = 4): ChainTip {
  return { height, stateHash: stateHashOf(height), validators: identitiesOf(keys) };
}

export function stateHashOf(height: number): string {
  return height.toString(16).padStart(64, 'e');
}

/** The block after `parent` as its proposer, the first key, made it. */
export function votedBlock(keys: readonly KeyPair[], parent: ChainTip, transactions = TRANSACTIONS): BlockContent {
  const [proposer] = keys;
  const header = {
    ...EMPTY_HEADER,
    height: parent.height + 1,
    networkId: NETWORK_ID,
    stateHash: stateHashOf(parent.height + 1),
    prevStateHash: parent.stateHash,
    proposerAddress: hexToBytes(proposer?.address ?? ''),
    valSetHash: validatorSetHash(parent.validators),
  };
  return { header, transactions };
}

const TRANSACTIONS: readonly Uint8Array[] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4), Uint8Array.of(5, 6)];

export function signatureBy(keys: KeyPair, vote: Omit<QuorumCertificate, 'signatures'>): PartialSignature {
  return { signature: signWithNodeCrypto(voteBytes(vote), keys), address: keys.address };
}

/** A commit certificate of `block`, signed by `signers`. */
export function certificateOf(
  block: BlockContent,
  signers: readonly KeyPair[],
  overrides: Partial<QuorumCertificate> = {},
): QuorumCertificate {
  const vote = { height: block.header.height, round: 1, step: HOTSTUFF_STEP.commit, block, ...overrides };
  return { signatures: signers.map((keys) => signatureBy(keys, vote)), ...vote };
}

/** The block as it is served: its header rebuilt by whoever serves it, the certificate in it. */
export function servedBlock(block: BlockContent, certificate: QuorumCertificate | Uint8Array): PocketBlock {
  const quorumCertificate = certificate instanceof Uint8Array ? certificate : encodeCertificate(certificate);
  const timestamp = { seconds: 1_700_000_000, nanos: 1 };
  return createPocketBlock({ ...block, header: { ...block.header, quorumCertificate, timestamp } });
}

/** The valid block after `parent`, certified by all of `keys`. */
export function certifiedBlock(keys: readonly KeyPair[], parent: ChainTip): PocketBlock {
  const voted = votedBlock(keys, parent);
  return servedBlock(voted, certificateOf(voted, keys));
}
