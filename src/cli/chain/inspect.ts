import { readStoreNetwork } from '../../adapters/level-network.ts';
import type { BlockStore } from '../../node/ports.ts';
import { blockOf } from '../../wire/index.ts';
import type { InspectOptions } from './options.ts';
import { writeFields } from '../output.ts';
import { describeBlock, linesOf } from './block-description.ts';
import { openChain, storeDirectoryIn } from './chain-directory.ts';

/** @throws StateSyncError STORE_FOREIGN, STORE_LOCKED, STORE_CORRUPT, BLOCK_NOT_STORED */
export async function inspectChain(directory: string, options: InspectOptions): Promise<void> {
  const storeDirectory = storeDirectoryIn(directory);
  const network = await readStoreNetwork(storeDirectory);
  const store = await openChain(storeDirectory, network);
  try {
    if ((options.height ?? options.from ?? options.to) === undefined) {
      const { minHeight, maxHeight } = store.range();
      const stateHash = maxHeight === 0 ? '' : (await store.read(maxHeight)).id;
      writeFields({ ...network, minHeight, maxHeight, stateHash }, options.json);
    } else {
      await writeBlocks(store, options);
    }
  } finally {
    await store.close();
  }
}

async function writeBlocks(store: BlockStore, options: InspectOptions): Promise<void> {
  const range = store.range();
  const from = options.height ?? options.from ?? range.minHeight;
  const to = options.height ?? options.to ?? range.maxHeight;
  for (let height = from; height <= to; height += 1) {
    const description = describeBlock(blockOf(await store.read(height)));
    process.stdout.write(options.json ? `${JSON.stringify(description)}\n` : `${linesOf(description).join('\n')}\n\n`);
  }
}
