import { bytesToHex } from '@noble/hashes/utils.js';
import type { BlockStore, Executor } from '../../../src/node/ports.ts';
import type { SyncBlock } from '../../../src/protocol/block.ts';
import { createChainBuilder, type ChainBuilder } from '../../../src/adapters/ledger/chain-builder.ts';
import { makeGenesis } from '../../../src/adapters/ledger/genesis-file.ts';
import { parseGenesis, type Genesis } from '../../../src/adapters/ledger/genesis.ts';
import { createLedger } from '../../../src/adapters/ledger/ledger.ts';
import { seededKeys } from '../../../src/adapters/ledger/seeded-keys.ts';
import { createTransactionSource } from '../../../src/adapters/ledger/transactions.ts';
import { createMemoryStore } from '../../../src/adapters/memory-store.ts';
import { createNodeCryptoVerifier, signWithNodeCrypto } from '../../../src/adapters/node-crypto.ts';
import type { KeyPair } from '../../../src/validation/keys.ts';

/** A little network: four validators, five accounts and two candidates with a hundred trillion each. */
export const validators = seededKeys('validator', 4);
export const accounts = seededKeys('account', 5);
export const candidates = seededKeys('candidate', 2);
export const FUNDS = 100_000_000_000_000n;
export const sign = signWithNodeCrypto;
export const signatures = createNodeCryptoVerifier();
export const genesis = genesisWith({ validator_unstaking_blocks: 3 });

export function genesisWith(params: Readonly<Record<string, string | number>>): Genesis {
  return parseGenesis(
    makeGenesis({
      networkId: 'localnet',
      validators: validators.map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) })),
      accounts: [...accounts, ...candidates].map(({ address }) => ({ address, amount: FUNDS })),
      params,
    }),
  );
}

export function newBuilder(of: Genesis = genesis, validatorKeys: readonly KeyPair[] = validators): ChainBuilder {
  return createChainBuilder({ genesis: of, validatorKeys: [...validatorKeys, ...candidates], sign, signatures });
}

/** A chain with random transactions, stakes and unstakes among them. */
export async function randomChain(seed: number, blockCount: number, of: Genesis = genesis): Promise<SyncBlock[]> {
  const builder = newBuilder(of);
  const source = createTransactionSource({ seed, sign, accounts, candidates });
  const blocks: SyncBlock[] = [];
  for (let index = 0; index < blockCount; index += 1) {
    blocks.push(await builder.next({ transactions: source.next((seed + index) % 7) }));
  }
  return blocks;
}

export async function openLedger(store?: BlockStore, of: Genesis = genesis): Promise<Executor> {
  const ledger = createLedger({ genesis: of, signatures });
  await ledger.open(store ?? (await emptyStore()));
  return ledger;
}

export async function emptyStore(): Promise<BlockStore> {
  const store = createMemoryStore();
  await store.open();
  return store;
}
