import { describe, expect, it } from 'vitest';
import { Serving } from '../../src/node/serving.ts';
import type { BlockStore, Transport } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';

const PART = 131_072;

interface Setting {
  readonly bytes: (height: number) => number;
  readonly blockBytesMax?: number;
  readonly readMany?: boolean;
  /** Thrown instead of this height. */
  readonly gone?: readonly [height: number, error: Error];
}

/** What a peer gets of the blocks 1 to 100, or until `send` fails. */
function served(setting: Setting) {
  const sent: PeerMessage[] = [];
  const reads: number[] = [];
  const block = (height: number): SyncBlock => {
    reads.push(height);
    if (height === setting.gone?.[0]) throw setting.gone[1];
    if (height > 100) throw new StateSyncError('BLOCK_NOT_STORED', `no ${height}`);
    return { height, id: '', parentId: '', contentId: '', bytes: setting.bytes(height), body: null };
  };
  const readMany = async (from: number, to: number, bytesMax: number) => {
    const blocks = [block(from)];
    for (let bytes = setting.bytes(from), height = from + 1; height <= to; height++) {
      bytes += setting.bytes(height);
      if (bytes > bytesMax || height === setting.gone?.[0]) break;
      blocks.push(block(height));
    }
    return blocks;
  };
  const store = { read: async (height: number) => block(height), ...(setting.readMany === true ? { readMany } : {}) };
  const gate = { send: async (message: PeerMessage): Promise<void> => void sent.push(message) };
  const transport = { send: (_: string, message: PeerMessage) => gate.send(message) };
  const serving = new Serving(
    { store: store as unknown as BlockStore, transport: transport as unknown as Transport },
    setting.blockBytesMax ?? 4_000_000,
  );
  const serve = (from: number, to: number, bytesMax = Number.MAX_SAFE_INTEGER) =>
    serving.serve({ type: 'serveBlocks', serveId: 1, peer: 'p', requestId: 7, from, to, bytesMax });
  const parts = () =>
    sent.map((message) => {
      if (message.type !== 'blocks') return message;
      expect(message.requestId).toBe(7);
      const bytes = message.blocks.reduce((sum, each) => sum + each.bytes, 0);
      return { heights: message.blocks.map(({ height }) => height), bytes, more: 'more' in message };
    });
  return { serving, serve, sent, parts, reads, gate };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each([false, true])('answering a request (the store reads many at once: %s)', (readMany) => {
  it('CHUNK-1: a small answer is one message', async () => {
    const { serve, parts, serving } = served({ bytes: () => 1_000, readMany });
    await serve(3, 12);
    expect(parts()).toEqual([{ heights: range(3, 12), bytes: 10_000, more: false }]);
    expect(serving.served).toEqual({ answers: 1, blocks: 10, bytes: 10_000 });
  });

  it('CHUNK-1: a large one comes in parts, in order, and only the last is without `more`', async () => {
    const { serve, parts, serving } = served({ bytes: () => 10_000, readMany });
    await serve(1, 100);
    const got = parts();
    expect(got.flatMap((part) => ('heights' in part ? part.heights : []))).toEqual(range(1, 100));
    expect(got.map((part) => 'more' in part && part.more)).toEqual([...got.slice(1).map(() => true), false]);
    for (const part of got) expect('bytes' in part && part.bytes).toBeLessThanOrEqual(PART);
    expect(got.length).toBe(Math.ceil(100 / 13));
    expect(serving.served).toEqual({ answers: 1, blocks: 100, bytes: 1_000_000 });
  });

  it('CHUNK-1: a block larger than a part is a part, also as the first and the last', async () => {
    const { serve, parts } = served({ bytes: (height) => (height === 2 ? 10 : 500_000), readMany });
    await serve(1, 3);
    expect(parts()).toMatchObject([
      { heights: [1], more: true },
      { heights: [2], more: true },
      { heights: [3], more: false },
    ]);
  });

  it('LIMIT: a part is never above the largest block, so that it fits into a message', async () => {
    const { serve, parts } = served({ bytes: () => 400, blockBytesMax: 1_000, readMany });
    await serve(1, 5);
    expect(parts()).toMatchObject([{ heights: [1, 2] }, { heights: [3, 4] }, { heights: [5], more: false }]);
  });

  it.each([
    [39_999, 3],
    [40_000, 4],
    [5, 1],
  ])('CHUNK-1: room for %i bytes ends it after %i blocks of 10,000', async (bytesMax, count) => {
    const { serve, parts } = served({ bytes: () => 10_000, readMany });
    await serve(1, 100, bytesMax);
    expect(parts()).toEqual([{ heights: range(1, count), bytes: count * 10_000, more: false }]);
  });

  it('CHUNK-1: room that ends just where a part does leaves no part announced that does not come', async () => {
    const { serve, parts } = served({ bytes: () => PART / 2, readMany });
    await serve(1, 100, 2 * PART);
    expect(parts()).toMatchObject([
      { heights: [1, 2], more: true },
      { heights: [3, 4], more: false },
    ]);
  });

  it.each([2, 13, 14, 15, 40])(
    'PRUNE-1, SERVE-3: block %i pruned meanwhile ends the answer before it',
    async (height) => {
      const pruned = new StateSyncError('BLOCK_NOT_STORED', 'pruned');
      const { serve, parts } = served({ bytes: () => 10_000, readMany, gone: [height, pruned] });
      await serve(1, 100);
      const got = parts();
      expect(got.flatMap((part) => ('heights' in part ? part.heights : []))).toEqual(range(1, height - 1));
      expect(got.map((part) => 'more' in part && part.more)).toEqual([...got.slice(1).map(() => true), false]);
    },
  );

  it('SERVE-3: when there is none, that is said', async () => {
    const pruned = new StateSyncError('BLOCK_NOT_STORED', 'pruned');
    const { serve, sent } = served({ bytes: () => 1, readMany, gone: [5, pruned] });
    await serve(5, 9);
    expect(sent).toEqual([{ type: 'noBlock', requestId: 7, height: 5 }]);
  });

  it('LIMIT: not more than a part and a block are read before the part before it is gone', async () => {
    const { serve, sent, reads, gate } = served({ bytes: () => 60_000, readMany });
    const gone = Promise.withResolvers<undefined>();
    gate.send = async (message) => {
      sent.push(message);
      if (sent.length === 2) await gone.promise;
    };
    const serving = serve(1, 100);
    await new Promise(setImmediate);
    expect(sent.length).toBe(2);
    expect(Math.max(...reads)).toBeLessThanOrEqual(6);
    gone.resolve(undefined);
    await serving;
    expect(sent.length).toBe(50);
  });

  it('SERVE-4: a peer that is gone ends the reading', async () => {
    const { serve, sent, reads, gate } = served({ bytes: () => 60_000, readMany });
    gate.send = async (message) => {
      sent.push(message);
      throw new StateSyncError('PEER_UNREACHABLE', 'gone');
    };
    await expect(serve(1, 100)).rejects.toThrow('gone');
    expect(sent.length).toBe(1);
    expect(Math.max(...reads)).toBeLessThanOrEqual(4);
  });
});
