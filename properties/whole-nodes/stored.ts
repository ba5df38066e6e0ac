import { isDeepStrictEqual } from 'node:util';
import type { BlockStore, Executor } from '../../src/node/ports.ts';
import type { Claim, SyncBlock } from '../../src/protocol/block.ts';
import type { ServedAnswer } from './client.ts';
import type { Parts } from './parts.ts';
import { WHOLE } from './properties.ts';

type Chain = readonly SyncBlock[];

/** @throws BrokenProperty */
export function requireDurable(store: BlockStore, durable: number): void {
  const { maxHeight } = store.range();
  if (maxHeight >= durable) return;
  throw WHOLE.durable.broken(`the store said that height ${durable} is durable, and holds ${maxHeight}`);
}

/** @throws BrokenProperty */
export function requireOpenedRight(store: BlockStore, executor: Executor, chain: Chain): void {
  const { maxHeight } = store.range();
  const { height, stateHash } = executor.tip();
  if (height !== maxHeight) throw WHOLE.begins.broken(`the executor is at ${height}, the store at ${maxHeight}`);
  const id = chain[maxHeight - 1]?.id ?? chain[0]?.parentId;
  if (stateHash !== id)
    throw WHOLE.begins.broken(`at height ${height} the state hash is ${stateHash}, not ${id ?? ''}`);
}

/** PRUNE-1: all below is gone, and the newest block is not. @throws BrokenProperty */
export function requirePruned(store: BlockStore, { minHeight, maxHeight }: Claim): void {
  const range = store.range();
  if (range.minHeight === minHeight && range.maxHeight === maxHeight) return;
  const is = `${range.minHeight}..${range.maxHeight}`;
  throw WHOLE.stored.broken(`pruned, the store tells ${is}, where ${minHeight}..${maxHeight} should be left`);
}

/** Reads all that the store says it has. @throws BrokenProperty */
export async function requireStored(
  store: BlockStore,
  { blocks: chain, spoiled }: Pick<Parts, 'blocks' | 'spoiled'>,
): Promise<void> {
  const { minHeight, maxHeight } = store.range();
  for (let height = Math.max(1, minHeight); height <= maxHeight; height++) {
    const block = await store.read(height);
    requireSame(block, chain[height - 1], `read(${height})`);
    if (isSpoiled(block, spoiled.get(height), chain[height - 1]))
      throw WHOLE.stored.broken(`read(${height}) gives the block that was spoiled`);
  }
  if (store.readMany === undefined || maxHeight === 0) return;
  const many = await store.readMany(minHeight, maxHeight, Number.MAX_SAFE_INTEGER);
  if (many.length === 0) throw WHOLE.stored.broken(`readMany(${minHeight}, ${maxHeight}) gives nothing`);
  for (const [i, block] of many.entries()) requireSame(block, chain[minHeight + i - 1], `readMany, place ${i}`);
}

/** Whether it is the spoiled one by something that ids do not show, as a header field that no certificate covers. */
function isSpoiled(block: SyncBlock, spoiled: SyncBlock | undefined, of: SyncBlock | undefined): boolean {
  return isDeepStrictEqual(block.body, spoiled?.body) && !isDeepStrictEqual(block.body, of?.body);
}

function requireSame(block: SyncBlock, of: SyncBlock | undefined, where: string): void {
  if (block.height === of?.height && block.id === of.id && block.contentId === of.contentId) return;
  const wanted = of === undefined ? 'no block' : `block ${of.height}, ${of.contentId}`;
  throw WHOLE.stored.broken(`${where} gives block ${block.height}, ${block.contentId}, where the chain has ${wanted}`);
}

/** @throws BrokenProperty */
export function requireServed(
  { blocks, isNone }: ServedAnswer,
  { from, to }: { readonly from: number; readonly to: number },
  { minHeight, maxHeight }: Claim,
  chain: Chain,
): void {
  const asked = `${from}..${to} of ${minHeight}..${maxHeight}`;
  const has = from >= minHeight && from <= maxHeight;
  if (!has && !isNone) throw WHOLE.serves.broken(`${asked} is answered with ${blocks.length} blocks`);
  if (has && (isNone || blocks.length === 0)) throw WHOLE.serves.broken(`${asked} is answered with none`);
  for (const [i, { height, contentId }] of blocks.entries()) {
    const of = chain[from + i - 1];
    if (from + i > to || height !== from + i || contentId !== of?.contentId) {
      throw WHOLE.serves.broken(`${asked} is answered with block ${height}, ${contentId} in place ${i}`);
    }
  }
}
