import { createHash, randomBytes } from 'node:crypto';
import { formatPrivateKey, keyPairFromSeed, SEED_BYTES } from '../../validation/index.ts';
import { writeFields } from '../output.ts';
import { describeKey } from './key-description.ts';

export async function generateKey(options: { readonly seed?: string; readonly json: boolean }): Promise<void> {
  const seed =
    options.seed === undefined ? randomBytes(SEED_BYTES) : createHash('sha256').update(options.seed).digest();
  const keys = keyPairFromSeed(seed);
  writeFields({ ...(await describeKey(keys)), privateKey: formatPrivateKey(keys) }, options.json);
}
