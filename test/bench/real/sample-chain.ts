import { bytesToHex } from '@noble/hashes/utils.js';
import {
  createChainBuilder,
  createTransactionSource,
  makeGenesis,
  parseGenesis,
  seededKeys,
} from '../../../src/adapters/ledger/index.ts';
import type { Genesis } from '../../../src/adapters/ledger/index.ts';
import { createNodeCryptoVerifier, signWithNodeCrypto as sign } from '../../../src/adapters/node-crypto.ts';
import type { SyncBlock } from '../../../src/index.ts';

export interface SampleChain {
  readonly genesis: Genesis;
  readonly blocks: readonly SyncBlock[];
}

const ACCOUNTS = 8;
const VALIDATORS = 4;

/** The genesis of every sample chain: the same in each process. */
export function sampleGenesis(): Genesis {
  const keys = sampleKeys();
  const validators = keys
    .slice(0, VALIDATORS)
    .map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) }));
  const accounts = keys.map(({ address }) => ({ address, amount: 1_000_000_000_000n }));
  return parseGenesis(makeGenesis({ networkId: 'bench', validators, accounts }));
}

function sampleKeys() {
  return seededKeys('bench', ACCOUNTS);
}

/** Four validators, all of whom sign; the same number of transactions in each block. */
export async function sampleChain(blockCount: number, transactionsPerBlock: number): Promise<SampleChain> {
  const keys = sampleKeys();
  const genesis = sampleGenesis();
  const signatures = createNodeCryptoVerifier();
  const builder = createChainBuilder({ genesis, validatorKeys: keys, sign, signatures });
  const source = createTransactionSource({ seed: 1, sign, accounts: keys });
  const blocks: SyncBlock[] = [];
  while (blocks.length < blockCount) {
    blocks.push(await builder.next({ transactions: source.next(transactionsPerBlock) }));
  }
  return { genesis, blocks };
}

export function averageBytes({ blocks }: SampleChain): number {
  return Math.round(blocks.reduce((sum, { bytes }) => sum + bytes, 0) / blocks.length);
}
