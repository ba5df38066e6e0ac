import { writeFields } from '../output.ts';
import { describeKey } from './key-description.ts';
import { readKey } from './read-key.ts';

/** Tells what may be known of a private key; never the key itself. */
export async function showKey(path: string, options: { readonly json: boolean }): Promise<void> {
  writeFields({ ...(await describeKey(await readKey(path))) }, options.json);
}
