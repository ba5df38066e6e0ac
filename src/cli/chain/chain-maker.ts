import { cp, mkdir } from 'node:fs/promises';
import { createChainBuilder, createTransactionSource } from '../../adapters/ledger/index.ts';
import type { Genesis } from '../../adapters/ledger/index.ts';
import { createLevelStore } from '../../adapters/level-store.ts';
import { createNodeCryptoVerifier, signWithNodeCrypto } from '../../adapters/node-crypto.ts';
import type { BlockCodec } from '../../node/ports.ts';
import type { SyncBlock } from '../../protocol/block.ts';
import type { KeyPair } from '../../validation/index.ts';
import { createPocketCodec } from '../../wire/index.ts';

export interface ChainMakerOptions {
  readonly genesis: Genesis;
  /** Where the blocks go. */
  readonly directory: string;
  /** Who certifies the blocks: more than two thirds of the genesis' validators. */
  readonly validatorKeys: readonly KeyPair[];
  /** Who sends coins to each other. */
  readonly accountKeys: readonly KeyPair[];
  readonly transactionsPerBlock: number;
  readonly seed: number;
}

/** Makes a chain into a LevelDB directory. It holds the validators' keys, and stands in for their consensus (HotPOKT). */
export interface ChainMaker {
  readonly codec: BlockCodec;
  next(): Promise<SyncBlock>;
  /** Copies the store as it is now. */
  copyTo(directories: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** @throws StateSyncError of the store; CERTIFICATE_NO_QUORUM from `next` when too few keys are known */
export async function createChainMaker(options: ChainMakerOptions): Promise<ChainMaker> {
  const { genesis, directory, validatorKeys, accountKeys, transactionsPerBlock, seed } = options;
  const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
  const network = { networkId: genesis.networkId, genesisHash: genesis.hash };
  const store = createLevelStore({ directory, codec, network });
  await store.open();
  const sign = signWithNodeCrypto;
  const signatures = createNodeCryptoVerifier();
  const builder = createChainBuilder({ genesis, validatorKeys, sign, signatures, store });
  const source = createTransactionSource({ seed, sign, accounts: accountKeys });
  return {
    codec,
    next: () => builder.next({ transactions: source.next(transactionsPerBlock) }),
    close: () => store.close(),
    async copyTo(directories) {
      // LevelDB's files are whole only while nobody has them open.
      await store.close();
      for (const copy of directories) {
        await mkdir(copy, { recursive: true });
        await cp(directory, copy, { recursive: true });
      }
      await store.open();
    },
  };
}
