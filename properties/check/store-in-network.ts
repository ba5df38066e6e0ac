import type { BlockCodec, BlockStore } from '../../src/node/ports.ts';
export interface StoreLives {
  next(): BlockStore;
}
export type CreateStoreForNetwork = (codec: BlockCodec) => Promise<StoreLives>;
