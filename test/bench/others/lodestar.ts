import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine, EngineRun, Load } from '../engines/engine.ts';
import { PROCESS_BLOCKS, ProgressCount, within } from '../engines/engine.ts';
import { nextTurn, sleepExactly } from '../engines/sleep.ts';
import { drawing } from '../../../properties/links/peer-plan.ts';
import { LODESTAR_VERSION, OTHERS_DIRECTORY } from './install.ts';
import { importWithStandIns } from './lodestar-stubs.ts';

/** As much of Lodestar's types as is used here. */
interface ChainModule {
  readonly SyncChain: new (
    initialEpoch: number,
    target: Target,
    syncType: string,
    functions: object,
    modules: object,
  ) => Chain;
}

interface Chain {
  addPeer(peer: string, target: Target): void;
  startSyncing(epoch: number): void;
  remove(): void;
}

interface Target {
  readonly slot: number;
  readonly root: Uint8Array;
}

interface Batch {
  readonly startSlot: number;
  readonly count: number;
}

const ROOT = new Uint8Array(32);
const PHASE_0 = 'phase0';
const CONFIG = {
  getForkName: () => PHASE_0,
  getForkTypes: () => ({ SignedBeaconBlock: { hashTreeRoot: () => ROOT } }),
};
const SILENT = { debug: () => undefined, verbose: () => undefined, error: () => undefined };

/** SyncChain of @lodestar/beacon-node, unmodified: an epoch, which is 32 blocks, a request. */
export async function loadLodestar(): Promise<Engine> {
  // The real path is what modules are known by.
  const root = realpathSync(join(OTHERS_DIRECTORY, `lodestar-${LODESTAR_VERSION}`, 'package', 'lib'));
  const url = pathToFileURL(join(root, 'sync', 'range', 'chain.js')).href;
  const { SyncChain } = (await importWithStandIns(url, pathToFileURL(root).href)) as ChainModule;
  return { name: `Lodestar SyncChain ${LODESTAR_VERSION}`, run: (load) => runChain(SyncChain, load) };
}

async function runChain(SyncChain: ChainModule['SyncChain'], load: Load): Promise<EngineRun> {
  const made = slotsUpTo(load.blocks);
  const draw = drawing(1);
  const progress = new ProgressCount();
  const done = Promise.withResolvers<unknown>();
  const target: Target = { slot: load.blocks - 1, root: ROOT };
  const functions = {
    processChainSegment: async (blocks: readonly unknown[]) => {
      if (load.processMs > 0) await sleepExactly((load.processMs * blocks.length) / PROCESS_BLOCKS);
      progress.add(blocks.length);
    },
    downloadByRange: async (_peer: unknown, { startSlot, count }: Batch) => {
      if (load.failShare > 0 && draw() < load.failShare) throw new Error('sending failed');
      if (load.roundTripMs > 0) await timer(load.roundTripMs);
      else await nextTurn();
      return { result: { blocks: made.slice(startSlot, startSlot + count), payloadEnvelopes: null }, warnings: null };
    },
    reportPeer: () => undefined,
    pruneBlockInputs: () => undefined,
    getConnectedPeerSyncMeta: (peerId: string) => ({
      peerId,
      client: 'bench',
      custodyColumns: [],
      earliestAvailableSlot: 0,
    }),
    onEnd: (error: unknown) => {
      done.resolve(error);
    },
  };
  const modules = {
    config: CONFIG,
    clock: { currentEpoch: 0 },
    logger: SILENT,
    metrics: null,
    custodyConfig: { sampledColumns: [] },
  };
  const chain = new SyncChain(0, target, 'Finalized', functions, modules);
  for (let i = 0; i < load.peers; i++) chain.addPeer(`peer ${i}`, target);
  chain.startSyncing(0);
  await within(load.limitMs, done.promise);
  chain.remove();
  progress.look();
  return progress;
}

function timer(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let made: readonly unknown[] = [];

/** Blocks with all that belongs to them. */
function slotsUpTo(count: number): readonly unknown[] {
  if (made.length >= count) return made;
  made = Array.from({ length: count }, (_, slot) => ({
    slot,
    hasBlock: () => true,
    hasAllData: () => true,
    hasBlockAndAllData: () => true,
    getBlock: () => ({ message: { slot } }),
  }));
  return made;
}
