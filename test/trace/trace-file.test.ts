import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TraceFileOptions } from '../../src/adapters/trace-file.ts';
import { createTraceFile } from '../../src/adapters/trace-file.ts';
import type { StateSyncError } from '../../src/protocol/errors.ts';
import { replayTrace } from '../../src/trace/index.ts';
import { createTestNetwork } from '../node/network.ts';
import type { TestNetwork } from '../node/network.ts';

const BLOCKS = 30;
type End = Parameters<NonNullable<TraceFileOptions['onEnd']>>[0];

let directory = '';
const network: Promise<TestNetwork> = createTestNetwork(BLOCKS);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trace-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A node that syncs from another with a trace on. Resolves with how the trace ended, once the node is synced and stopped. */
async function syncTraced(
  options: Partial<TraceFileOptions>,
): Promise<{ readonly path: string; readonly ends: End[] }> {
  const { node: create, validators } = await network;
  const ends: End[] = [];
  const about = { source: 'node' };
  const trace = createTraceFile({
    path: join(directory, 'a.ndjson'),
    ...about,
    onEnd: (end) => void ends.push(end),
    ...options,
  });
  const server = await create(validators[0] ?? '', { height: BLOCKS });
  const node = await create('node', { observe: trace.observe });
  await server.start();
  await node.start();
  await node.whenSynced();
  expect(node.status().maxHeight, 'whatever becomes of the trace, the node syncs').toBe(BLOCKS);
  await node.stop();
  await server.stop();
  await trace.close();
  return { path: trace.path, ends };
}

describe('the trace of a node, in a file', () => {
  it('is whole, replays, and shows how far the node came', async () => {
    const { path, ends } = await syncTraced({});
    const report = await replayTrace([await readFile(path, 'utf8')]);
    expect(report).toMatchObject({ divergence: null, heights: { from: 0, to: BLOCKS }, modeBefore: 'Stopped' });
    expect(report.modeChanges.map(({ next }) => next)).toContain('Consensus_Synced');
    expect(ends).toEqual([{ why: 'closed', records: report.records }]);
    expect(report.events['blocksCommitted']).toBeGreaterThan(0);
  });

  it('ends at its size limit, whole as far as it goes', async () => {
    const { path, ends } = await syncTraced({ bytesMax: 20_000 });
    const { records, divergence } = await replayTrace([await readFile(path, 'utf8')]);
    expect(divergence).toBeNull();
    expect(ends).toEqual([{ why: 'sizeLimit', records }]);
    expect(records).toBeGreaterThan(0);
  });

  it('ends when the disk is slower than the events, whole as far as it goes', async () => {
    const { path, ends } = await syncTraced({ bufferBytesMax: 1 });
    const { records, divergence } = await replayTrace([await readFile(path, 'utf8')]);
    expect(divergence).toBeNull();
    expect(ends).toEqual([{ why: 'noRoom', records }]);
  });

  it('says so when the disk is full, once', async () => {
    const { ends } = await syncTraced({ path: '/dev/full' });
    expect(ends).toHaveLength(1);
    const why = ends[0]?.why as StateSyncError;
    expect(why.code).toBe('TRACE_FAILED');
    expect(why.message).toContain('ENOSPC');
  });

  it('never overwrites another', async () => {
    const first = await syncTraced({});
    const second = await syncTraced({});
    expect([first.path, second.path].map((path) => path.slice(directory.length + 1))).toEqual([
      'a.ndjson',
      'a.2.ndjson',
    ]);
    expect(await readdir(directory)).toHaveLength(2);
  });

  it('a place where no file can be is told at once', () => {
    const about = { source: 'node' };
    expect(() => createTraceFile({ path: join(directory, 'none', 'a.ndjson'), ...about })).toThrow(
      /^TRACE_FAILED: .*ENOENT/,
    );
  });
});
