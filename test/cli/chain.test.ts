import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { readGenesis, tamper } from '../../src/adapters/ledger/index.ts';
import type { TamperName } from '../../src/adapters/ledger/index.ts';
import { blockKey, openDatabase } from '../../src/adapters/level-database.ts';
import { signWithNodeCrypto } from '../../src/adapters/node-crypto.ts';
import { parsePrivateKey } from '../../src/validation/index.ts';
import { createPocketCodec } from '../../src/wire/index.ts';
import { complaints, jsonLines, run } from './run-cli.ts';

const BLOCKS = 30;
const TAMPERED_HEIGHT = 12;

let directory = '';
let network = '';
let genesisFile = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-chain-'));
  network = join(directory, 'network');
  genesisFile = join(network, 'genesis.json');
  const { exitCode, stderr } = await run(
    'chain',
    'generate',
    '--blocks',
    String(BLOCKS),
    '--out',
    network,
    '--seed',
    'x',
  );
  expect({ exitCode, complaints: complaints(stderr) }).toEqual({ exitCode: 0, complaints: [] });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

it('generate leaves a chain, its genesis, keys and a configuration for each; keys are for the owner only', async () => {
  const names = ['validator-1', 'validator-2', 'validator-3', 'validator-4', 'full-node'];
  const expected = ['blocks', 'genesis.json', 'keys', ...names.map((name) => `${name}.json`)];
  expect((await readdir(network)).sort()).toEqual(expected.sort());
  expect((await readdir(join(network, 'keys'))).sort()).toEqual(names.map((name) => `${name}.key`).sort());
  for (const file of [join('keys', 'validator-1.key'), 'validator-1.json']) {
    expect((await stat(join(network, file))).mode & 0o077).toBe(0);
  }
});

it('the same seed generates the same chain; a genesis that is there already is built on with its keys', async () => {
  const again = join(directory, 'again');
  const rebuilt = join(directory, 'rebuilt');
  const common = ['chain', 'generate', '--blocks', String(BLOCKS), '--seed', 'x', '--json'];
  const [first, second] = await Promise.all([
    run(...common, '--out', again),
    run(...common, '--out', rebuilt, '--genesis', genesisFile, '--keys', join(network, 'keys')),
  ]);
  const [tip] = jsonLines((await run('chain', 'inspect', network, '--json')).stdout);
  for (const { stdout } of [first, second])
    expect(jsonLines(stdout)[0]).toMatchObject({ stateHash: tip?.['stateHash'] });
  expect((await run('chain', 'verify', rebuilt, '--genesis', genesisFile)).exitCode).toBe(0);
});

it('a genesis without the keys of a quorum is refused, and nothing is made', async () => {
  const out = join(directory, 'no-keys');
  const { exitCode, stderr } = await run('chain', 'generate', '--blocks', '1', '--out', out, '--genesis', genesisFile);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^CERTIFICATE_NO_QUORUM: .*--keys has the keys of 0 of the 4 validators/);
  await expect(readdir(out)).rejects.toThrow('ENOENT');
});

it('generate does not write into a directory that is in use', async () => {
  const { exitCode, stderr } = await run('chain', 'generate', '--blocks', '1', '--out', network);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^STORE_FOREIGN: .*not empty/);
});

it('inspect shows the range, and blocks with their certificate and transactions', async () => {
  const [range] = jsonLines((await run('chain', 'inspect', network, '--json')).stdout);
  expect(range).toMatchObject({ networkId: 'localnet', minHeight: 1, maxHeight: BLOCKS });
  const blocks = jsonLines((await run('chain', 'inspect', network, '--from', '4', '--to', '6', '--json')).stdout);
  expect(blocks.map(({ height }) => height)).toEqual([4, 5, 6]);
  expect(blocks[1]).toMatchObject({ prevStateHash: blocks[0]?.['stateHash'], certificate: { step: 'COMMIT' } });
  const { stdout } = await run('chain', 'inspect', network, '--height', '5');
  expect(stdout).toMatch(/^block 5\n/);
  expect(stdout).toContain(String(blocks[1]?.['stateHash']));
  expect(stdout).toMatch(/step COMMIT, round 0, 4 signers/);
  expect(stdout).toMatch(/send \d+ from [0-9a-f]{40} to [0-9a-f]{40}/);
});

it.each([
  { what: 'a height that is not there', args: ['inspect', 'network', '--height', '99'], error: /^BLOCK_NOT_STORED: / },
  { what: 'a directory without a store', args: ['inspect', '.'], error: /^STORE_FOREIGN: there is no block store/ },
  { what: 'a missing genesis', args: ['verify', 'network', '--genesis', 'none'], error: /^GENESIS_MISSING: / },
])('$what is told: $error', async ({ args: [command = '', where = '', ...rest], error }) => {
  const { exitCode, stderr } = await run('chain', command, join(directory, where), ...rest);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(error);
});

it('verify accepts the chain, and refuses it under another genesis', async () => {
  const other = join(directory, 'other');
  await run('chain', 'generate', '--blocks', '1', '--out', other);
  const good = await run('chain', 'verify', network, '--genesis', genesisFile, '--json');
  expect(good.exitCode).toBe(0);
  expect(jsonLines(good.stdout)).toEqual([expect.objectContaining({ height: BLOCKS })]);
  const foreign = await run('chain', 'verify', network, '--genesis', join(other, 'genesis.json'));
  expect(foreign.exitCode).toBe(1);
  expect(foreign.stderr).toMatch(/^STORE_FOREIGN: .*another genesis/);
});

it.each<{ way: TamperName; found: string }>([
  { way: 'badSignature', found: 'CERTIFICATE_BAD_SIGNATURE' },
  { way: 'prevStateHash', found: 'prevStateHash' },
  { way: 'certifiedStateHash', found: 'executing it gave' },
])('APPLY-1, APPLY-2: verify finds the height of a block that was tampered with: $way', async ({ way, found }) => {
  const copy = join(directory, `tampered-${way}`);
  await cp(network, copy, { recursive: true });
  await tamperAt(join(copy, 'blocks'), way);
  const { exitCode, stdout, stderr } = await run('chain', 'verify', copy, '--genesis', genesisFile);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(new RegExp(`^CHAIN_INVALID: height ${TAMPERED_HEIGHT}: .*${found}`));
});

it('verify finds a stored state that is not the one the blocks lead to', async () => {
  const copy = join(directory, 'tampered-state');
  await cp(network, copy, { recursive: true });
  const { level, state } = await openDatabase(join(copy, 'blocks'));
  const [[first, value] = ['', new Uint8Array()]] = await state.iterator({ gte: 'account', limit: 1 }).all();
  expect(first).not.toBe('');
  await state.put(first, value.with(-1, (value.at(-1) ?? 0) ^ 1));
  await level.close();
  const { exitCode, stderr } = await run('chain', 'verify', copy, '--genesis', genesisFile);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`^CHAIN_INVALID: height ${BLOCKS}: the stored state: STORE_CORRUPT`));
});

async function tamperAt(storeDirectory: string, way: TamperName): Promise<void> {
  const { blockBytesMax } = await readGenesis(genesisFile);
  const codec = createPocketCodec({ blockBytesMax });
  const names = (await readdir(join(network, 'keys'))).filter((name) => name.startsWith('validator'));
  const keys = await Promise.all(names.map((name) => readFile(join(network, 'keys', name), 'utf8')));
  const validators = keys.map((text) => parsePrivateKey(text.trim()));
  const { level, blocks } = await openDatabase(storeDirectory);
  const bytes = await blocks.get(blockKey(TAMPERED_HEIGHT));
  if (bytes === undefined) throw new Error('there is no such block');
  const spoiled = tamper(codec.decodeBlock(bytes), way, { validators, sign: signWithNodeCrypto });
  await blocks.put(blockKey(TAMPERED_HEIGHT), codec.encodeBlock(spoiled));
  await level.close();
}
