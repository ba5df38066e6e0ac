import { afterEach, describe, expect, it } from 'vitest';
import type { Stream } from '@libp2p/interface';
import { POCKET_PROTOCOL } from '../../src/adapters/libp2p/index.ts';
import type { Libp2pTransportOptions } from '../../src/adapters/libp2p/index.ts';
import { dial, NodesUnderTest } from './libp2p-nodes.ts';
import { createTestCodec, textBlock } from './test-codec.ts';

const nodes = new NodesUnderTest();
afterEach(() => nodes.stop());

const codec = createTestCodec(10_000);

/** A transport, and a node that speaks Pocket's wire only, as a Go node does: one message a stream, read to its end. */
async function withPocketNode(options: Partial<Libp2pTransportOptions> = {}) {
  const { transport, told } = await nodes.transport({ codec, ...options });
  const received: unknown[] = [];
  let heard = (): void => undefined;
  const onStream = (stream: Stream): void => {
    const pieces: Uint8Array[] = [];
    stream.addEventListener('message', ({ data }) => pieces.push(data.subarray()));
    stream.addEventListener('end', () => {
      received.push(JSON.parse(Buffer.concat(pieces).toString()));
      void stream.close();
      heard();
    });
  };
  const { node, peer } = await nodes.raw({ protocols: [POCKET_PROTOCOL], onStream });
  const connection = await dial(node, transport);
  const { wire } = await told.nth('connected', 1);
  const say = async (bytes: Uint8Array): Promise<Stream> => {
    const stream = await connection.newStream(POCKET_PROTOCOL);
    stream.send(bytes);
    await stream.close();
    return stream;
  };
  const hear = async (count: number): Promise<unknown[]> => {
    while (received.length < count) await new Promise<void>((resolve) => (heard = resolve));
    return received;
  };
  return { transport, told, peer, connection, wire, say, hear };
}

describe("Pocket's wire", () => {
  it('SYNC-2: a peer that speaks nothing else is spoken to in it, one message a stream', async () => {
    const { transport, peer, wire, hear } = await withPocketNode();
    expect([wire, transport.wire(peer)]).toEqual(['pokt-background', 'pokt-background']);
    await transport.send(peer, { type: 'metadataRequest' });
    expect(await hear(1)).toEqual([{ peerAddress: transport.self, message: { type: 'metadataRequest' } }]);
    const heights = Array.from({ length: 50 }, (_, height) => height);
    const send = (height: number) =>
      transport.send(peer, { type: 'getBlocks', requestId: null, from: height, to: height });
    await Promise.all(heights.map(send));
    const asked = (await hear(51)).slice(1) as { message: { from: number } }[];
    expect(asked.map(({ message }) => message.from).sort((a, b) => a - b)).toEqual(heights);
  });

  it('SERVE-3: what the wire has no words for is not sent, and is no failure', async () => {
    const { transport, peer, hear } = await withPocketNode();
    await transport.send(peer, { type: 'noBlock', requestId: 1, height: 1 });
    await transport.send(peer, { type: 'metadataRequest' });
    expect(await hear(1)).toHaveLength(1);
  });

  it('SYNC-2: its messages are read, each from the peer that the connection authenticated', async () => {
    const { told, peer, say } = await withPocketNode();
    const blocks = [textBlock(3, 5_000)];
    for (const [bytes] of [
      codec.encodePocket(peer, { type: 'metadata', minHeight: 1, maxHeight: 9 }),
      codec.encodePocket(peer, { type: 'blocks', requestId: null, blocks }),
    ]) {
      await say(bytes ?? new Uint8Array());
    }
    await told.nth('message', 2);
    expect(told.of('message')).toMatchObject([
      { peer, message: { type: 'metadata', maxHeight: 9 } },
      { peer, message: { type: 'blocks', blocks } },
    ]);
  });

  it("META-1, A32: an address that is not the sender's is charged", async () => {
    const { told, peer, say } = await withPocketNode();
    for (const bytes of codec.encodePocket('ab'.repeat(20), { type: 'metadataRequest' })) await say(bytes);
    expect(await told.nth('offence', 1)).toMatchObject({ peer, offence: 'SPOOFED_ADDRESS' });
    expect(told.of('message')).toEqual([]);
  });

  it('A25, A26: too much and garbage are charged, and what is of no use is ignored', async () => {
    const { told, peer, say } = await withPocketNode();
    await say(new Uint8Array(10_001)).catch(() => undefined);
    expect(await told.nth('offence', 1)).toMatchObject({ peer, offence: 'OVERSIZE_MESSAGE' });
    await say(Buffer.from('not JSON'));
    expect(await told.nth('offence', 2)).toMatchObject({ peer, offence: 'MALFORMED_MESSAGE' });
    await say(Buffer.from('null'));
    await say(new Uint8Array());
    for (const bytes of codec.encodePocket(peer, { type: 'metadataRequest' })) await say(bytes);
    await told.nth('message', 1);
    expect(told.of('offence')).toHaveLength(2);
  });

  it('A12: a message that is not written to its end in time is given up', async () => {
    const { transport, told, connection } = await withPocketNode({ limits: { pocketReadTimeoutMs: 100 } });
    const stream = await connection.newStream(POCKET_PROTOCOL);
    stream.send(Buffer.from('nul'));
    await new Promise<void>((resolve) => stream.addEventListener('close', () => resolve()));
    expect(stream.status).toBe('reset');
    expect(transport.stats().stalledReads).toBe(1);
    expect(told.of('offence')).toEqual([]);
  });

  it('LIMIT: only so many streams are read at once', async () => {
    const { connection } = await withPocketNode({ limits: { pocketInboundStreamsMax: 3 } });
    const streams = await Promise.all(Array.from({ length: 5 }, () => connection.newStream(POCKET_PROTOCOL)));
    const closed = new Promise<void>((resolve) => {
      const check = (): void => (streams.filter(({ status }) => status !== 'open').length >= 2 ? resolve() : undefined);
      for (const stream of streams) stream.addEventListener('close', check);
      check();
    });
    await closed;
    expect(streams.filter(({ status }) => status === 'open')).toHaveLength(3);
  });

  it('A39: a peer that resets its streams makes sends fail or vanish, and harms nothing', async () => {
    const { transport, told } = await nodes.transport({ codec });
    const { node, peer } = await nodes.raw({
      protocols: [POCKET_PROTOCOL],
      onStream: (stream) => stream.abort(new Error('no')),
    });
    const connection = await dial(node, transport);
    await told.nth('connected', 1);
    const sends = Array.from({ length: 20 }, () => transport.send(peer, { type: 'metadataRequest' }));
    const outcomes = await Promise.allSettled(sends);
    const refused = outcomes.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
    for (const reason of refused) expect(reason).toMatchObject({ code: 'PEER_UNREACHABLE', peer });
    connection.abort(new Error('and away'));
    await told.nth('disconnected', 1);
  });
});
