import type { ClassicLevel } from 'classic-level';
import { StateSyncError } from '../protocol/errors.ts';
import { prepareDirectory } from './level-directory.ts';
import { toStoreError } from './level-errors.ts';

/** An open LevelDB with the namespaces of a block store. */
export type LevelDatabase = Awaited<ReturnType<typeof openDatabase>>;

/**
 * Opens or makes the database.
 * @throws StateSyncError DEPENDENCY_MISSING, STORE_LOCKED, STORE_CORRUPT, STORE_FOREIGN, STORE_DISK_FULL, STORE_FAILED
 */
export async function openDatabase(directory: string) {
  const Level = await loadClassicLevel();
  await prepareDirectory(directory);
  const level: ClassicLevel = new Level(directory);
  try {
    await level.open();
  } catch (error) {
    throw toStoreError(error, directory, 'opening the store');
  }
  return {
    level,
    /** By height, as in Pocket's block store: the key is the little-endian uint64 height, the value the Block. */
    blocks: level.sublevel<Uint8Array, Uint8Array>('block', { keyEncoding: 'view', valueEncoding: 'view' }),
    /** The executor's entries. */
    state: level.sublevel<string, Uint8Array>('state', { keyEncoding: 'utf8', valueEncoding: 'view' }),
    /** The store's own record, under one key. */
    meta: level.sublevel('meta', { keyEncoding: 'utf8', valueEncoding: 'utf8' }),
  };
}

/** The package is optional: only who uses this adapter needs it. */
async function loadClassicLevel(): Promise<typeof ClassicLevel> {
  try {
    return (await import('classic-level')).ClassicLevel;
  } catch (error) {
    const message = 'the LevelDB block store needs a package that cannot be loaded; run: npm install classic-level@3';
    throw new StateSyncError('DEPENDENCY_MISSING', message, { cause: error });
  }
}

/** Pocket's key of a block. */
export function blockKey(height: number): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, BigInt(height), true);
  return key;
}
