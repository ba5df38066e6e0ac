import { afterEach, describe, expect, it } from 'vitest';
import { STATE_SYNC_PROTOCOL } from '../../src/adapters/libp2p/index.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { addressOfTransport, dial, NodesUnderTest } from './libp2p-nodes.ts';

const PART_BYTES = 128_000;
const nodes = new NodesUnderTest();
afterEach(() => nodes.stop());

function part(height: number): PeerMessage {
  const body = 'x'.repeat(PART_BYTES);
  const block: SyncBlock = { height, id: '', parentId: '', contentId: '', bytes: PART_BYTES, body };
  return { type: 'blocks', requestId: 1, blocks: [block], more: true };
}

describe('CHUNK-1: an answer in many parts', () => {
  it('leaves room for other messages to the same peer', async () => {
    const a = await nodes.transport();
    const b = await nodes.transport({ peers: [addressOfTransport(a.transport)] });
    await a.told.nth('connected', 1);
    const peer = b.transport.self;
    for (let height = 1; height <= 80; height++) {
      await a.transport.send(peer, part(height));
      if (height === 10) void a.transport.send(peer, { type: 'noBlock', requestId: 2, height: 1 });
    }
    await b.told.nth('message', 81);
    const kinds = b.told.of('message').map(({ message }) => message.type);
    expect(kinds.indexOf('noBlock')).toBe(10);
  });

  it('A28: is held back by a peer that does not read, and then given up', async () => {
    const { transport, told } = await nodes.transport({ limits: { sendTimeoutMs: 1_000 } });
    const raw = await nodes.raw({ protocols: [STATE_SYNC_PROTOCOL], onStream: (stream) => stream.pause() });
    await dial(raw.node, transport);
    await told.nth('connected', 1);
    let sent = 0;
    const failure = await (async () => {
      for (let height = 1; height <= 1_000; height++) {
        await transport.send(raw.peer, part(height));
        sent += PART_BYTES;
      }
      return null;
    })().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StateSyncError);
    expect(failure).toMatchObject({ code: 'PEER_UNREACHABLE' });
    // What yamux lets out unread, and not the 128 MB of the answer.
    expect(sent).toBeLessThan(8_000_000);
  });
});
