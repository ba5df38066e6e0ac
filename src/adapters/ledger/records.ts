import { StateSyncError } from '../../protocol/errors.ts';
import { parseAmount } from './amount.ts';

/**
 * The ledger's state is a set of records by key:
 *
 *     chain                  how far the chain has come, and from which genesis
 *     account/<address>      a balance
 *     validator/<address>    a member of the validator set
 *     unstaking/<height>     stakes that are paid back at that height
 *     transaction/<hash>     a transaction that must not be executed again
 */
export type LedgerRecord =
  | { readonly kind: 'chain'; readonly height: number; readonly positions: number; readonly genesisHash: string }
  | { readonly kind: 'account'; readonly amount: bigint }
  | ValidatorRecord
  | { readonly kind: 'unstaking'; readonly payouts: readonly Payout[] }
  | { readonly kind: 'transaction'; readonly height: number };

export interface ValidatorRecord {
  readonly kind: 'validator';
  readonly publicKey: string;
  readonly stake: bigint;
  readonly output: string;
  readonly serviceUrl: string;
}

export interface Payout {
  readonly to: string;
  readonly amount: bigint;
}

/** A record with its position among the leaves of the state tree, which it keeps as long as it lives. */
export interface Entry {
  readonly position: number;
  readonly record: LedgerRecord;
}

export const CHAIN_KEY = 'chain';
export const accountKey = (address: string): string => `account/${address}`;
export const validatorKey = (address: string): string => `validator/${address}`;
export const unstakingKey = (height: number): string => `unstaking/${height}`;
export const transactionKey = (hash: string): string => `transaction/${hash}`;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The bytes that are stored and hashed: a JSON list, position first. */
export function encodeEntry(entry: Entry): Uint8Array {
  return encoder.encode(entryText(entry));
}

/** The same as text. */
export function entryText({ position, record }: Entry): string {
  return JSON.stringify([position, ...fieldsOf(record)]);
}

function fieldsOf(record: LedgerRecord): unknown[] {
  switch (record.kind) {
    case 'chain':
      return [record.height, record.positions, record.genesisHash];
    case 'account':
      return [record.amount.toString()];
    case 'validator':
      return [record.publicKey, record.stake.toString(), record.output, record.serviceUrl];
    case 'unstaking':
      return [record.payouts.map(({ to, amount }) => [to, amount.toString()])];
    case 'transaction':
      return [record.height];
  }
}

/** @throws StateSyncError STORE_CORRUPT */
export function decodeEntry(key: string, bytes: Uint8Array): Entry {
  try {
    const fields = JSON.parse(decoder.decode(bytes)) as unknown;
    if (!Array.isArray(fields)) throw new TypeError('not a list');
    const [position, ...rest] = fields as unknown[];
    return { position: asInteger(position), record: recordOf(key.split('/', 1)[0], rest) };
  } catch (cause) {
    throw new StateSyncError('STORE_CORRUPT', `the entry "${key}" of the ledger cannot be decoded`, { cause });
  }
}

function recordOf(kind: string | undefined, [first, second, third, fourth]: readonly unknown[]): LedgerRecord {
  switch (kind) {
    case 'chain':
      return { kind, height: asInteger(first), positions: asInteger(second), genesisHash: asText(third) };
    case 'account':
      return { kind, amount: asAmount(first) };
    case 'validator':
      return {
        kind,
        publicKey: asText(first),
        stake: asAmount(second),
        output: asText(third),
        serviceUrl: asText(fourth),
      };
    case 'unstaking':
      return { kind, payouts: asList(first).map(asPayout) };
    case 'transaction':
      return { kind, height: asInteger(first) };
    default:
      throw new TypeError('unknown kind');
  }
}

function asPayout(value: unknown): Payout {
  const [to, amount] = asList(value);
  return { to: asText(to), amount: asAmount(amount) };
}

function asList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

function asInteger(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new TypeError('not an integer');
  return value;
}

function asAmount(value: unknown): bigint {
  const amount = parseAmount(value);
  if (amount === undefined) throw new TypeError('not an amount');
  return amount;
}
