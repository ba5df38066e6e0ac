import type { EffectOf } from '../core/effects.ts';
import type { SyncBlock } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { BlockStore, Transport } from './ports.ts';

/** An answer is read and sent in parts of about this size, so that it need not be in memory as a whole. */
const PART_BYTES_MAX = 131_072;

export interface ServingPorts {
  readonly store: BlockStore;
  readonly transport: Transport;
}

/** Answers peers' requests for blocks. */
export class Serving {
  readonly #ports: ServingPorts;
  readonly #partBytesMax: number;
  /** What was sent to peers. */
  readonly served = { answers: 0, blocks: 0, bytes: 0 };

  /** @param blockBytesMax the network's; a part is no larger, so that it fits into a message */
  constructor(ports: ServingPorts, blockBytesMax: number) {
    this.#ports = ports;
    this.#partBytesMax = Math.min(PART_BYTES_MAX, blockBytesMax);
  }

  /**
   * SERVE-3: what can be read is sent; a block that was pruned meanwhile ends the answer early. A part is sent when the
   * one before it is handed to the connection, so that a slow peer costs no more memory than a quick one.
   */
  async serve({ peer, requestId, from, to, bytesMax }: EffectOf<'serveBlocks'>): Promise<void> {
    const { transport } = this.#ports;
    let room = bytesMax;
    let part: SyncBlock[] = [];
    let partBytes = 0;
    const send = async (more: boolean): Promise<void> => {
      const blocks = part;
      part = [];
      await transport.send(peer, { type: 'blocks', requestId, blocks, ...(more ? { more } : {}) });
      this.served.blocks += blocks.length;
      this.served.bytes += partBytes;
      partBytes = 0;
    };
    for await (const block of this.#blocks(from, to)) {
      if (block.bytes > room && block.height > from) break;
      // Only now it is known that there is more.
      if (part.length > 0 && partBytes + block.bytes > this.#partBytesMax) await send(true);
      part.push(block);
      partBytes += block.bytes;
      room -= block.bytes;
    }
    if (part.length > 0) await send(false);
    else await transport.send(peer, { type: 'noBlock', requestId, height: from });
    this.served.answers++;
  }

  /** The blocks `from..to` in order, up to the first that is not stored any more. */
  async *#blocks(from: number, to: number): AsyncGenerator<SyncBlock> {
    const { store } = this.#ports;
    try {
      for (let height = from; height <= to;) {
        const read = (await store.readMany?.(height, to, this.#partBytesMax)) ?? [await store.read(height)];
        if (read.length === 0) return;
        yield* read;
        height += read.length;
      }
    } catch (error) {
      if (!(error instanceof StateSyncError) || error.code !== 'BLOCK_NOT_STORED') throw error;
    }
  }
}
