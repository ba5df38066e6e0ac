import { createMemoryStore } from '../../../src/adapters/memory.ts';
import { createSystemClock } from '../../../src/adapters/system-clock.ts';
import { StateSyncNode } from '../../../src/node/index.ts';
import type { BlockStore, BlockVerifier, Executor } from '../../../src/node/index.ts';
import type { SyncBlock, SyncConfig } from '../../../src/index.ts';
import { OpaqueExecutor, opaqueVerifier } from '../../../properties/pace/host.ts';
import { blocksUpTo } from './blocks.ts';
import { DirectTransport } from './direct-transport.ts';
import type { Engine, EngineRun, Load } from './engine.ts';
import { PROCESS_BLOCKS, ProgressCount, within } from './engine.ts';
import { sleepExactly } from './sleep.ts';

export const OUR_NODE: Engine = { name: 'ours: StateSyncNode', run: runNode };

export interface NodeRunOptions {
  readonly executor?: Executor;
  readonly verifier?: BlockVerifier;
  readonly store?: BlockStore;
  readonly config?: Partial<SyncConfig>;
  /** Makes the chain while it is asked for; otherwise it is made before. */
  readonly blockAt?: (height: number) => SyncBlock;
  /** Sees the node before it starts. */
  readonly started?: (node: StateSyncNode) => void;
}

/** The whole node among peers of the same process; what is not given says yes and takes no time. */
export async function runNode(load: Load, options: NodeRunOptions = {}): Promise<EngineRun> {
  const { blocks, roundTripMs, failShare } = load;
  const { blockAt } = options;
  const made = blockAt === undefined ? blocksUpTo(blocks) : [];
  const take = (from: number, to: number): readonly SyncBlock[] =>
    blockAt === undefined
      ? made.slice(from - 1, to)
      : Array.from({ length: to - from + 1 }, (_, i) => blockAt(from + i));
  const progress = new ProgressCount();
  const node = new StateSyncNode({
    transport: new DirectTransport({ count: load.peers, height: blocks, blocks: take, roundTripMs, failShare }),
    store: options.store ?? createMemoryStore(),
    executor: options.executor ?? new OpaqueExecutor(pacing(load.processMs)),
    verifier: options.verifier ?? opaqueVerifier(),
    clock: createSystemClock(),
    seed: 1,
    config: { requestBlocksMax: load.requestBlocks, blockBytesMax: 10_000, ...options.config },
  });
  node.on('blocksAdded', ({ from, to }) => progress.add(to - from + 1));
  await node.start();
  options.started?.(node);
  await within(load.limitMs, node.whenSynced());
  progress.look();
  await node.stop();
  return progress;
}

/** @throws Error when the chain was not synced: what was measured then means nothing */
export function requireWhole({ blocks }: EngineRun, height: number): void {
  if (blocks !== height) throw new Error(`the node came to height ${blocks} of ${height}`);
}

/** Takes the processing time of a batch at the last block of it. */
function pacing(processMs: number): () => Promise<void> | undefined {
  if (processMs === 0) return () => undefined;
  let blocks = 0;
  return () => (++blocks % PROCESS_BLOCKS === 0 ? sleepExactly(processMs) : undefined);
}
