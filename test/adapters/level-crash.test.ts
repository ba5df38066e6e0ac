import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { genesis, openLedger, randomChain } from './ledger/localnet.ts';

const CHILD = fileURLToPath(new URL('level-crash-child.ts', import.meta.url));
const CHAIN_LENGTH = 120;
const ROUNDS = 4;

const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
const network = { networkId: genesis.networkId, genesisHash: genesis.hash };

it('APPLY-4, A45: killed again and again while it commits, a store stands at a block boundary', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'level-crash-'));
  try {
    const chain = await randomChain(45, CHAIN_LENGTH);
    const chainFile = join(directory, 'chain.json');
    await writeFile(
      chainFile,
      JSON.stringify(chain.map((block) => Buffer.from(codec.encodeBlock(block)).toString('base64'))),
    );
    const storeDirectory = join(directory, 'store');
    // Where it is killed is drawn from a seed; how far the commit in flight then is, is up to the machine.
    const commitsBeforeKill = fc.sample(fc.integer({ min: 1, max: 12 }), { seed: 7, numRuns: ROUNDS });

    let before = 0;
    for (const commits of commitsBeforeKill) {
      const durable = await runAndKill([storeDirectory, chainFile, '3'], commits);
      const store = createLevelStore({ directory: storeDirectory, codec, network });
      await store.open();
      const { maxHeight } = store.range();
      expect(maxHeight, 'nothing that was durable is lost').toBeGreaterThanOrEqual(Math.max(before, durable));
      for (let height = 1; height <= maxHeight; height += 1) expect(await store.read(height)).toMatchObject({ height });
      const { height, stateHash } = (await openLedger(store)).tip();
      const expected = maxHeight === 0 ? chain[0]?.parentId : chain[maxHeight - 1]?.id;
      expect({ height, stateHash }).toEqual({ height: maxHeight, stateHash: expected });
      await store.close();
      before = maxHeight;
    }
    expect(before, 'the child got somewhere').toBeGreaterThan(ROUNDS);
    expect(before, 'the child was killed in the middle').toBeLessThan(CHAIN_LENGTH);
  } finally {
    await rm(directory, { recursive: true });
  }
});

/** Kills the child when it begins its n-th commit. Resolves with the height that it had told to be durable. */
async function runAndKill(args: readonly string[], commits: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let begun = 0;
  let durable = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, height] = line.split(' ');
    if (what === 'committed') durable = Number(height);
    if (what === 'committing') begun += 1;
    if (begun === commits) child.kill('SIGKILL');
  }
  expect(await ended, 'it was killed, and did not fail by itself').toEqual([null, 'SIGKILL']);
  return durable;
}
