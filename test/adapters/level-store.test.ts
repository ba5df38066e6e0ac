import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockStoreCases, type BlockStoreSubject } from '../../properties/ports/block-store-suite.ts';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { plainBlock } from './plain-blocks.ts';

const codec = createPocketCodec({ blockBytesMax: 4_000_000 });
const network = { networkId: 'localnet', genesisHash: 'g1' };

const subject: BlockStoreSubject = {
  async create() {
    const directory = await mkdtemp(join(tmpdir(), 'level-store-'));
    const again = () => createLevelStore({ directory, codec, network });
    return { store: again(), again, block: plainBlock, dispose: () => rm(directory, { recursive: true }) };
  },
};

describe('a LevelDB store', () => {
  for (const { name, run } of blockStoreCases) it(name, () => run(subject));
});

describe('a directory of a LevelDB store', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'level-store-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const storeIn = (path: string, options = network) => createLevelStore({ directory: path, codec, network: options });

  async function fill(heights: readonly number[]): Promise<void> {
    const store = storeIn(directory);
    await store.open();
    await store.commit(heights.map(plainBlock), [{ key: 'a', value: Uint8Array.of(1) }]);
    await store.close();
  }

  /** Changes the database behind the store's back. */
  async function tamper(change: (level: ClassicLevel<Uint8Array, Uint8Array>) => Promise<void>): Promise<void> {
    const level = new ClassicLevel<Uint8Array, Uint8Array>(directory, { keyEncoding: 'view', valueEncoding: 'view' });
    await change(level);
    await level.close();
  }

  it('SERVE-3: keeps a block under its little-endian height, as Block bytes', async () => {
    await fill([1]);
    await tamper(async (level) => {
      const blocks = level.sublevel<Uint8Array, Uint8Array>('block', { keyEncoding: 'view', valueEncoding: 'view' });
      const value = await blocks.get(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
      expect(value === undefined ? undefined : [...value]).toEqual([...codec.encodeBlock(plainBlock(1))]);
    });
  });

  it('SYNC-2: a large commit gives way while it is gathered, and is whole', async () => {
    const store = storeIn(directory);
    await store.open();
    let turn = 0;
    let isOver = false;
    const next = () => {
      turn++;
      if (!isOver) setImmediate(next);
    };
    setImmediate(next);
    // In which turn of the event loop each of the changes is looked at.
    const lookedAt = new Set<number>();
    const bytes = new Uint8Array(64 * 1_024);
    const changes = Array.from({ length: 40 }, (_, i) => ({
      key: `k${i}`,
      get value() {
        lookedAt.add(turn);
        return bytes;
      },
    }));
    await store.commit([plainBlock(1)], changes);
    isOver = true;
    expect(lookedAt.size).toBeGreaterThan(10);
    const kept: string[] = [];
    for await (const [key] of store.state()) kept.push(key);
    expect(kept).toHaveLength(40);
    expect(store.range().maxHeight).toBe(1);
    await store.close();
  });

  it('A45: a block that cannot be encoded leaves nothing of its commit, and the next one goes through', async () => {
    const store = storeIn(directory);
    await store.open();
    const odd = { ...plainBlock(2), body: null };
    await expect(store.commit([plainBlock(1), odd], [{ key: 'a', value: Uint8Array.of(1) }])).rejects.toThrow();
    expect(store.range().maxHeight).toBe(0);
    await store.commit([plainBlock(1)], [{ key: 'b', value: Uint8Array.of(1) }]);
    const kept: string[] = [];
    for await (const [key] of store.state()) kept.push(key);
    expect(kept).toEqual(['b']);
    await store.close();
  });

  it('A45: is made when it is missing, with its parents', async () => {
    const store = storeIn(join(directory, 'a', 'b'));
    await store.open();
    await store.close();
    expect(await readdir(join(directory, 'a', 'b'))).toContain('CURRENT');
  });

  it('A23: of another network or another genesis is STORE_FOREIGN', async () => {
    await fill([1]);
    await expect(storeIn(directory, { ...network, networkId: 'mainnet' }).open()).rejects.toMatchObject({
      code: 'STORE_FOREIGN',
      message: expect.stringContaining('"localnet"') as string,
    });
    await expect(storeIn(directory, { ...network, genesisHash: 'g2' }).open()).rejects.toMatchObject({
      code: 'STORE_FOREIGN',
    });
  });

  it("A45: with somebody's files in it is STORE_FOREIGN and left as it was", async () => {
    await writeFile(join(directory, 'thesis.txt'), 'mine');
    await expect(storeIn(directory).open()).rejects.toMatchObject({
      code: 'STORE_FOREIGN',
      message: expect.stringContaining('thesis.txt') as string,
    });
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });

  it("A45: with somebody else's LevelDB in it is STORE_FOREIGN", async () => {
    await tamper((level) => level.put(Uint8Array.of(120), Uint8Array.of(1)));
    await expect(storeIn(directory).open()).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
  });

  it('A45: that is a file is STORE_FOREIGN, one that cannot be made is STORE_FAILED with its path', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(storeIn(file).open()).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
    const below = join(file, 'below');
    await expect(storeIn(below).open()).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining(below) as string,
    });
  });

  it('A45: that another store has open is STORE_LOCKED, and free again once that is closed', async () => {
    const first = storeIn(directory);
    const second = storeIn(directory);
    await first.open();
    await expect(second.open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await first.commit([plainBlock(1)], []);
    await first.close();
    await second.open();
    expect(second.range()).toEqual({ minHeight: 1, maxHeight: 1 });
    await second.close();
  });

  it('A45: that another process has open is STORE_LOCKED', async () => {
    const script = `
      import { ClassicLevel } from 'classic-level';
      await new ClassicLevel(process.argv[1]).open();
      process.stdout.write('open');
      process.stdin.resume();`;
    const args = ['--input-type=module', '-e', script, directory];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    try {
      await once(child.stdout, 'data');
      await expect(storeIn(directory).open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });

  it('LIMIT: without classic-level is DEPENDENCY_MISSING, with the command that installs it', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) {
        if (name === 'classic-level') throw new Error('Cannot find package');
        return next(name, context);
      } });
      const { createLevelStore } = await import(process.argv[1]);
      const store = createLevelStore({ directory: process.argv[2], codec: {}, network: {} });
      await store.open().catch((error) => process.stdout.write(error.message));`;
    const module = new URL('../../src/adapters/level-store.ts', import.meta.url).href;
    const args = ['--input-type=module', '-e', script, module, directory];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await text(child.stdout);
    expect(said).toContain('DEPENDENCY_MISSING');
    expect(said).toContain('npm install classic-level@3');
  });

  it.each([
    ['garbage', 'not json'],
    ['another type', '[]'],
    ['heights that are no numbers', { minHeight: '1', maxHeight: null }],
    ['an impossible range', { minHeight: 3, maxHeight: 2 }],
  ])('A45: whose own record is %s is STORE_CORRUPT', async (_name, meta) => {
    await fill([1, 2]);
    const text = typeof meta === 'string' ? meta : JSON.stringify({ format: 1, ...network, ...meta });
    await tamper((level) => level.sublevel('meta').put('store', text));
    const error = { code: text === '[]' ? 'STORE_FOREIGN' : 'STORE_CORRUPT' };
    await expect(storeIn(directory).open()).rejects.toMatchObject(error);
  });

  it('A45: whose own record is missing is STORE_CORRUPT', async () => {
    await fill([1]);
    await tamper((level) => level.sublevel('meta').del('store'));
    await expect(storeIn(directory).open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('A45: of a later format is STORE_FOREIGN', async () => {
    await fill([1]);
    const text = JSON.stringify({ format: 2, ...network, minHeight: 1, maxHeight: 1 });
    await tamper((level) => level.sublevel('meta').put('store', text));
    await expect(storeIn(directory).open()).rejects.toMatchObject({
      code: 'STORE_FOREIGN',
      message: expect.stringContaining('format 2') as string,
    });
  });

  const blockKey = (height: number): Uint8Array => Uint8Array.of(height, 0, 0, 0, 0, 0, 0, 0);
  const blocksOf = (level: ClassicLevel<Uint8Array, Uint8Array>) =>
    level.sublevel<Uint8Array, Uint8Array>('block', { keyEncoding: 'view', valueEncoding: 'view' });

  it.each([
    ['missing', (level: ClassicLevel<Uint8Array, Uint8Array>, height: number) => blocksOf(level).del(blockKey(height))],
    [
      'garbage',
      (level: ClassicLevel<Uint8Array, Uint8Array>, height: number) =>
        blocksOf(level).put(blockKey(height), Uint8Array.of(0xff, 0xff)),
    ],
    [
      'another block',
      (level: ClassicLevel<Uint8Array, Uint8Array>, height: number) =>
        blocksOf(level).put(blockKey(height), codec.encodeBlock(plainBlock(9))),
    ],
  ])('A45: in which a block is %s is STORE_CORRUPT, the newest at once', async (_name, damage) => {
    await fill([1, 2, 3]);
    await tamper((level) => damage(level, 2));
    const store = storeIn(directory);
    await store.open();
    await expect(store.read(2)).rejects.toMatchObject({ code: 'STORE_CORRUPT', height: 2 });
    await expect(store.read(3)).resolves.toMatchObject({ height: 3 });
    await store.close();
    await tamper((level) => damage(level, 3));
    await expect(storeIn(directory).open()).rejects.toMatchObject({ code: 'STORE_CORRUPT', height: 3 });
  });

  it('A45: that lost its file CURRENT is STORE_CORRUPT, and its data are left alone', async () => {
    await fill([1]);
    await rm(join(directory, 'CURRENT'));
    const before = await readdir(directory);
    await expect(storeIn(directory).open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(await readdir(directory)).toEqual(before);
  });

  it.each(['CURRENT', 'MANIFEST'])('A45: whose file %s is garbage is STORE_CORRUPT', async (prefix) => {
    await fill([1]);
    const name = (await readdir(directory)).find((file) => file.startsWith(prefix));
    await writeFile(join(directory, name ?? prefix), 'garbage');
    await expect(storeIn(directory).open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('A45: that a killed first start left half made is used as if empty', async () => {
    for (const name of ['LOCK', 'LOG', 'MANIFEST-000001']) await writeFile(join(directory, name), '');
    const store = storeIn(directory);
    await store.open();
    expect(store.range()).toEqual({ minHeight: 0, maxHeight: 0 });
    await store.close();
  });

  it('PRUNE-1: prunes a long chain in pieces', async () => {
    await fill(Array.from({ length: 2_500 }, (_, index) => index + 1));
    const store = storeIn(directory);
    await store.open();
    await store.prune(2_400);
    expect(store.range()).toEqual({ minHeight: 2_400, maxHeight: 2_500 });
    await store.close();
    await tamper(async (level) => {
      expect((await blocksOf(level).keys().all()).length).toBe(101);
    });
  });

  it('APPLY-5, A45: on a full disk is STORE_DISK_FULL, and goes on by itself once there is room', async () => {
    const scratch = new ClassicLevel(join(directory, 'scratch'));
    await scratch.open();
    const batches = Object.getPrototypeOf(scratch.batch()) as { write: () => Promise<void> };
    await scratch.close();
    const store = storeIn(join(directory, 'store'));
    await store.open();
    await store.commit([plainBlock(1)], []);

    const full = Object.assign(new Error('IO error: 000003.log: No space left on device'), { code: 'LEVEL_IO_ERROR' });
    vi.spyOn(batches, 'write').mockRejectedValueOnce(full);
    await expect(store.commit([plainBlock(2)], [])).rejects.toMatchObject({ code: 'STORE_DISK_FULL', cause: full });
    expect(store.range()).toEqual({ minHeight: 1, maxHeight: 1 });
    await expect(store.read(1)).resolves.toMatchObject({ height: 1 });

    // LevelDB takes no writes after a failed one, until it is opened again; that may fail, too.
    const current = join(directory, 'store', 'CURRENT');
    await rename(current, `${current}-away`);
    await expect(store.commit([plainBlock(2)], [])).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(store.range()).toEqual({ minHeight: 1, maxHeight: 1 });
    await expect(store.read(1)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await rename(`${current}-away`, current);
    await store.commit([plainBlock(2)], []);
    await expect(store.read(2)).resolves.toMatchObject({ height: 2 });
    await store.close();
    vi.restoreAllMocks();
  });
});
