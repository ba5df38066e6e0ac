import { bytesToHex } from '@noble/hashes/utils.js';
import type { SyncBlock } from '../../protocol/block.ts';
import type { BlockFaultCode } from '../../protocol/errors.ts';
import type { KeyPair, SignMessage } from '../../validation/keys.ts';
import { blockOf, createPocketBlock, toSyncBlock } from '../../wire/blocks.ts';
import type { BlockContent, BlockHeader, PocketBlock } from '../../wire/blocks.ts';
import { decodeCertificate, encodeCertificate, HOTSTUFF_STEP } from '../../wire/hotstuff.ts';
import type { PartialSignature, QuorumCertificate } from '../../wire/hotstuff.ts';
import { certify, withCertificate } from './certify.ts';
import { seededKeys } from './seeded-keys.ts';

/** What some of the ways need: a quorum that is at fault itself. */
export interface TamperKeys {
  /** The keys of the validators that certify the block's height. */
  readonly validators: readonly KeyPair[];
  readonly sign: SignMessage;
}

export interface TamperWay {
  /** What was done to the block. */
  readonly what: string;
  /** What an honest node finds wrong with it. */
  readonly fault: BlockFaultCode;
  /** Only executing the block finds it. */
  readonly needsExecution?: true;
  readonly spoil: (block: PocketBlock, keys: TamperKeys) => PocketBlock;
}

const WAYS = {
  stateHash: {
    what: 'another state hash in the header',
    fault: 'CERTIFICATE_UNBOUND',
    spoil: (block) => withHeader(block, { stateHash: otherHash(block.header.stateHash) }),
  },
  prevStateHash: {
    what: 'another parent in the header',
    fault: 'PREV_HASH_MISMATCH',
    spoil: (block) => withHeader(block, { prevStateHash: otherHash(block.header.prevStateHash) }),
  },
  networkId: {
    what: 'the block of another network',
    fault: 'NETWORK_MISMATCH',
    spoil: (block) => withHeader(block, { networkId: `${block.header.networkId}-other` }),
  },
  proposer: {
    what: 'a proposer who is no validator',
    fault: 'VALIDATOR_SET_MISMATCH',
    spoil: (block) => withHeader(block, { proposerAddress: new Uint8Array(20) }),
  },
  valSetHash: {
    what: 'the hash of another validator set',
    fault: 'VALIDATOR_SET_MISMATCH',
    spoil: (block) => withHeader(block, { valSetHash: otherHash(block.header.valSetHash) }),
  },
  nextValSetHash: {
    what: 'the hash of another next validator set, which no certificate binds',
    fault: 'VALIDATOR_SET_MISMATCH',
    needsExecution: true,
    spoil: (block) => withHeader(block, { nextValSetHash: otherHash(block.header.nextValSetHash) }),
  },
  droppedTransactions: {
    what: 'its transactions left out, or one put in if it had none',
    fault: 'CERTIFICATE_UNBOUND',
    spoil: ({ header, transactions }) =>
      createPocketBlock({ header, transactions: transactions.length === 0 ? [Uint8Array.of(1)] : [] }),
  },
  noCertificate: {
    what: 'no certificate',
    fault: 'CERTIFICATE_MISSING',
    spoil: (block) => withCertificate(block, new Uint8Array()),
  },
  garbageCertificate: {
    what: 'a certificate that is garbage',
    fault: 'CERTIFICATE_MALFORMED',
    spoil: (block) => withCertificate(block, new Uint8Array(64).fill(0xff)),
  },
  wrongStep: {
    what: 'a good certificate of step PRECOMMIT',
    fault: 'CERTIFICATE_WRONG_STEP',
    spoil: (block, { validators, sign }) =>
      certify(block, { signers: validators, sign, step: HOTSTUFF_STEP.precommit }),
  },
  otherHeight: {
    what: 'a good certificate of another height',
    fault: 'CERTIFICATE_UNBOUND',
    spoil: (block, { validators, sign }) =>
      certify(block, { signers: validators, sign, height: block.header.height + 1 }),
  },
  foreignSigners: {
    what: 'signed by people who are no validators',
    fault: 'CERTIFICATE_FOREIGN_SIGNER',
    spoil: (block, { validators, sign }) =>
      certify(block, { signers: seededKeys('foreign signer', validators.length), sign }),
  },
  repeatedSigner: {
    what: 'one validator signed as often as it takes',
    fault: 'CERTIFICATE_REPEATED_SIGNER',
    spoil: (block) => withSignatures(block, ([first, ...rest]) => (first ? [first, ...rest.map(() => first)] : [])),
  },
  badSignature: {
    what: 'a bit of a signature flipped',
    fault: 'CERTIFICATE_BAD_SIGNATURE',
    spoil: (block) => withSignatures(block, (signatures) => changeFirst(signatures, flipBit)),
  },
  malleatedSignature: {
    what: 'a signature with S + L instead of S',
    fault: 'CERTIFICATE_BAD_SIGNATURE',
    spoil: (block) => withSignatures(block, (signatures) => changeFirst(signatures, addGroupOrder)),
  },
  fewSigners: {
    what: 'exactly two thirds signed, or fewer',
    fault: 'CERTIFICATE_NO_QUORUM',
    spoil: (block, { validators }) =>
      withSignatures(block, (signatures) => signatures.slice(0, Math.floor((2 * validators.length) / 3))),
  },
  certifiedStateHash: {
    what: 'a wrong state hash that a faulty quorum certified',
    fault: 'INVALID_STATE_HASH',
    needsExecution: true,
    spoil: (block, { validators, sign }) =>
      certify(withHeader(block, { stateHash: otherHash(block.header.stateHash) }), { signers: validators, sign }),
  },
  certifiedTransaction: {
    what: 'a transaction nobody signed that a faulty quorum certified',
    fault: 'INVALID_TRANSACTION',
    needsExecution: true,
    spoil: ({ header, transactions }, { validators, sign }) =>
      certify({ header, transactions: [...transactions, Uint8Array.of(0x12, 1, 0x31)] }, { signers: validators, sign }),
  },
} satisfies Record<string, TamperWay>;

export type TamperName = keyof typeof WAYS;

/** The ways to spoil a good block, by name. For lying peers in demos and tests. */
export const TAMPER_WAYS: Readonly<Record<TamperName, TamperWay>> = WAYS;

/** A spoiled copy; the block itself stays as it is. */
export function tamper(block: SyncBlock, name: TamperName, keys: TamperKeys): SyncBlock {
  return toSyncBlock(TAMPER_WAYS[name].spoil(blockOf(block), keys));
}

function withHeader({ header, transactions }: BlockContent, changed: Partial<BlockHeader>): PocketBlock {
  return createPocketBlock({ header: { ...header, ...changed }, transactions });
}

/** A hash that looks as good, and differs in its first digit. */
function otherHash(hash: string): string {
  return `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1)}`;
}

type ChangeSignatures = (signatures: readonly PartialSignature[]) => readonly PartialSignature[];

function withSignatures(block: PocketBlock, change: ChangeSignatures): PocketBlock {
  const certificate: QuorumCertificate = decodeCertificate(block.header.quorumCertificate, block.encoded.length);
  const signatures = change(certificate.signatures);
  return withCertificate(block, encodeCertificate({ ...certificate, signatures }));
}

function changeFirst(
  [first, ...rest]: readonly PartialSignature[],
  change: (signature: Uint8Array) => Uint8Array,
): PartialSignature[] {
  return first === undefined ? [] : [{ ...first, signature: change(first.signature) }, ...rest];
}

function flipBit(signature: Uint8Array): Uint8Array {
  return signature.map((byte, index) => (index === 0 ? byte ^ 1 : byte));
}

/** The order of ed25519's group: S and S + L are the same to a verifier that does not compare S with L. */
const GROUP_ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const SCALAR_OFFSET = 32;

function addGroupOrder(signature: Uint8Array): Uint8Array {
  const scalar = BigInt(`0x${bytesToHex(signature.slice(SCALAR_OFFSET).reverse())}`);
  let rest = scalar + GROUP_ORDER;
  return signature.map((byte, index) => {
    if (index < SCALAR_OFFSET) return byte;
    const digit = Number(rest & 0xffn);
    rest >>= 8n;
    return digit;
  });
}
