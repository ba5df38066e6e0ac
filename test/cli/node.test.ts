import { createWebSocketReceiver } from '@statelyai/inspect';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StatusAnswer } from '../../src/admin/index.ts';
import { runHere } from './in-process.ts';
import { addressOf, configure, startNode } from './node-files.ts';
import { complaints, jsonLines, run } from './run-cli.ts';
import type { Started } from './run-cli.ts';

const BLOCKS = 250;
const KILLS = 3;
/** How many blocks a run commits at most before it is killed. */
const KILLED_AFTER_MAX = 70;

let network = '';
let server: Started;
let serverAddress = '';
let serverStateHash = '';

beforeAll(async () => {
  network = await mkdtemp(join(tmpdir(), 'cli-node-'));
  const blocks = ['--blocks', String(BLOCKS), '--seed', 'node'];
  const { stdout } = await run('chain', 'generate', ...blocks, '--out', network, '--json');
  serverStateHash = String(jsonLines(stdout)[0]?.['stateHash']);
  const looking = ['--admin', '127.0.0.1:0', '--trace', join(network, 'server.ndjson')];
  server = startNode(network, await configure(network, 'validator-1'), ...looking);
  serverAddress = await addressOf(server);
}, 30_000);

afterAll(async () => {
  server.child.kill('SIGTERM');
  const { exitCode } = await server.finished;
  const replayed = await runHere('replay', join(network, 'server.ndjson'));
  expect(replayed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('came out the same') as string });
  expect(replayed.stdout).toMatch(/blocksRequested/);
  await rm(network, { recursive: true, force: true });
  expect(exitCode).toBe(0);
});

it('APPLY-4, A45: killed at random moments, a node resumes at a block boundary and ends with the same state', async () => {
  // One block at a time, each with a commit of its own: else the chain may be whole before the kill arrives on a busy machine.
  const slow = { inFlightMax: 1, inFlightPerPeerMax: 1, requestBlocksMax: 1, commitBlocksMax: 1 };
  const config = await configure(network, 'full-node', {
    state_sync: { peers: [serverAddress], minPeers: 1, ...slow },
  });
  const store = join(network, 'stores', 'full-node');
  // How many blocks it may commit is drawn from a seed; where in its work the kill then meets it is up to the machine.
  const killedAfter = fc.sample(fc.integer({ min: 1, max: KILLED_AFTER_MAX }), { seed: 45, numRuns: KILLS });
  let height = 0;
  for (const blocks of killedAfter) {
    const node = startNode(network, config);
    const resumed = await node.line(({ msg }) => msg === 'listening');
    expect(resumed['height'], 'it resumes from what was committed').toBe(height);
    await node.line(({ msg, to }) => msg === 'blocks added' && Number(to) >= height + blocks);
    node.child.kill('SIGKILL');
    await node.finished;
    const { exitCode, stdout, stderr } = await run('chain', 'verify', store, '--genesis', genesis(), '--json');
    expect({ exitCode, complaints: complaints(stderr) }).toEqual({ exitCode: 0, complaints: [] });
    const found = Number(jsonLines(stdout)[0]?.['height']);
    expect(found, 'nothing that was committed is lost').toBeGreaterThanOrEqual(height + blocks);
    height = found;
  }
  expect(height, 'it was killed in the middle').toBeLessThan(BLOCKS);

  const node = startNode(network, config);
  await node.line(({ next }) => next === 'Consensus_Synced');
  node.child.kill('SIGINT');
  expect((await node.finished).exitCode).toBe(0);
  const [tip] = jsonLines((await run('chain', 'inspect', store, '--json')).stdout);
  expect(tip).toMatchObject({ maxHeight: BLOCKS, stateHash: serverStateHash });
}, 60_000);

it("--stately: Stately's own receiver is told of the node and its modes", async () => {
  const config = await configure(network, 'validator-4', { state_sync: { peers: [serverAddress], minPeers: 1 } });
  const node = startNode(network, config, '--stately', '127.0.0.1:0');
  const { url } = await node.line(({ msg }) => msg === "feeding Stately's inspector");
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const modes = new Map<string, unknown>();
  createWebSocketReceiver({ server: String(url).replace('http', 'ws') }).subscribe((told) => {
    if (told.type === '@xstate.snapshot')
      modes.set(told.sessionId, (told.snapshot as { value?: { mode?: string } }).value?.mode);
  });
  await expect.poll(() => [...modes.values()], { timeout: 20_000 }).toEqual(['Consensus_Pacemaker']);
  node.child.kill('SIGINT');
  expect((await node.finished).exitCode).toBe(0);
}, 30_000);

it('--admin: status and Prometheus are told what it serves while it serves it', async () => {
  const { url } = await server.line(({ msg }) => msg === 'admin endpoint');
  const { exitCode, stdout } = await runHere('status', '--json', '--admin', String(url).replace('http://', ''));
  expect(exitCode).toBe(0);
  const { status, networkId, version } = JSON.parse(stdout) as StatusAnswer;
  expect({ networkId, version }).toEqual({
    networkId: 'localnet',
    version: expect.stringMatching(/^\d+\.\d+/) as string,
  });
  expect(status).toMatchObject({ maxHeight: BLOCKS, stateHash: serverStateHash });
  expect(status.served.blocks, 'the test before this one fetched them').toBeGreaterThanOrEqual(BLOCKS);
  const metrics = await (await fetch(`${String(url)}/metrics`)).text();
  expect(metrics).toContain(`pocket_state_sync_local_max_height ${BLOCKS}`);
  expect(metrics).toContain(`pocket_state_sync_served_blocks_total ${status.served.blocks}`);
});

it.each([
  {
    what: 'an admin endpoint that is none',
    change: { state_sync: { admin: 'here' } },
    error: /^CONFIG_INVALID: .*state_sync.admin.*HOST:PORT/,
  },
  {
    what: 'a setting of ours that is none',
    change: { state_sync: { minPears: 1 } },
    error: /^CONFIG_INVALID: .*minPears/,
  },
  {
    what: 'a peer that is no multiaddr',
    change: { state_sync: { peers: ['x'] } },
    error: /^CONFIG_INVALID: .*multiaddr/,
  },
  {
    what: 'an address to listen on that is none',
    change: { state_sync: { listen: ['x'] } },
    error: /^CONFIG_INVALID: /,
  },
  { what: 'another network', change: { network_id: 'mainnet' }, error: /^NETWORK_MISMATCH: .*"mainnet".*"localnet"/ },
  { what: 'a store that is in use', change: { persistence: { block_store_path: 'blocks' } }, error: /^STORE_LOCKED: / },
  {
    what: 'a directory of somebody else',
    change: { persistence: { block_store_path: 'keys' } },
    error: /^STORE_FOREIGN: /,
  },
])('$what is told in one line, with exit code 1: $error', async ({ change, error }) => {
  const { exitCode, stderr } = await startNode(network, await configure(network, 'validator-2', change)).finished;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(error);
  expect(stderr.trimEnd().split('\n')).toHaveLength(2);
});

it('a damaged store is told as such', async () => {
  const { exitCode: made } = await run('chain', 'generate', '--blocks', '3', '--out', join(network, 'damaged'));
  expect(made).toBe(0);
  await rm(join(network, 'damaged', 'blocks', 'CURRENT'));
  const config = await configure(join(network, 'damaged'), 'validator-1');
  const { exitCode, stderr } = await startNode(join(network, 'damaged'), config).finished;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^STORE_CORRUPT: /);
});

it('a port that is taken is told as such', async () => {
  const port = Number(/\/tcp\/(\d+)\//.exec(serverAddress)?.[1]);
  const config = await configure(network, 'validator-3', { p2p: { hostname: '127.0.0.1', port } });
  const { exitCode, stderr } = await startNode(network, config).finished;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`^ADDRESS_IN_USE: .*${port} is taken`));
});

it.each([
  { what: 'configuration', args: ['--config', 'none.json', '--genesis', 'none.json'], error: /^CONFIG_MISSING: / },
  { what: 'genesis', args: ['--config', 'validator-4.json', '--genesis', 'none.json'], error: /^GENESIS_MISSING: / },
  {
    what: 'sound genesis',
    args: ['--config', 'validator-4.json', '--genesis', 'validator-4.json'],
    error: /^GENESIS_INVALID: /,
  },
])('no $what: $error', async ({ args: [, config = '', , genesisFile = ''], error }) => {
  const files = ['--config', join(network, config), '--genesis', join(network, genesisFile)];
  const { exitCode, stderr } = await run('node', ...files);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(error);
});

function genesis(): string {
  return join(network, 'genesis.json');
}
