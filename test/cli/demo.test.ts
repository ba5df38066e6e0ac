import { createWebSocketReceiver } from '@statelyai/inspect';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHere } from './in-process.ts';
import { jsonLines, run, start } from './run-cli.ts';
import type { Line, Started } from './run-cli.ts';

const DEMO_TIMEOUT_MS = 60_000;
const SMALL = ['demo', '--json', '--blocks', '60', '--live', '2'];

it(
  'MODE-2, MODE-3, META-10, APPLY-2, LIVE-1: two nodes catch up in spite of liars, then follow new blocks',
  async () => {
    const { exitCode, stdout, stderr } = await run('demo', '--json', '--blocks', '120', '--live', '2');
    const lines = jsonLines(stdout);
    const summary = lines.at(-1) ?? {};
    expect({ exitCode, stderr, type: summary['type'], reason: summary['reason'] }).toEqual({
      exitCode: 0,
      stderr: '',
      type: 'summary',
      reason: null,
    });

    const members = summary['members'] as Line[];
    expect(members).toHaveLength(6);
    for (const member of members) expect(member).toMatchObject({ height: 122, stateHash: summary['stateHash'] });
    expect(modesOf(members)).toEqual([...Array<string>(5).fill('Consensus_Pacemaker'), 'Consensus_Synced']);

    for (const [node, last] of [
      ['full-node', 'Consensus_Synced'],
      ['validator-5', 'Consensus_Pacemaker'],
    ]) {
      const modes = lines.filter((line) => line['type'] === 'modeChanged' && line['node'] === node);
      const passed = modes.map(({ next }) => next);
      expect(passed.slice(0, 5)).toEqual([
        'P2P_Bootstrapping',
        'P2P_Bootstrapped',
        'Consensus_Unsynced',
        'Consensus_SyncMode',
        last,
      ]);
    }

    const invalid = summary['invalidBlocks'] as Line[];
    expect(invalid.length).toBeGreaterThan(0);
    expect(new Set(invalid.map(({ from }) => from))).toEqual(new Set(['validator-3 (tampers)']));
    expect(invalid.map(({ offence }) => offence)).toContain('INVALID_STATE_HASH');
    expect(summary['rollbacks']).toBeGreaterThan(0);

    const targets = lines.filter(({ type }) => type === 'targetChanged').map(({ target }) => target);
    expect(targets, 'the inflated claim was believed until it was tested').toContain(1_000_000);
    const refuted = summary['refutedClaims'] as { from: string; foundBy: string[] }[];
    const inflated = refuted.find(({ from }) => from === 'validator-4 (inflates)');
    expect(inflated?.foundBy).toEqual(expect.arrayContaining(['full-node', 'validator-5']));

    // Before there are new blocks, nothing but the inflated claim could push a validator out of consensus.
    const beforeLive = lines.slice(
      0,
      lines.findIndex(({ phase }) => phase === 'live'),
    );
    expect(beforeLive.filter(({ previous }) => previous === 'Consensus_Pacemaker')).toEqual([]);

    const live = lines.filter(({ type }) => type === 'liveBlock');
    expect(live.map(({ height }) => height)).toEqual([121, 122]);
    expectNothingLeft(lines);
  },
  DEMO_TIMEOUT_MS,
);

it(
  'without a terminal it tells the story in plain lines; --honest has no liars',
  async () => {
    const traces = await mkdtemp(join(tmpdir(), 'demo-traces-'));
    const { exitCode, stdout } = await run(
      'demo',
      '--trace',
      traces,
      '--honest',
      '--blocks',
      '20',
      '--live',
      '0',
      '--strategy',
      'synchronous',
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/full-node: Consensus_SyncMode -> Consensus_Synced\. /);
    expect(stdout).toMatch(/^All nodes are at height 20 with state hash [0-9a-f]{16}, after/m);
    expect(stdout).toContain('Invalid blocks refused: 0.');
    expect(stdout).not.toMatch(/tampers|inflates|\u001b/);
    const files = await readdir(traces);
    expect(files).toHaveLength(6);
    for (const file of files) {
      expect(await runHere('replay', join(traces, file)), file).toMatchObject({ exitCode: 0 });
    }
    await rm(traces, { recursive: true });
  },
  DEMO_TIMEOUT_MS,
);

it(
  "--stately: Stately's own receiver is told of every node and its modes, until it is stopped",
  async () => {
    const demo = start(...SMALL, '--stately', '0');
    const { url } = await demo.line(({ type }) => type === 'stately');
    expect(String(url)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const modes = new Map<string, unknown>();
    createWebSocketReceiver({ server: String(url).replace('http', 'ws') }).subscribe((told) => {
      const { type, sessionId } = told;
      if (type === '@xstate.actor') modes.set(sessionId, 'none yet');
      if (type === '@xstate.snapshot')
        modes.set(sessionId, (told.snapshot as { value?: { mode?: string } }).value?.mode);
    });
    await demo.line(({ phase }) => phase === 'playing');
    const validators = Array.from({ length: 5 }, (_, i) => [`validator-${i + 1}`, 'Consensus_Pacemaker']);
    await expect
      .poll(() => Object.fromEntries(modes), { timeout: 30_000 })
      .toEqual(Object.fromEntries([['full-node', 'Consensus_Synced'], ...validators]));
    demo.child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await demo.finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expectNothingLeft(jsonLines(stdout));
  },
  DEMO_TIMEOUT_MS,
);

it(
  'it fails, says why and cleans up, when a process dies',
  async () => {
    const demo = start(...SMALL);
    const processes = await processesOf(demo);
    await demo.line(({ type, node }) => type === 'modeChanged' && node === 'validator-1');
    process.kill(Number(processes.find(({ node }) => node === 'validator-2')?.pid), 'SIGKILL');
    const { exitCode, stdout } = await demo.finished;
    const lines = jsonLines(stdout);
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      ok: false,
      reason: expect.stringMatching(/validator-2 ended: SIGKILL/) as string,
    });
    expectNothingLeft(lines);
  },
  DEMO_TIMEOUT_MS,
);

it(
  'it fails when it takes too long',
  async () => {
    const { exitCode, stdout } = await run('demo', '--json', '--blocks', '5000', '--timeout', '1');
    const lines = jsonLines(stdout);
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toMatchObject({ ok: false, reason: 'it took longer than 1 s' });
    expectNothingLeft(lines);
  },
  DEMO_TIMEOUT_MS,
);

it.each([
  { signal: 'SIGINT', code: 130, phase: 'building' },
  { signal: 'SIGTERM', code: 143, phase: 'syncing' },
] as const)(
  '$signal while $phase leaves no process and no directory behind',
  async ({ signal, code, phase }) => {
    const demo = start(...SMALL);
    await demo.line((line) => line['type'] === 'phase' && line['phase'] === phase);
    demo.child.kill(signal);
    const { exitCode, stdout } = await demo.finished;
    expect(exitCode).toBe(code);
    expectNothingLeft(jsonLines(stdout));
  },
  DEMO_TIMEOUT_MS,
);

it(
  'killed outright, it leaves no process behind',
  async () => {
    const demo = start(...SMALL);
    const processes = await processesOf(demo);
    const { directory } = await demo.line(({ type }) => type === 'cast');
    demo.child.kill('SIGKILL');
    await demo.finished;
    await expect.poll(() => processes.filter(({ pid }) => isAlive(pid)), { timeout: 10_000 }).toEqual([]);
    await rm(String(directory), { recursive: true });
  },
  DEMO_TIMEOUT_MS,
);

interface Process {
  readonly node: string;
  readonly pid: number;
}

async function processesOf(demo: Started): Promise<Process[]> {
  return (await demo.line(({ type }) => type === 'launched'))['processes'] as Process[];
}

function modesOf(members: readonly Line[]): unknown[] {
  return members.map(({ mode }) => mode);
}

function expectNothingLeft(lines: readonly Line[]): void {
  const directory = lines.find(({ type }) => type === 'cast')?.['directory'];
  expect(directory).toEqual(expect.stringContaining('pocket-state-sync-demo-'));
  expect(existsSync(String(directory))).toBe(false);
  const processes = lines.find(({ type }) => type === 'launched')?.['processes'] as Process[];
  expect(processes).toHaveLength(6);
  expect(processes.filter(({ pid }) => isAlive(pid))).toEqual([]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
