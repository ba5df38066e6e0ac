import { bytesToHex } from '@noble/hashes/utils.js';
import {
  createChainBuilder,
  createTransactionSource,
  makeGenesis,
  parseGenesis,
  seededKeys,
} from '../../src/adapters/ledger/index.ts';
import type { Genesis } from '../../src/adapters/ledger/index.ts';
import { createNodeCryptoVerifier, signWithNodeCrypto as sign } from '../../src/adapters/node-crypto.ts';
import type { SyncBlock } from '../../src/index.ts';

export interface SampleChain {
  readonly genesis: Genesis;
  readonly blocks: readonly SyncBlock[];
}

/** Four validators, all of whom sign; the same number of transactions in each block. */
export async function sampleChain(blockCount: number, transactionsPerBlock: number): Promise<SampleChain> {
  const keys = seededKeys('bench', 8);
  const validators = keys.slice(0, 4).map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) }));
  const accounts = keys.map(({ address }) => ({ address, amount: 1_000_000_000_000n }));
  const genesis = parseGenesis(makeGenesis({ networkId: 'bench', validators, accounts }));
  const signatures = createNodeCryptoVerifier();
  const builder = createChainBuilder({ genesis, validatorKeys: keys, sign, signatures });
  const source = createTransactionSource({ seed: 1, sign, accounts: keys });
  const blocks: SyncBlock[] = [];
  while (blocks.length < blockCount) {
    blocks.push(await builder.next({ transactions: source.next(transactionsPerBlock) }));
  }
  return { genesis, blocks };
}
