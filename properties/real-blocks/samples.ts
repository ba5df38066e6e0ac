import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { signWithNodeCrypto } from '../../src/adapters/node-crypto.ts';
import { certify } from '../../src/adapters/ledger/certify.ts';
import type { ChainTip } from '../../src/node/ports.ts';
import { validatorSetHash } from '../../src/validation/hashes.ts';
import { keyPairFromSeed } from '../../src/validation/keys.ts';
import type { KeyPair } from '../../src/validation/keys.ts';
import { createPocketBlock, EMPTY_HEADER } from '../../src/wire/blocks.ts';
import type { BlockContent, PocketBlock } from '../../src/wire/blocks.ts';
import type { Random } from '../simulation/random.ts';

export const NETWORK_ID = 'real-blocks';
export const BLOCK_BYTES_MAX = 100_000;
const KEYS_MAX = 7;

/** A block that validators really certified, and what it stands on. */
export interface Sample {
  readonly parent: ChainTip;
  /** Of the set that certifies the block. */
  readonly keys: readonly KeyPair[];
  /** As its proposer made it. */
  readonly voted: BlockContent;
  /** As an honest peer serves it, its header rebuilt as Pocket's nodes do when they commit. */
  readonly served: PocketBlock;
}

const known = new Map<string, KeyPair>();
const KNOWN_MAX = 200;

/** The same keys for the same name. */
export function keysOf(count: number, name: string): readonly KeyPair[] {
  return Array.from({ length: count }, (_, i) => {
    const label = `${name} ${i}`;
    const keys = known.get(label) ?? keysOfLabel(label);
    if (known.size < KNOWN_MAX) known.set(label, keys);
    return keys;
  });
}

function keysOfLabel(label: string): KeyPair {
  const seed = new Uint8Array(32);
  seed.set(utf8ToBytes(label));
  return keyPairFromSeed(seed);
}

export function drawSample(random: Random): Sample {
  const keys = keysOf(random.whole(1, KEYS_MAX), 'validator');
  const parent: ChainTip = {
    height: random.whole(0, 1_000_000),
    stateHash: drawHash(random),
    validators: keys.map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) })),
  };
  const voted: BlockContent = {
    header: {
      ...EMPTY_HEADER,
      height: parent.height + 1,
      networkId: NETWORK_ID,
      stateHash: drawHash(random),
      prevStateHash: parent.stateHash,
      proposerAddress: hexToBytes(random.pick(keys).address),
      valSetHash: validatorSetHash(parent.validators),
    },
    transactions: Array.from({ length: random.whole(2, 5) }, (_, i) =>
      drawBytes(random, 1 + i + random.whole(0, 9) * 6),
    ),
  };
  const quorum = Math.floor((2 * keys.length) / 3) + 1;
  const signers = random.sample(keys, random.whole(quorum, keys.length));
  return { parent, keys, voted, served: serve(certifiedBy(voted, signers)) };
}

/** Signs whatever it is given. */
export function certifiedBy(
  content: BlockContent,
  signers: readonly KeyPair[],
  more: { readonly step?: number; readonly height?: number } = {},
): PocketBlock {
  return certify(content, { signers, sign: signWithNodeCrypto, round: 1, ...more });
}

function serve({ header, transactions }: PocketBlock): PocketBlock {
  const timestamp = { seconds: 1_700_000_000, nanos: 1 };
  const rebuilt = { timestamp, stateTreeHashes: new Map([['root', 'ab']]), nextValSetHash: header.valSetHash };
  return createPocketBlock({ header: { ...header, ...rebuilt }, transactions });
}

export function drawHash(random: Random): string {
  return bytesToHex(drawBytes(random, 32));
}

export function drawBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.whole(0, 255));
}
