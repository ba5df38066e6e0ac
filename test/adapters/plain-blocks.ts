import type { SyncBlock } from '../../src/protocol/block.ts';
import { createPocketBlock, EMPTY_HEADER, toSyncBlock } from '../../src/wire/blocks.ts';

/** A block for stores, which look at nothing but its place: no certificate and no meaning. */
export function plainBlock(height: number): SyncBlock {
  const header = {
    ...EMPTY_HEADER,
    height,
    networkId: 'localnet',
    stateHash: hashOf(height),
    prevStateHash: hashOf(height - 1),
    proposerAddress: new Uint8Array(20).fill(height),
  };
  return toSyncBlock(createPocketBlock({ header, transactions: [Uint8Array.of(height, 0xff)] }));
}

function hashOf(height: number): string {
  return height.toString(16).padStart(64, '0');
}
