import type { BlockStore } from '../../src/node/ports.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';

/**
 * Remembers how far it came and nothing else: what then grows in memory is the node's.
 * @param work what one commit takes
 */
export function forgetfulStore(work: () => Promise<void> | undefined = () => undefined): BlockStore {
  let range = { minHeight: 0, maxHeight: 0 };
  return {
    open: async () => undefined,
    close: async () => undefined,
    range: () => range,
    read: (height) => Promise.reject(new StateSyncError('BLOCK_NOT_STORED', 'it is forgotten', { height })),
    commit: async (blocks) => {
      const underWay = work();
      if (underWay !== undefined) await underWay;
      const last = blocks[blocks.length - 1]?.height ?? 0;
      if (last > range.maxHeight) range = { minHeight: 1, maxHeight: last };
    },
    prune: async () => undefined,
    state: async function* () {
      // There is none.
    },
  };
}
