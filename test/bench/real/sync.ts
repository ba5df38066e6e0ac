import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { message, start, stop } from './child.ts';
import type { SyncFigures } from './node-process.ts';

/** One process syncs the chain that lies in `chainDirectory` from so many others, each with a copy of it. */
export async function syncFrom(servers: number, chainDirectory: string, scratch: string): Promise<SyncFigures> {
  const serving = Array.from({ length: servers }, (_, i) => {
    const directory = join(scratch, `served-by-${i + 1}-of-${servers}`);
    cpSync(chainDirectory, directory, { recursive: true });
    return start('node-process.ts', ['serve', directory]);
  });
  try {
    const addresses = await Promise.all(serving.map(message));
    const syncing = start('node-process.ts', [
      'sync',
      join(scratch, `synced-from-${servers}`),
      ...addresses.map(String),
    ]);
    try {
      return (await message(syncing)) as SyncFigures;
    } finally {
      await stop(syncing);
    }
  } finally {
    await Promise.all(serving.map(stop));
  }
}
