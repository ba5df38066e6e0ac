import type { Claim } from '../protocol/block.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { EMPTY_RANGE } from './committed-range.ts';

/** Which chain a store is of. */
export interface StoreNetwork {
  readonly networkId: string;
  readonly genesisHash: string;
}

/** Where the store's own record is, among the records. */
export const META_KEY = 'store';

/** The version of the layout in the directory; another one is refused. */
const FORMAT = 1;

/** The store's own record: what it is of and which blocks it holds. */
export function encodeMeta(network: StoreNetwork, range: Claim): string {
  const { networkId, genesisHash } = network;
  return JSON.stringify({ format: FORMAT, networkId, genesisHash, ...range });
}

/**
 * The range that the record tells.
 * @throws StateSyncError STORE_FOREIGN, STORE_CORRUPT
 */
export function decodeMeta(text: string, network: StoreNetwork, directory: string): Claim {
  const meta = parse(text, directory);
  if (meta['format'] !== FORMAT) {
    foreign(`${directory} has the store format ${String(meta['format'])}; this version reads format ${FORMAT}`);
  }
  if (meta['networkId'] !== network.networkId) {
    foreign(`${directory} is of network "${String(meta['networkId'])}", not "${network.networkId}"`);
  }
  if (meta['genesisHash'] !== network.genesisHash) {
    foreign(`${directory} is of a chain with another genesis (${String(meta['genesisHash'])})`);
  }
  const { minHeight, maxHeight } = meta;
  if (!isHeight(minHeight) || !isHeight(maxHeight)) corrupt(directory, 'a height is not a number');
  if (maxHeight === 0 && minHeight === 0) return EMPTY_RANGE;
  if (minHeight < 1 || minHeight > maxHeight)
    corrupt(directory, `the range ${minHeight} to ${maxHeight} is impossible`);
  return { minHeight, maxHeight };
}

/** The chain that the record tells. @throws StateSyncError STORE_CORRUPT */
export function networkOf(text: string, directory: string): StoreNetwork {
  const { networkId, genesisHash } = parse(text, directory);
  if (typeof networkId !== 'string' || typeof genesisHash !== 'string')
    corrupt(directory, 'it does not name its chain');
  return { networkId, genesisHash };
}

function parse(text: string, directory: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below: the text itself is of no use to anybody.
  }
  return corrupt(directory, 'it is not JSON');
}

function isHeight(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function foreign(message: string): never {
  throw new StateSyncError('STORE_FOREIGN', message);
}

function corrupt(directory: string, problem: string): never {
  throw new StateSyncError('STORE_CORRUPT', `the store's own record in ${directory} is damaged: ${problem}`);
}
