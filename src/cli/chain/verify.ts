import { createLedger, readGenesis } from '../../adapters/ledger/index.ts';
import type { Genesis } from '../../adapters/ledger/index.ts';
import { createMemoryStore } from '../../adapters/memory-store.ts';
import { createNodeCryptoVerifier } from '../../adapters/node-crypto.ts';
import type { BlockStore, BlockVerifier, Executor } from '../../node/ports.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { createPocketVerifier } from '../../validation/index.ts';
import type { VerifyOptions } from './options.ts';
import { writeFields } from '../output.ts';
import { createProgressBar } from '../progress-bar.ts';
import { openChain, storeDirectoryIn } from './chain-directory.ts';

/** @throws StateSyncError CHAIN_INVALID with the first bad height; those of the genesis and the store */
export async function verifyChain(directory: string, { genesis: path, json }: VerifyOptions): Promise<void> {
  const genesis = await readGenesis(path);
  const { networkId, blockBytesMax, hash } = genesis;
  const store = await openChain(storeDirectoryIn(directory), { networkId, genesisHash: hash }, blockBytesMax);
  try {
    const beganMs = performance.now();
    const tip = await verifyStore(store, genesis);
    const seconds = (performance.now() - beganMs) / 1_000;
    const blocksPerSecond = Math.round(tip.height / seconds);
    const found = {
      height: tip.height,
      stateHash: tip.stateHash,
      seconds: Number(seconds.toFixed(2)),
      blocksPerSecond,
    };
    if (!json) process.stdout.write(`Every block verifies.\n`);
    writeFields(found, json);
  } finally {
    await store.close();
  }
}

/** Executes all blocks from genesis on, in memory, and compares what comes out with what the store says. */
async function verifyStore(store: BlockStore, genesis: Genesis): Promise<{ height: number; stateHash: string }> {
  const { networkId, blockBytesMax } = genesis;
  const { minHeight, maxHeight } = store.range();
  if (minHeight > 1) fail(1, `the chain begins at height ${minHeight}: what is below was pruned`);
  const signatures = createNodeCryptoVerifier();
  const verifier = createPocketVerifier({ networkId, blockBytesMax, signatures });
  const executor = createLedger({ genesis, signatures });
  const nothing = createMemoryStore();
  await nothing.open();
  await executor.open(nothing);
  const bar = createProgressBar('verifying', maxHeight);
  try {
    for (let height = 1; height <= maxHeight; height += 1) {
      await verifyBlock(store, height, verifier, executor);
      bar.update(height);
    }
  } finally {
    bar.stop();
  }
  await checkStoredState(store, genesis, maxHeight);
  return executor.tip();
}

async function verifyBlock(
  store: BlockStore,
  height: number,
  verifier: BlockVerifier,
  executor: Executor,
): Promise<void> {
  const parent = executor.tip();
  const block = await store.read(height).catch((error: unknown) => fail(height, reasonOf(error), error));
  if (block.parentId !== parent.stateHash) {
    fail(height, `its prevStateHash is ${block.parentId}, the state hash before it ${parent.stateHash}`);
  }
  const verdict = await verifier.verify(block, parent, true);
  if (!verdict.valid) fail(height, `${verdict.fault.code}, ${verdict.fault.message}`);
  const applied = await executor.apply(block);
  if ('rejected' in applied) fail(height, `${applied.rejected.code}, ${applied.rejected.message}`);
  if (applied.stateHash !== block.id)
    fail(height, `executing it gave ${applied.stateHash}, its header names ${block.id}`);
  executor.committed(height);
}

/** The stored state is what a node would start from. */
async function checkStoredState(store: BlockStore, genesis: Genesis, height: number): Promise<void> {
  const stored = createLedger({ genesis, signatures: createNodeCryptoVerifier() });
  await stored.open(store).catch((error: unknown) => fail(height, `the stored state: ${reasonOf(error)}`, error));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(height: number, problem: string, cause?: unknown): never {
  throw new StateSyncError('CHAIN_INVALID', `height ${height}: ${problem}`, { height, cause });
}
