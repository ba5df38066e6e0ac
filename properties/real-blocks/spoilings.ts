import { hexToBytes } from '@noble/hashes/utils.js';
import { signWithNodeCrypto } from '../../src/adapters/node-crypto.ts';
import { withCertificate } from '../../src/adapters/ledger/certify.ts';
import { TAMPER_WAYS } from '../../src/adapters/ledger/tamper.ts';
import { createPocketBlock } from '../../src/wire/blocks.ts';
import type { BlockContent, BlockHeader, PocketBlock } from '../../src/wire/blocks.ts';
import { decodeCertificate, encodeCertificate } from '../../src/wire/hotstuff.ts';
import type { QuorumCertificate } from '../../src/wire/hotstuff.ts';
import type { Random } from '../simulation/random.ts';
import { BLOCK_BYTES_MAX, certifiedBy, drawHash, keysOf } from './samples.ts';
import type { Sample } from './samples.ts';

/** One way to make a certified block one that must be refused; null where the sample does not allow it. */
export interface Spoiling {
  readonly name: string;
  readonly spoil: (sample: Sample, random: Random) => PocketBlock | null;
}

/** Those of the ledger's liars that need no execution to be found out. */
const TAMPERED: readonly Spoiling[] = Object.entries(TAMPER_WAYS)
  .filter(([, way]) => !('needsExecution' in way))
  .map(([name, { spoil }]) => ({
    name,
    spoil: ({ served, keys }) => spoil(served, { validators: keys, sign: signWithNodeCrypto }),
  }));

export const SPOILINGS: readonly Spoiling[] = [
  ...TAMPERED,
  {
    name: 'a certificate of every other step',
    spoil: ({ voted, keys }, random) => certifiedBy(voted, keys, { step: random.pick([0, 1, 2, 3, 5]) }),
  },
  {
    name: 'the certificate of another block of this height',
    spoil: ({ voted, served, keys }, random) => {
      const other = certifiedBy(withHeader(voted, { stateHash: drawHash(random) }), keys);
      return withHeader(served, { quorumCertificate: other.header.quorumCertificate });
    },
  },
  {
    name: 'the certificate of the block before',
    spoil: ({ voted, served, keys }) => {
      const height = voted.header.height - 1;
      if (height < 1) return null;
      const before = certifiedBy(withHeader(voted, { height }), keys);
      return withHeader(served, { quorumCertificate: before.header.quorumCertificate });
    },
  },
  {
    name: 'another of the validators as proposer',
    spoil: ({ served, keys }) => {
      const other = keys.find(({ address }) => !sameBytes(hexToBytes(address), served.header.proposerAddress));
      return other === undefined ? null : withHeader(served, { proposerAddress: hexToBytes(other.address) });
    },
  },
  {
    name: 'its transactions in another order',
    spoil: ({ served: { header, transactions } }) => {
      const [first, ...rest] = transactions;
      if (first === undefined || rest.every((each) => sameBytes(each, first))) return null;
      return createPocketBlock({ header, transactions: [...rest, first] });
    },
  },
  {
    name: 'one transaction changed',
    spoil: ({ served: { header, transactions } }) => {
      return createPocketBlock({ header, transactions: transactions.map((each, i) => (i === 0 ? flip(each) : each)) });
    },
  },
  {
    name: 'the last of more signatures than it takes is bad',
    spoil: ({ voted, keys }) => {
      const all = certifiedBy(voted, keys);
      return withCertified(all, ({ signatures }) => ({
        signatures: signatures.map((each, i) => {
          return i === signatures.length - 1 ? { ...each, signature: flip(each.signature) } : each;
        }),
      }));
    },
  },
  {
    name: 'a stranger signed too',
    spoil: ({ voted, keys }) => certifiedBy(voted, [...keys, ...keysOf(1, 'stranger')]),
  },
  {
    name: 'a signature twice',
    spoil: ({ served }) =>
      withCertified(served, ({ signatures }) => ({ signatures: [...signatures, ...signatures.slice(0, 1)] })),
  },
  {
    name: 'signatures of one validator under the addresses of others',
    spoil: ({ served, keys }) => {
      if (keys.length < 2) return null;
      return withCertified(served, ({ signatures }) => ({
        signatures: signatures.map((each) => ({ ...each, signature: signatures[0]?.signature ?? each.signature })),
      }));
    },
  },
  {
    name: 'certified by the validators of later, under the hash of the present ones',
    spoil: ({ voted, keys }) => certifiedBy(voted, keysOf(keys.length, 'later')),
  },
  {
    name: 'a certificate with more in it than a certificate',
    spoil: ({ served }) => {
      // Field 99, of bytes.
      const more = Uint8Array.of(0x9a, 0x06, 2, 1, 2);
      return withCertificate(served, Uint8Array.of(...served.header.quorumCertificate, ...more));
    },
  },
  {
    name: 'larger than max_block_bytes, and certified',
    spoil: ({ voted, keys }, random) => {
      const transactions = [...voted.transactions, new Uint8Array(BLOCK_BYTES_MAX).fill(random.whole(0, 255))];
      return certifiedBy({ header: voted.header, transactions }, keys);
    },
  },
  {
    name: 'of a height that does not follow, and certified',
    spoil: ({ voted, keys }, random) => {
      return certifiedBy(withHeader(voted, { height: voted.header.height + random.whole(1, 3) }), keys);
    },
  },
];

function withHeader({ header, transactions }: BlockContent, changed: Partial<BlockHeader>): PocketBlock {
  return createPocketBlock({ header: { ...header, ...changed }, transactions });
}

function withCertified(
  block: PocketBlock,
  change: (certificate: QuorumCertificate) => Partial<QuorumCertificate>,
): PocketBlock {
  const certificate = decodeCertificate(block.header.quorumCertificate, block.encoded.length);
  return withCertificate(block, encodeCertificate({ ...certificate, ...change(certificate) }));
}

function flip(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
