import { afterEach, describe, expect, it, vi } from 'vitest';
import { transportCases } from '../../properties/ports/transport-suite.ts';
import { TransportRecorder } from '../../properties/ports/transport-recorder.ts';
import type { TransportNetwork } from '../../properties/ports/transport-suite.ts';
import { createMemoryNetwork } from '../../src/adapters/memory-transport.ts';
import type { MemoryNetwork } from '../../src/adapters/memory-transport.ts';
import type { Clock, Transport } from '../../src/node/ports.ts';
import { textBlock } from './test-codec.ts';

const BLOCK_BYTES_MAX = 100_000;

function createNetwork(): TransportNetwork {
  const network = createMemoryNetwork({ messageBytesMax: BLOCK_BYTES_MAX });
  const started: Transport[] = [];
  return {
    blockBytesMax: BLOCK_BYTES_MAX,
    block: textBlock,
    async start(recorder) {
      const transport = network.transport(String(started.length).repeat(40));
      started.push(transport);
      await transport.start(recorder);
      return transport;
    },
    async close() {
      for (const transport of started) await transport.stop();
    },
  };
}

describe('the memory transport', () => {
  for (const { name, run } of transportCases) it(name, () => run({ createNetwork }));
});

/** A clock of the test's own. */
function createHandClock(): Clock & { pass(ms: number): void } {
  let nowMs = 0;
  let waiting: { readonly dueMs: number; readonly callback: () => void }[] = [];
  return {
    now: () => nowMs,
    after(delayMs, callback) {
      const entry = { dueMs: nowMs + delayMs, callback };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    pass(ms) {
      nowMs += ms;
      // The newest first, which is as bad an order as can be.
      const due = waiting.filter(({ dueMs }) => dueMs <= nowMs).reverse();
      waiting = waiting.filter(({ dueMs }) => dueMs > nowMs);
      for (const { callback } of due) callback();
    },
  };
}

async function twoOf(network: MemoryNetwork, wire?: 'pokt-background') {
  const [a, b] = [network.transport('a'), network.transport('b', wire)];
  const [toldA, toldB] = [new TransportRecorder(), new TransportRecorder()];
  await Promise.all([a.start(toldA), b.start(toldB)]);
  await Promise.all([toldA.nth('connected', 1), toldB.nth('connected', 1)]);
  return { a, b, toldA, toldB };
}

describe('the memory network', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('SYNC-2: delays messages by the given clock and keeps their order', async () => {
    const clock = createHandClock();
    const delays = [50, 10, 0, 70];
    const { a, toldB } = await twoOf(createMemoryNetwork({ clock, delayMs: () => delays.shift() ?? 0 }));
    for (const height of [1, 2, 3, 4]) void a.send('b', { type: 'noBlock', requestId: 1, height });
    clock.pass(49);
    await new Promise(setImmediate);
    expect(toldB.of('message')).toEqual([]);
    clock.pass(21);
    await toldB.nth('message', 4);
    for (const { message } of toldB.of('message')) expect(message).not.toHaveProperty('more');
    for (const { message } of toldB.of('message')) expect(message).not.toHaveProperty('bytesMax');
    expect(toldB.of('message').map(({ message }) => message)).toMatchObject([1, 2, 3, 4].map((height) => ({ height })));
  });

  it('SYNC-4: loses the messages it is told to lose', async () => {
    const drops = vi.fn(() => true);
    const { a, toldB } = await twoOf(createMemoryNetwork({ drops }));
    await a.send('b', { type: 'metadataRequest' });
    drops.mockReturnValue(false);
    await a.send('b', { type: 'noBlock', requestId: 1, height: 1 });
    expect((await toldB.nth('message', 1)).message.type).toBe('noBlock');
    expect(drops).toHaveBeenCalledTimes(2);
  });

  it('PEER-2, A30: what a node sent before it left still arrives', async () => {
    const { a, toldB } = await twoOf(createMemoryNetwork());
    await a.send('b', { type: 'noBlock', requestId: 1, height: 1 });
    await a.stop();
    await toldB.nth('disconnected', 1);
    expect(toldB.told.map(({ type }) => type)).toEqual(['connected', 'message', 'disconnected']);
  });

  it('PEER-2: a cut is told to both sides, and a join connects them again', async () => {
    const network = createMemoryNetwork();
    const { a, toldA, toldB } = await twoOf(network);
    network.cut('a', 'b');
    await expect(a.send('b', { type: 'metadataRequest' })).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' });
    network.join('a', 'b');
    await Promise.all([toldA.nth('connected', 2), toldB.nth('connected', 2)]);
    expect(toldA.told.map(({ type }) => type)).toEqual(['connected', 'disconnected', 'connected']);
    expect(toldB.told.map(({ type }) => type)).toEqual(['connected', 'disconnected', 'connected']);
  });

  it('PEER-2: a node that is stopped and started at once is connected again', async () => {
    const { a, toldA, toldB } = await twoOf(createMemoryNetwork());
    await a.stop();
    await a.start(toldA);
    await Promise.all([toldA.nth('connected', 2), toldB.nth('connected', 2)]);
    const kinds = toldB.told.map(({ type }) => type);
    expect(kinds).toEqual(['connected', 'disconnected', 'connected']);
  });

  it('META-1: a connection that ends before it was told is not told at all', async () => {
    const network = createMemoryNetwork();
    const told = new TransportRecorder();
    await Promise.all([network.transport('a').start(told), network.transport('b').start(told)]);
    network.cut('a', 'b');
    await network.transport('c').start(told);
    await told.nth('connected', 4);
    expect(told.told.map(({ type, peer }) => `${type} ${peer}`).sort()).toEqual([
      'connected a',
      'connected b',
      'connected c',
      'connected c',
    ]);
  });

  it('SERVE-3: a peer of Pocket\'s wire gets one height a message, no ids, no parts and no "I do not have it"', async () => {
    const { a, toldA, toldB } = await twoOf(createMemoryNetwork(), 'pokt-background');
    expect(toldA.of('connected')[0]?.wire).toBe('pokt-background');
    await a.send('b', { type: 'noBlock', requestId: 1, height: 1 });
    await a.send('b', { type: 'getBlocks', requestId: 2, from: 3, to: 4, bytesMax: 100 });
    await a.send('b', { type: 'blocks', requestId: 3, blocks: [textBlock(5, 10), textBlock(6, 10)], more: true });
    await toldB.nth('message', 4);
    expect(toldB.of('message').map(({ message }) => message)).toMatchObject([
      { type: 'getBlocks', requestId: null, from: 3, to: 3 },
      { type: 'getBlocks', requestId: null, from: 4, to: 4 },
      { type: 'blocks', requestId: null, blocks: [{ height: 5 }] },
      { type: 'blocks', requestId: null, blocks: [{ height: 6 }] },
    ]);
  });
});
