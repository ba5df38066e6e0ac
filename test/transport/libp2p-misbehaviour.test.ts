import { afterEach, describe, expect, it, vi } from 'vitest';
import { GOSSIP_TOPIC, POCKET_PROTOCOL, STATE_SYNC_PROTOCOL } from '../../src/adapters/libp2p/index.ts';
import type { Libp2pTransportOptions } from '../../src/adapters/libp2p/index.ts';
import { writeFrames } from '../../src/adapters/libp2p/frames.ts';
import { addressOfTransport, dial, NodesUnderTest } from './libp2p-nodes.ts';
import { createTestCodec, textBlock } from './test-codec.ts';

const nodes = new NodesUnderTest();
afterEach(() => nodes.stop());

const codec = createTestCodec(10_000);
const frameOf = (text: string): Uint8Array => writeFrames([new TextEncoder().encode(text)]);
const goodFrame = writeFrames([codec.encode({ type: 'metadataRequest' })]);

/** A transport, and a plain libp2p node that is connected to it. */
async function attacked(options: Partial<Libp2pTransportOptions> = {}) {
  const { transport, told } = await nodes.transport({ codec, ...options });
  const { node, peer } = await nodes.raw({ protocols: [STATE_SYNC_PROTOCOL, POCKET_PROTOCOL] });
  const connection = await dial(node, transport);
  await told.nth('connected', 1);
  return { transport, told, node, peer, connection, open: () => connection.newStream(STATE_SYNC_PROTOCOL) };
}

/** Resolves when a stream is over, with its final status. */
function over(stream: {
  status: string;
  addEventListener(type: 'close', listener: () => void): void;
}): Promise<string> {
  return new Promise((resolve) => {
    if (stream.status === 'open') stream.addEventListener('close', () => resolve(stream.status));
    else resolve(stream.status);
  });
}

describe('a peer that misbehaves on the own wire', () => {
  it.each([
    ['A26: garbage', frameOf('{"type":'), 'MALFORMED_MESSAGE'],
    ['A26: a length that is no varint', Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01), 'MALFORMED_MESSAGE'],
    ['A25: a frame above the limit', Uint8Array.of(0x91, 0x4e, 1, 2, 3), 'OVERSIZE_MESSAGE'],
    ['A25: a frame of 4 GiB', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), 'OVERSIZE_MESSAGE'],
  ])('%s is charged, and the stream reset', async (_what, bytes, offence) => {
    const { transport, told, peer, open } = await attacked();
    const stream = await open();
    stream.send(bytes);
    expect(await told.nth('offence', 1)).toMatchObject({ peer, offence });
    expect(await over(stream)).toBe('reset');
    expect(told.of('message')).toEqual([]);

    (await open()).send(goodFrame);
    expect((await told.nth('message', 1)).message).toEqual({ type: 'metadataRequest' });
    expect(transport.stats()).toMatchObject({ peers: 1, offences: 1 });
  });

  it('A26: a frame cut short by the end of the stream is charged', async () => {
    const { told, peer, open } = await attacked();
    const stream = await open();
    stream.send(goodFrame.subarray(0, 5));
    await stream.close();
    expect(await told.nth('offence', 1)).toMatchObject({ peer, offence: 'MALFORMED_MESSAGE' });
  });

  it('PEER-2: a frame cut short by the loss of the connection is not charged', async () => {
    const { told, open, connection } = await attacked();
    (await open()).send(Buffer.concat([goodFrame, goodFrame.subarray(0, 5)]));
    await told.nth('message', 1);
    connection.abort(new Error('cable pulled'));
    await told.nth('disconnected', 1);
    expect(told.of('offence')).toEqual([]);
  });

  it('A12: a frame that drips in is given up in time, however often a byte comes', async () => {
    const { transport, told, open } = await attacked({ limits: { frameReadTimeoutMs: 150 } });
    const stream = await open();
    let at = 0;
    const drip = setInterval(() => stream.status === 'open' && stream.send(goodFrame.subarray(at, (at += 1))), 40);
    expect(await over(stream)).toBe('reset');
    clearInterval(drip);
    expect(at).toBeLessThan(goodFrame.length);
    expect(transport.stats().stalledReads).toBe(1);
    // Slowness alone is no offence.
    expect(told.of('offence')).toEqual([]);
  });

  it('A28: a flood is cut to the rate and charged once a second', async () => {
    const limits = { inboundMessagesPerSecond: 1, inboundMessagesBurst: 20 };
    const { transport, told, peer, open } = await attacked({ limits });
    (await open()).send(writeFrames(Array.from({ length: 1_000 }, () => codec.encode({ type: 'metadataRequest' }))));
    expect(await told.nth('offence', 1)).toMatchObject({ peer, offence: 'REQUEST_FLOOD' });
    await vi.waitFor(() => expect(transport.stats().messagesDropped).toBeGreaterThanOrEqual(970));
    expect(told.of('message').length).toBeLessThanOrEqual(22);
    expect(told.of('offence').length).toBeLessThanOrEqual(2);
  });

  it('LIMIT: a second stream replaces the first', async () => {
    const { told, open } = await attacked();
    const first = await open();
    first.send(goodFrame);
    await told.nth('message', 1);
    const second = await open();
    second.send(goodFrame);
    await told.nth('message', 2);
    expect(await over(first)).toBe('reset');
    expect(second.status).toBe('open');
  });

  it('A25: a yamux frame beyond any window ends the connection before it is buffered', async () => {
    const { told, connection } = await attacked();
    const header = new DataView(new ArrayBuffer(12));
    header.setUint32(4, 1);
    header.setUint32(8, 0xffff_ffff);
    // Only the connection below the streams can say such a thing.
    const { muxer } = connection as unknown as { muxer: { send(bytes: Uint8Array): boolean } };
    muxer.send(new Uint8Array(header.buffer));
    await told.nth('disconnected', 1);
  });

  it('LIMIT: a peer that reads nothing fails sends in time, and costs bounded memory', async () => {
    const { transport, told } = await nodes.transport({
      codec: createTestCodec(1_000_000),
      limits: { outgoingMessagesMax: 8, sendTimeoutMs: 200 },
    });
    const { node, peer } = await nodes.raw({ protocols: [STATE_SYNC_PROTOCOL], onStream: (stream) => stream.pause() });
    await dial(node, transport);
    await told.nth('connected', 1);
    const blocks = [textBlock(1, 500_000)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, requestId) => transport.send(peer, { type: 'blocks', requestId, blocks })),
    );
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(failed.filter((reason) => reason.includes('wait for it already'))).toHaveLength(12);
    expect(failed.filter((reason) => reason.includes('took nothing for 200 ms')).length).toBeGreaterThanOrEqual(5);
  });
});

describe('gossip of a peer that misbehaves', () => {
  it('A26: is charged to its author and not passed on', async () => {
    const { transport, told, node, peer } = await attacked();
    const neighbour = await nodes.transport({ codec, peers: [addressOfTransport(transport)] });
    await neighbour.told.nth('connected', 1);
    // Publishing is best effort: until the nodes know each other's subscriptions it reaches nobody.
    const publishUntil = async (bytes: Uint8Array, heard: () => boolean) => {
      for (let round = 0; !heard() && round < 100; round += 1) {
        await node.services.pubsub.publish(GOSSIP_TOPIC, bytes);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const gossipOf = (height: number) => codec.encodeGossip({ type: 'newBlock', block: textBlock(height, 10) });
    const heardOf = (height: number) => () =>
      neighbour.told.of('gossip').some((each) => each.message.block.height === height);
    await publishUntil(gossipOf(7), heardOf(7));
    expect(neighbour.told.of('gossip')[0]).toMatchObject({ peer });

    await publishUntil(Buffer.from('{"type":'), () => told.of('offence').length > 0);
    expect(told.of('offence')[0]).toMatchObject({ peer, offence: 'MALFORMED_MESSAGE' });
    // What this protocol has no use for is nobody's offence.
    await node.services.pubsub.publish(GOSSIP_TOPIC, Buffer.from('null'));
    await publishUntil(gossipOf(8), heardOf(8));
    expect(told.of('offence')).toHaveLength(1);
    expect(neighbour.told.of('offence')).toEqual([]);
    // The neighbour heard it of our transport, not of the author.
    expect(node.getConnections()).toHaveLength(1);
  });
});
