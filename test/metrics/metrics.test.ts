import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS_PAGE, metricsPage } from '../../docs/generate-metrics.ts';
import { DASHBOARD, dashboardText } from '../../docs/grafana/generate.ts';
import { createMetrics, METRICS, PREFIX } from '../../src/metrics/index.ts';
import { createTestNetwork } from '../node/network.ts';
import { Walk } from '../../properties/arbitraries/core-walk/walk.ts';
import { choicesOf } from '../trace/walk-trace.ts';

const BLOCKS = 20;

/** The value of each series: `name{label="value"}` as Prometheus writes it, without the package's prefix. */
function seriesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(PREFIX));
  return new Map(
    lines.map((line) => [
      line.slice(PREFIX.length, line.lastIndexOf(' ')),
      Number(line.slice(line.lastIndexOf(' ') + 1)),
    ]),
  );
}

describe('the metrics of a node', () => {
  it('tell what a sync did: heights, requests by peer and result, work, what was served', async () => {
    const network = await createTestNetwork(BLOCKS);
    const [serverId = ''] = network.validators;
    const [metrics, serverMetrics] = [createMetrics(), createMetrics({ processMetrics: false })];
    const server = await network.node(serverId, { height: BLOCKS, observe: serverMetrics.observe });
    // One block a request and a piece of work, so that everything can be counted.
    const config = { requestBlocksMax: 1, verifyBlocksMax: 1, applyBlocksMax: 1, commitBlocksMax: 1, hedgesMax: 0 };
    const node = await network.node('node', { observe: metrics.observe, config });
    metrics.watch(node);
    serverMetrics.watch(server);
    await server.start();
    await node.start();
    expect(seriesOf(await metrics.text()).get('synced')).toBe(0);
    await node.whenSynced();
    const text = await metrics.text();
    const told = seriesOf(text);
    const served = seriesOf(await serverMetrics.text());
    await node.stop();
    await server.stop();

    expect(Object.fromEntries(told)).toMatchObject({
      synced: 1,
      'mode{mode="Consensus_Synced"}': 1,
      'mode{mode="Consensus_SyncMode"}': 0,
      'not_synced_reason{reason="CATCHING_UP"}': 0,
      local_max_height: BLOCKS,
      target_height: BLOCKS,
      committed_blocks_total: BLOCKS,
      [`received_blocks_total{peer="${serverId}"}`]: BLOCKS,
      [`requests_ended_total{peer="${serverId}",result="answered"}`]: BLOCKS,
      [`requests_sent_total{peer="${serverId}"}`]: BLOCKS,
      'work_duration_seconds_count{work="verify"}': BLOCKS,
      'work_duration_seconds_count{work="apply"}': BLOCKS,
      'work_duration_seconds_count{work="commit"}': BLOCKS,
      'request_duration_seconds_count{result="answered"}': BLOCKS,
      'events_total{type="blocksCommitted"}': BLOCKS,
      'effects_total{type="commitBlocks"}': BLOCKS,
      bans_total: 0,
    });
    const bytes = network.blocks.reduce((sum, block) => sum + block.bytes, 0);
    expect(Object.fromEntries(served)).toMatchObject({ served_blocks_total: BLOCKS, served_bytes_total: bytes });
    expect(text, "the client's own: event-loop lag").toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('one mode and at most one reason at a time, and sums that never fall, whatever happens', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const walk = new Walk({ seed: 3 });
    walk.world.onStep = (event, _before, effects) => {
      metrics.observe(event, effects, walk.world.facts);
    };
    let before = new Map<string, number>();
    for (const [i, choice] of choicesOf(9, 400).entries()) {
      walk.take(choice);
      if (i % 40 !== 39) continue;
      const now = seriesOf(await metrics.text());
      const sumOf = (name: string) =>
        [...now].reduce((sum, [series, value]) => (series.startsWith(`${name}{`) ? sum + value : sum), 0);
      expect(sumOf('mode')).toBe(1);
      expect(sumOf('not_synced_reason')).toBe(1 - (now.get('synced') ?? 0));
      for (const [series, value] of before) {
        if (/_total|_count|_bucket/.test(series)) expect(now.get(series), series).toBeGreaterThanOrEqual(value);
      }
      before = now;
    }
    expect(before.get('requests_ended_total{peer="liar-1",result="timed_out"}') ?? before.size).toBeGreaterThan(0);
    expect([...before.keys()].some((series) => series.startsWith('offences_total{'))).toBe(true);
  });

  it('thousands of peers share one label, and a label is given on when its peer is gone', async () => {
    const metrics = createMetrics({ peerLabelsMax: 3, processMetrics: false });
    const walk = new Walk({ seed: 1 });
    walk.world.onStep = (event, _before, effects) => {
      metrics.observe(event, effects, walk.world.facts);
    };
    const { world } = walk;
    for (let i = 1; i <= 30; i++) {
      world.connect(`peer-${i}`, 4);
      world.send({ type: 'blocksReceived', peer: `peer-${i}`, requestId: null, blocks: [] });
    }
    const labels = async () =>
      new Set([...seriesOf(await metrics.text()).keys()].flatMap((series) => /peer="([^"]*)"/.exec(series)?.[1] ?? []));
    expect(await labels()).toEqual(new Set(['peer-1', 'peer-2', 'peer-3', 'other']));
    world.send({ type: 'peerDisconnected', peer: 'peer-2' });
    world.send({ type: 'blocksReceived', peer: 'peer-9', requestId: null, blocks: [] });
    expect(await labels()).toEqual(new Set(['peer-1', 'peer-9', 'peer-3', 'other']));
  });
});

describe('what is written about the metrics', () => {
  it('docs/metrics.md lists every metric; npm run generate:metrics', () => {
    expect(readFileSync(METRICS_PAGE, 'utf8')).toBe(metricsPage());
  });

  it('the dashboard is as generated, and asks only for metrics and labels that there are', () => {
    const text = readFileSync(DASHBOARD, 'utf8');
    expect(text).toBe(dashboardText());
    const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const names = queries.flatMap((query) =>
      [...query.matchAll(/pocket_state_sync_\w+/g)].map(([name]) => name.slice(PREFIX.length)),
    );
    const known = new Set(
      Object.entries(METRICS).flatMap(([name, { kind }]) =>
        kind === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
      ),
    );
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(new Set(names).size).toBeGreaterThan(15);
    const labels = new Set<string>(['le', ...Object.values(METRICS).flatMap((entry) => [...entry.labels])]);
    const asked = queries.flatMap((query) =>
      [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */)),
    );
    expect(asked.filter((label) => !labels.has(label))).toEqual([]);
  });
});
