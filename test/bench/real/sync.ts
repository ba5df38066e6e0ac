import type { ChildProcess } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { message, start, stop } from './child.ts';
import type { SyncFigures } from './node-process.ts';

export interface SyncOfAll extends SyncFigures {
  /** What the serving processes spent meanwhile, all together. */
  readonly servingCpuSeconds: number;
}

/** One process syncs the chain that lies in `chainDirectory` from so many others, each with a copy of it. */
export async function syncFrom(servers: number, chainDirectory: string, scratch: string): Promise<SyncOfAll> {
  const serving = Array.from({ length: servers }, (_, i) => {
    const directory = join(scratch, `served-by-${i + 1}-of-${servers}`);
    cpSync(chainDirectory, directory, { recursive: true });
    return start('node-process.ts', ['serve', directory]);
  });
  try {
    const addresses = await Promise.all(serving.map(message));
    await Promise.all(serving.map(cpuSecondsSince));
    const syncing = start('node-process.ts', [
      'sync',
      join(scratch, `synced-from-${servers}`),
      ...addresses.map(String),
    ]);
    try {
      const figures = (await message(syncing)) as SyncFigures;
      const spent = await Promise.all(serving.map(cpuSecondsSince));
      return { ...figures, servingCpuSeconds: spent.reduce((sum, seconds) => sum + seconds, 0) };
    } finally {
      await stop(syncing);
    }
  } finally {
    await Promise.all(serving.map(stop));
  }
}

/** CPU seconds of a serving process since it was asked last. */
async function cpuSecondsSince(child: ChildProcess): Promise<number> {
  child.send('how much');
  return Number(await message(child));
}
