import { StateSyncError } from '../protocol/errors.ts';
import { openDatabase } from './level-database.ts';
import { META_KEY, networkOf, type StoreNetwork } from './level-meta.ts';

/**
 * Which chain the store in a directory is of, for tools that are not told. The directory must exist.
 * @throws StateSyncError STORE_FOREIGN when there is no store; STORE_LOCKED, STORE_CORRUPT, STORE_FAILED
 */
export async function readStoreNetwork(directory: string): Promise<StoreNetwork> {
  const { level, meta } = await openDatabase(directory);
  try {
    const text = await meta.get(META_KEY);
    if (text === undefined) throw new StateSyncError('STORE_FOREIGN', `${directory} is not a store of this package`);
    return networkOf(text, directory);
  } finally {
    await level.close();
  }
}
