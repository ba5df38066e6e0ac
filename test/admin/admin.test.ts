import { createServer, request } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askStatus, createAdminServer } from '../../src/admin/index.ts';
import type { AdminServer } from '../../src/admin/index.ts';
import { statusLines } from '../../src/cli/status/status-lines.ts';
import { createMetrics } from '../../src/metrics/index.ts';
import type { StateSyncNode } from '../../src/node/index.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { tamper } from '../../src/adapters/ledger/index.ts';
import { runHere } from '../cli/in-process.ts';
import { createTestNetwork, sendingOtherwise } from '../node/network.ts';
import type { TestNetwork } from '../node/network.ts';

const BLOCKS = 12;
const HELD_FROM = 8;

let network: TestNetwork;
let [liarId, honestId] = ['', ''];
let node: StateSyncNode;
const servers: StateSyncNode[] = [];
let admin: AdminServer;

/** A node in the middle of its sync: one peer lies about its first block, the other holds the blocks from 8 on back. */
beforeAll(async () => {
  network = await createTestNetwork(BLOCKS);
  [liarId = '', honestId = ''] = network.validators;
  const lies = (message: PeerMessage): PeerMessage =>
    message.type === 'blocks'
      ? { ...message, blocks: message.blocks.map((block) => tamper(block, 'badSignature', network.tamperKeys)) }
      : message;
  const holds = (message: PeerMessage): PeerMessage | null => {
    if (message.type !== 'blocks') return message;
    const blocks = message.blocks.filter(({ height }) => height < HELD_FROM);
    return blocks.length === 0 ? null : { ...message, blocks };
  };
  for (const [id, change] of [
    [liarId, lies],
    [honestId, holds],
  ] as const) {
    const transport = sendingOtherwise(network.transport(id), change);
    const server = await network.node(id, { height: BLOCKS, transport });
    await server.start();
    servers.push(server);
  }
  const metrics = createMetrics({ processMetrics: false });
  node = await network.node('node', { observe: metrics.observe });
  metrics.watch(node);
  const about = { version: '1.2.3', address: 'node', networkId: 'test' };
  admin = await createAdminServer({ port: 0, about, status: () => node.status(), metrics });
  const stuck = new Promise<void>((resolve) => {
    node.on('blocksAdded', ({ to }) => {
      if (to === HELD_FROM - 1) resolve();
    });
  });
  await node.start();
  await stuck;
});

afterAll(async () => {
  await admin.close();
  for (const each of [node, ...servers]) await each.stop();
});

describe('the admin endpoint of a node that syncs', () => {
  it('dumps requests in flight, the window and peers with their offences', async () => {
    const { status, ...about } = await askStatus({ url: admin.url });
    expect(about).toMatchObject({ service: 'pocket-state-sync', version: '1.2.3', address: 'node', peersKnown: 2 });
    expect(status).toMatchObject({
      mode: 'Consensus_SyncMode',
      maxHeight: HELD_FROM - 1,
      target: BLOCKS,
      synced: false,
    });
    expect(status.why?.code).toBe('CATCHING_UP');
    const next = status.requests.find(({ from }) => from === HELD_FROM);
    expect(next).toMatchObject({ peer: honestId, purpose: 'sync' });
    expect(next?.ageMs).toBeGreaterThanOrEqual(0);
    expect(next?.dueInMs).toBeGreaterThan(0);
    expect(status.requests).toHaveLength(status.requestsInFlight);
    expect(status.window).toMatchObject({ from: HELD_FROM, frontier: BLOCKS + 1, work: [] });
    expect(status.window.stages.requested).toBeGreaterThan(0);
    const liar = status.peers.find(({ id }) => id === liarId);
    expect(liar?.offences?.last).toMatchObject({ offence: 'INVALID_CERTIFICATE' });
    expect(liar?.score).toBeLessThan(0);
    expect(status.peers.find(({ id }) => id === honestId)).toMatchObject({ offences: null, link: 'Connected' });
  });

  it('answers Prometheus, and health checks with the reason', async () => {
    expect((await ask('/metrics')).text).toContain(`pocket_state_sync_local_max_height ${HELD_FROM - 1}`);
    const health = await ask('/healthz');
    expect(health.code).toBe(503);
    expect(JSON.parse(health.text)).toMatchObject({ synced: false, why: { code: 'CATCHING_UP' } });
  });

  it.each([
    ['a page by a name of its own', '/status', 'GET', 'evil.example:80', 403],
    ['an IPv6 address', '/status', 'GET', '[::1]:42080', 200],
    ['localhost', '/status', 'GET', 'localhost:42080', 200],
    ['something to change', '/status', 'POST', '127.0.0.1', 405],
    ['something else', '/etc/passwd', 'GET', '127.0.0.1', 404],
  ])('%s: %s %s as "%s" is answered %i', async (_what, path, method, host, code) => {
    expect((await ask(path, method, host)).code).toBe(code);
  });

  it('the command status prints it for people and for machines', async () => {
    const at = admin.url.replace('http://', '');
    const { exitCode, stdout } = await runHere('status', '--admin', at);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/mode +Consensus_SyncMode, server enabled/);
    expect(stdout).toMatch(new RegExp(`heights +1 to ${HELD_FROM - 1}, target ${BLOCKS}`));
    expect(stdout).toContain('CATCHING_UP: ');
    expect(stdout).toMatch(new RegExp(`${HELD_FROM} +sync +${honestId}`));
    expect(stdout).toMatch(new RegExp(`${liarId}.*last INVALID_CERTIFICATE`));
    const json = JSON.parse((await runHere('status', '--admin', at, '--json')).stdout) as { status: { mode: string } };
    expect(json.status.mode).toBe('Consensus_SyncMode');
    expect(statusLines(await askStatus({ url: admin.url })).join('\n')).not.toMatch(/undefined|NaN|\[object/);
  });
});

describe('asking where no node answers', () => {
  it('nobody listens', async () => {
    const { port } = await withServer(
      () => undefined,
      async (url) => new URL(url),
    );
    const { exitCode, stderr } = await runHere('status', '--admin', `127.0.0.1:${port}`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ADMIN_UNREACHABLE: .* refuses the connection\n.*--admin/);
  });

  it.each([
    ['another service', 200, '<html>', 'ADMIN_FOREIGN'],
    ['another JSON', 200, '{"service":"other"}', 'ADMIN_FOREIGN'],
    ['no such page', 404, 'no', 'ADMIN_FOREIGN'],
    ['a node that starts', 503, 'starting', 'ADMIN_UNREACHABLE'],
    ['one that never ends', 200, 'x'.repeat(9_000_000), 'ADMIN_FOREIGN'],
  ])('%s', async (_what, code, text, error) => {
    await withServer(
      (response) => response.writeHead(code).end(text),
      async (url) => {
        await expect(askStatus({ url })).rejects.toMatchObject({ code: error });
      },
    );
  });

  it('one that does not answer', async () => {
    await withServer(
      () => undefined,
      async (url) => {
        await expect(askStatus({ url, timeoutMs: 50 })).rejects.toThrow(
          'ADMIN_UNREACHABLE: ' + url + ' did not answer within 0.05 s',
        );
      },
    );
  });

  it('a port that is taken is told as such', async () => {
    const { port } = new URL(admin.url);
    const options = {
      port: Number(port),
      about: { version: '', address: '', networkId: '' },
      status: () => node.status(),
    };
    await expect(createAdminServer(options)).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  });
});

function ask(path: string, method = 'GET', host?: string): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const asking = request(new URL(path, admin.url), { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ code: response.statusCode ?? 0, text });
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

async function withServer<Result>(
  answer: (response: ServerResponse) => unknown,
  work: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer((_request, response) => void answer(response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
