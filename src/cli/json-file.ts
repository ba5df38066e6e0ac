import { readFile } from 'node:fs/promises';
import type { ErrorCode } from '../protocol/errors.ts';
import { StateSyncError } from '../protocol/errors.ts';

/** Reads a JSON file. @throws StateSyncError `missing` when it cannot be read, `invalid` when it is not JSON */
export async function readJsonFile(
  what: string,
  path: string,
  missing: ErrorCode,
  invalid: ErrorCode,
): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateSyncError(missing, `cannot read the ${what} ${path}: ${reason}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateSyncError(invalid, `the ${what} ${path} is not JSON: ${reason}`, { cause });
  }
}
