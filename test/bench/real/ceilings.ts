import { createLedger } from '../../../src/adapters/ledger/index.ts';
import { createLevelStore } from '../../../src/adapters/level-store.ts';
import { createMemoryStore } from '../../../src/adapters/memory.ts';
import { createNodeCryptoVerifier } from '../../../src/adapters/node-crypto.ts';
import type { SyncBlock } from '../../../src/index.ts';
import { createPocketVerifier } from '../../../src/validation/index.ts';
import { createPocketCodec } from '../../../src/wire/index.ts';
import type { SampleChain } from './sample-chain.ts';

/**
 * What one stage of a real sync can do alone, on this machine now, in blocks a second. Each stage gets blocks as they
 * come from the wire, so that nothing is remembered with them that an earlier stage found out.
 */
export type Ceiling = (chain: SampleChain) => Promise<number>;

/** How many blocks are under way at once where a stage can do several. */
const AHEAD = 32;

export const decodeCeiling: Ceiling = async ({ genesis, blocks }) => {
  const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
  const encoded = blocks.map((block) => codec.encodeBlock(block));
  const begun = performance.now();
  for (const bytes of encoded) codec.decodeBlock(bytes);
  return rate(blocks.length, begun);
};

export const verifyCeiling: Ceiling = async (chain) => {
  const { networkId, blockBytesMax } = chain.genesis;
  const signatures = createNodeCryptoVerifier();
  const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });
  const ledger = createLedger({ genesis: chain.genesis, signatures });
  const store = createMemoryStore();
  await store.open();
  await ledger.open(store);
  const { validators } = ledger.tip();
  const blocks = fromWire(chain);
  const begun = performance.now();
  for (let i = 0; i < blocks.length; i += AHEAD) {
    const parts = blocks.slice(i, i + AHEAD).map(async (block) => {
      const parent = { height: block.height - 1, stateHash: block.parentId, validators };
      const verdict = await verifier.verify(block, parent, true);
      if (!verdict.valid) throw new Error(verdict.fault.message);
    });
    await Promise.all(parts);
  }
  return rate(blocks.length, begun);
};

export const applyCeiling: Ceiling = async (chain) => {
  const ledger = createLedger({ genesis: chain.genesis, signatures: createNodeCryptoVerifier() });
  const store = createMemoryStore();
  await store.open();
  await ledger.open(store);
  const blocks = fromWire(chain);
  const begun = performance.now();
  for (let i = 0; i < blocks.length; i += AHEAD) {
    const part = blocks.slice(i, i + AHEAD);
    for (const block of part) prepare(ledger, block);
    for (const block of part) await ledger.apply(block);
    ledger.committed(part.at(-1)?.height ?? 0);
  }
  return rate(blocks.length, begun);
};

/** Some executors can begin with a block before its turn. */
function prepare(executor: object, block: SyncBlock): void {
  (executor as { prepare?: (block: SyncBlock) => void }).prepare?.(block);
}

/** Durable commits of `group` blocks each; leaves the chain in `directory`. */
export async function commitCeiling(chain: SampleChain, group: number, directory: string): Promise<number> {
  const { genesis } = chain;
  const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
  const store = createLevelStore({
    directory,
    codec,
    network: { networkId: genesis.networkId, genesisHash: genesis.hash },
  });
  const ledger = createLedger({ genesis, signatures: createNodeCryptoVerifier() });
  await store.open();
  await ledger.open(store);
  const blocks = fromWire(chain);
  let spentMs = 0;
  for (let i = 0; i < blocks.length; i += group) {
    const part = blocks.slice(i, i + group);
    for (const block of part) await ledger.apply(block);
    const height = part.at(-1)?.height ?? 0;
    const begun = performance.now();
    await store.commit(part, ledger.changes(height));
    spentMs += performance.now() - begun;
    ledger.committed(height);
  }
  await store.close();
  return (blocks.length * 1_000) / spentMs;
}

function fromWire({ genesis, blocks }: SampleChain): readonly SyncBlock[] {
  const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
  return blocks.map((block) => codec.decodeBlock(codec.encodeBlock(block)));
}

function rate(blocks: number, begunMs: number): number {
  return (blocks * 1_000) / (performance.now() - begunMs);
}
