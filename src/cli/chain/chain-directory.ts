import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createLevelStore } from '../../adapters/level-store.ts';
import type { StoreNetwork } from '../../adapters/level-store.ts';
import type { BlockStore } from '../../node/ports.ts';
import { DEFAULT_CONFIG } from '../../protocol/config.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { createPocketCodec } from '../../wire/index.ts';

/** Where `chain generate` puts the blocks in the directory it makes. */
export const BLOCKS_DIRECTORY = 'blocks';
/** Every LevelDB has this file. */
const LEVELDB_FILE = 'CURRENT';

/** The LevelDB in a directory: it itself, or its `blocks`. @throws StateSyncError STORE_FOREIGN */
export function storeDirectoryIn(directory: string): string {
  for (const candidate of [directory, join(directory, BLOCKS_DIRECTORY)]) {
    if (existsSync(join(candidate, LEVELDB_FILE))) return candidate;
  }
  throw new StateSyncError('STORE_FOREIGN', `there is no block store in ${directory}`);
}

/** @throws StateSyncError STORE_LOCKED, STORE_CORRUPT, STORE_FOREIGN, STORE_FAILED */
export async function openChain(
  directory: string,
  network: StoreNetwork,
  blockBytesMax: number = DEFAULT_CONFIG.blockBytesMax,
): Promise<BlockStore> {
  const store = createLevelStore({ directory, codec: createPocketCodec({ blockBytesMax }), network });
  await store.open();
  return store;
}
