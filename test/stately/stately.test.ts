import { request } from 'node:http';
import { createWebSocketReceiver } from '@statelyai/inspect';
import { createActor, createMachine } from 'xstate';
import { afterEach, describe, expect, it } from 'vitest';
import { stateSyncConfig } from '../../machines/state-sync.ts';
import { stateSyncMachine } from '../../src/core/machine.ts';
import { createStatelyFeed, startRelay, startStatelyInspector } from '../../src/stately/index.ts';
import type { StatelyInspector } from '../../src/stately/index.ts';
import { createTestNetwork } from '../node/network.ts';

const INPUT = { local: { minHeight: 1, maxHeight: 9, tipId: 'state-9' }, seed: 1 };

interface Told {
  readonly type: string;
  readonly sessionId: string;
  readonly name?: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly value: unknown; readonly context: Readonly<Record<string, unknown>> };
}

const open: StatelyInspector[] = [];
afterEach(async () => {
  for (const inspector of open.splice(0)) await inspector.close();
});

async function start(options: Parameters<typeof startStatelyInspector>[0] = {}): Promise<StatelyInspector> {
  const inspector = await startStatelyInspector({ port: 0, ...options });
  open.push(inspector);
  return inspector;
}

/** Stately's own receiver. Resolves with all that it was told, once it was told what is waited for. */
function receive(server: string, isLast: (told: Told) => boolean): Promise<Told[]> {
  const all: Told[] = [];
  return new Promise((resolve) => {
    createWebSocketReceiver({ server }).subscribe((told) => {
      all.push(told as unknown as Told);
      if (isLast(told as unknown as Told)) resolve(all);
    });
  });
}

const isSynced = ({ snapshot }: Told) =>
  (snapshot?.value as { mode?: string } | undefined)?.mode === 'Consensus_Synced';

describe("Stately's inspector", () => {
  it('is shown a node: the real chart, each mode, and why it is not synced', async () => {
    const network = await createTestNetwork(5);
    const inspector = await start({ name: 'my node' });
    const server = await network.node(network.validators[0] ?? '', { height: 5 });
    const node = await network.node('node', { observe: inspector.observe });
    await server.start();
    await node.start();
    await node.whenSynced();
    // Who comes late is told what was before.
    const told = await receive(inspector.server, isSynced);
    await node.stop();
    await server.stop();

    const [actor] = told;
    expect(actor).toMatchObject({ type: '@xstate.actor', name: 'my node' });
    expect(JSON.parse(actor?.definition ?? '')).toEqual(
      JSON.parse(JSON.stringify({ ...stateSyncConfig, id: 'my node' })),
    );
    const modes = told.flatMap(({ snapshot }) =>
      snapshot === undefined ? [] : [(snapshot.value as { mode: string }).mode],
    );
    expect(modes).toEqual(expect.arrayContaining(['P2P_Bootstrapping', 'Consensus_SyncMode', 'Consensus_Synced']));
    expect(told.at(-1)?.snapshot?.context).toMatchObject({
      local: { maxHeight: 5 },
      whyNotSynced: null,
      eventsLeftOut: 0,
    });
    expect(told.map(({ event }) => event?.type)).toContain('blocksReceived');
    expect(JSON.stringify(told)).not.toContain('"body"');
  });

  it('is shown an actor of stateSyncMachine', async () => {
    const inspector = await start();
    const received = receive(
      inspector.server,
      ({ event, type }) => type === '@xstate.snapshot' && event?.type === 'Start',
    );
    const actor = createActor(stateSyncMachine, { input: INPUT, inspect: inspector.inspect });
    actor.start();
    actor.send({ type: 'Start', now: 1 });
    const told = await received;
    actor.stop();
    const registered = told.find(({ type }) => type === '@xstate.actor');
    const definition = JSON.parse(registered?.definition ?? '') as { id: string; states: object };
    expect(definition.id).toBe('stateSync');
    expect(definition.states).toEqual(JSON.parse(JSON.stringify(stateSyncConfig.states)));
    expect(told.at(-1)?.snapshot?.value).toMatchObject({ mode: 'P2P_Bootstrapping' });
    expect(told.at(-1)?.snapshot?.context).toMatchObject({ local: { maxHeight: 9 } });
  });

  it('leaves events out when there are too many, and says how many', async () => {
    const inspector = await start({ eventsPerSecondMax: 10 });
    const actor = createActor(stateSyncMachine, { input: INPUT });
    actor.start();
    const { context } = actor.getSnapshot();
    for (let i = 0; i < 500; i++) inspector.observe({ type: 'syncRequested', now: 5 }, [], context);
    inspector.observe({ type: 'timerFired', timer: 'peer', now: 2_000 }, [], context);
    const told = await receive(
      inspector.server,
      ({ event, type }) => type === '@xstate.snapshot' && event?.type === 'timerFired',
    );
    expect(told.filter(({ type }) => type === '@xstate.event')).toHaveLength(11);
    expect(told.at(-1)?.snapshot?.context).toMatchObject({ eventsLeftOut: 490 });
  });

  it('tells who comes late where each node stands, also one that has long been quiet', async () => {
    const relay = await startRelay('127.0.0.1', 0);
    const told = (name: string) => createStatelyFeed({ name, send: relay.send, eventsPerSecondMax: 1_000 });
    const [quiet, busy] = [await told('quiet'), await told('busy')];
    const actor = createActor(stateSyncMachine, { input: INPUT });
    actor.start();
    actor.send({ type: 'Start', now: 1 });
    const { context } = actor.getSnapshot();
    actor.stop();
    quiet.observe({ type: 'Start', now: 1 }, [], context);
    for (let i = 0; i < 500; i++) busy.observe({ type: 'syncRequested', now: 5 }, [], context);
    busy.observe({ type: 'timerFired', timer: 'peer', now: 6 }, [], context);
    const all = await receive(relay.url.replace('http', 'ws'), ({ event }) => event?.type === 'timerFired');
    await relay.close();
    expect(all.filter(({ type }) => type === '@xstate.actor').map(({ name }) => name)).toEqual(['quiet', 'busy']);
    const snapshots = all.filter(({ type, sessionId }) => type === '@xstate.snapshot' && sessionId === 'quiet');
    expect(snapshots.map(({ snapshot }) => snapshot?.value)).toEqual([
      { mode: 'P2P_Bootstrapping', server: 'Enabled' },
    ]);
  });

  it('lets in programs and its own page, no page of another site, and is on this machine only', async () => {
    const { url } = await start();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(await upgrade(url, {})).toBe(101);
    expect(await upgrade(url, { origin: url })).toBe(101);
    expect(await upgrade(url, { origin: 'https://evil.example' })).toBe(401);
    expect(await upgrade(url, { host: 'evil.example' })).toBe(401);
  });
});

describe('what an inspector is given', () => {
  it('definitions and snapshots are JSON, without cycles, at every moment', () => {
    const actor = createActor(stateSyncMachine, { input: INPUT });
    actor.start();
    for (const event of [
      { type: 'Start', now: 1 },
      { type: 'P2P_IsBootstrapped', now: 2 },
    ] as const) {
      actor.send(event);
      const snapshot: unknown = JSON.parse(JSON.stringify(actor.getPersistedSnapshot()));
      expect(snapshot).toEqual(actor.getPersistedSnapshot());
      expect(JSON.parse(JSON.stringify(actor.getSnapshot()))).toMatchObject({ value: actor.getSnapshot().value });
    }
    actor.stop();
    const definition = JSON.parse(JSON.stringify(stateSyncMachine.definition)) as {
      states: { mode: { states: object } };
    };
    expect(Object.keys(definition.states.mode.states)).toHaveLength(7);
    expect(createMachine(JSON.parse(JSON.stringify(stateSyncConfig)) as object).id).toBe('stateSync');
  });
});

function upgrade(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const key = Buffer.from('0123456789abcdef').toString('base64');
    const wanted = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': key,
    };
    const asking = request(url, { headers: { ...wanted, ...headers }, agent: false });
    asking.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asking.on('error', reject);
    asking.end();
  });
}
