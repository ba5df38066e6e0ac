import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import type { BlockStore } from '../../src/node/ports.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { genesis, openLedger, randomChain } from './ledger/localnet.ts';

const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
const network = { networkId: genesis.networkId, genesisHash: genesis.hash };
const chain = await randomChain(45, 16);

let root: string;
let whole: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'level-damage-'));
  whole = join(root, 'whole');
  const store = createLevelStore({ directory: whole, codec, network });
  await store.open();
  const ledger = await openLedger(store);
  for (const block of chain) {
    await ledger.apply(block);
    await store.commit([block], ledger.changes(block.height));
    ledger.committed(block.height);
  }
  await store.close();
});
afterAll(() => rm(root, { recursive: true }));

/** Opens a copy of the store in which the file with all the writes was changed. */
async function openDamaged(damage: (bytes: Uint8Array) => Uint8Array, use: (store: BlockStore) => Promise<void>) {
  const directory = join(root, 'damaged');
  await cp(whole, directory, { recursive: true });
  const logFile = (await readdir(directory)).find((name) => name.endsWith('.log'));
  if (logFile === undefined) throw new Error('LevelDB has no log');
  const path = join(directory, logFile);
  await writeFile(path, damage(await readFile(path)));
  const store = createLevelStore({ directory, codec, network });
  try {
    await store.open();
    await use(store);
  } finally {
    await store.close();
    await rm(directory, { recursive: true });
  }
}

/** Every block up to the newest is there, and the state is the newest block's. */
async function expectBoundary(store: BlockStore): Promise<number> {
  const { minHeight, maxHeight } = store.range();
  for (let height = minHeight; height <= maxHeight && height > 0; height += 1) {
    expect((await store.read(height)).id).toBe(chain[height - 1]?.id);
  }
  const tip = (await openLedger(store)).tip();
  expect(tip.height).toBe(maxHeight);
  expect(tip.stateHash).toBe(maxHeight === 0 ? chain[0]?.parentId : chain[maxHeight - 1]?.id);
  return maxHeight;
}

/** How far into the file, from 0 to 1. */
const place = fc.noBias(fc.integer({ min: 0, max: 9_999 })).map((share) => share / 10_000);

describe('a damaged LevelDB', () => {
  it('APPLY-4, A45: whose last writes are cut off stands at an earlier block boundary', async () => {
    const heights = new Set<number>();
    await fc.assert(
      fc.asyncProperty(place, async (share) => {
        await openDamaged(
          (bytes) => bytes.subarray(0, Math.floor(share * bytes.length)),
          async (store) => void heights.add(await expectBoundary(store)),
        );
      }),
      { numRuns: 20 },
    );
    expect(heights.size, 'the cuts were at different blocks').toBeGreaterThan(3);
  });

  it('A45: with garbage in it is STORE_CORRUPT, or stands at a block boundary', async () => {
    let corrupt = 0;
    await fc.assert(
      fc.asyncProperty(place, fc.uint8Array({ minLength: 1, maxLength: 64 }), async (share, garbage) => {
        const spoil = (bytes: Uint8Array): Uint8Array => {
          const spoiled = bytes.slice();
          spoiled.set(garbage, Math.floor(share * (bytes.length - garbage.length)));
          return spoiled;
        };
        try {
          await openDamaged(spoil, async (store) => {
            await expectBoundary(store);
          });
        } catch (error) {
          if (!(error instanceof StateSyncError) || error.code !== 'STORE_CORRUPT') throw error;
          corrupt += 1;
        }
      }),
      { numRuns: 20 },
    );
    expect(corrupt, 'some of the damage was noticed').toBeGreaterThan(0);
  });
});
