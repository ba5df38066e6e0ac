import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { StateSyncError } from '../../protocol/errors.ts';
import type { KeyPair } from '../../validation/index.ts';
import { parsePrivateKey } from '../../validation/index.ts';

/** Reads a private key from a file, or with `-` from standard input. @throws StateSyncError KEY_INVALID */
export async function readKey(path: string): Promise<KeyPair> {
  return parsePrivateKey((await contentOf(path)).trim());
}

async function contentOf(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateSyncError('KEY_INVALID', `cannot read the private key: ${reason}`, { cause });
  }
}
