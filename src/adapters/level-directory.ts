import { mkdir, readdir } from 'node:fs/promises';
import { StateSyncError } from '../protocol/errors.ts';

/** What LevelDB may leave behind when it is killed while it makes a new database. */
const FIRST_FILES = /^(LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.dbtmp)$/;
const DATA_FILES = /^\d+\.(log|ldb|sst)$/;

/**
 * Makes the directory when it is missing and refuses one that is not LevelDB's, before LevelDB is let near it: it would
 * start anew over the data of a database that lost its CURRENT file, and between somebody's own files.
 * @throws StateSyncError STORE_FOREIGN, STORE_CORRUPT, STORE_FAILED
 */
export async function prepareDirectory(directory: string): Promise<void> {
  const names = await namesIn(directory);
  if (names.length === 0 || names.includes('CURRENT')) return;
  if (names.some((name) => DATA_FILES.test(name))) {
    throw new StateSyncError('STORE_CORRUPT', `${directory} has data files, but its file CURRENT is missing`);
  }
  const foreign = names.find((name) => !FIRST_FILES.test(name));
  if (foreign !== undefined) {
    throw new StateSyncError('STORE_FOREIGN', `${directory} is not a block store: it holds "${foreign}"`);
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    await mkdir(directory, { recursive: true });
    return await readdir(directory);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') throw new StateSyncError('STORE_FOREIGN', `${directory} is a file`, { cause: error });
    const reason = error instanceof Error ? error.message : String(error);
    const kind = code === 'ENOSPC' ? 'STORE_DISK_FULL' : 'STORE_FAILED';
    throw new StateSyncError(kind, `cannot use the directory ${directory}: ${reason}`, { cause: error });
  }
}
