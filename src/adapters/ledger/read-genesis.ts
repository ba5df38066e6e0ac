import { readFile } from 'node:fs/promises';
import { StateSyncError } from '../../protocol/errors.ts';
import { parseGenesis, type Genesis } from './genesis.ts';

/**
 * Reads a genesis file in Pocket's format.
 * @throws StateSyncError GENESIS_MISSING, GENESIS_INVALID
 */
export async function readGenesis(path: string): Promise<Genesis> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateSyncError('GENESIS_MISSING', `cannot read the genesis file ${path}: ${reason}`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new StateSyncError('GENESIS_INVALID', `the genesis file ${path} is not JSON`, { cause });
  }
  return parseGenesis(json);
}
