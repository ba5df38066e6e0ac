import { hexToBytes } from '@noble/hashes/utils.js';
import type { KeyPair, SignMessage } from '../../validation/keys.ts';
import { ACTOR_TYPE_VALIDATOR, encodeTransaction, transactionSignedBytes } from '../../wire/transactions.ts';
import type { TransactionMessage } from '../../wire/transactions.ts';

/** Who signs a transaction, and how. */
export interface TransactionSigner {
  readonly keys: KeyPair;
  readonly sign: SignMessage;
  /** Not empty; makes two otherwise equal transactions different. */
  readonly nonce: string;
}

/** Any message, signed: the bytes of a `core.Transaction`. */
export function signTransaction(message: TransactionMessage, { keys, sign, nonce }: TransactionSigner): Uint8Array {
  const signedBytes = transactionSignedBytes(message, nonce);
  return encodeTransaction(signedBytes, { publicKey: keys.publicKey, signature: sign(signedBytes, keys) });
}

/** Sends coins of the signer. */
export function sendTransaction(signer: TransactionSigner, to: string, amount: bigint): Uint8Array {
  const fromAddress = hexToBytes(signer.keys.address);
  return signTransaction(
    { type: 'utility.MessageSend', fromAddress, toAddress: hexToBytes(to), amount: amount.toString() },
    signer,
  );
}

/** Makes the signer a validator, with a stake of its own coins that is one day paid back to it. */
export function stakeTransaction(signer: TransactionSigner, amount: bigint, serviceUrl: string): Uint8Array {
  const { publicKey, address } = signer.keys;
  return signTransaction(
    {
      type: 'utility.MessageStake',
      actorType: ACTOR_TYPE_VALIDATOR,
      publicKey,
      chains: [],
      amount: amount.toString(),
      serviceUrl,
      outputAddress: hexToBytes(address),
      signer: null,
    },
    signer,
  );
}

/** Takes the signer out of the validators. */
export function unstakeTransaction(signer: TransactionSigner): Uint8Array {
  const address = hexToBytes(signer.keys.address);
  return signTransaction(
    { type: 'utility.MessageUnstake', actorType: ACTOR_TYPE_VALIDATOR, address, signer: null },
    signer,
  );
}

export interface TransactionSourceOptions {
  /** The same seed gives the same transactions. */
  readonly seed: number;
  readonly sign: SignMessage;
  /** Funded accounts that send to each other: at least two. */
  readonly accounts: readonly KeyPair[];
  /** Funded accounts that become validators and leave again, now and then. */
  readonly candidates?: readonly KeyPair[];
  /** What a candidate stakes; at least the genesis' `validator_minimum_stake`. */
  readonly stake?: bigint;
}

/** Endless valid transactions, as long as the accounts have coins: amounts are below 1,000, fees come on top. */
export interface TransactionSource {
  next(count: number): Uint8Array[];
}

/** One transaction in this many is a stake or an unstake. */
const STAKE_EVERY = 40;
const AMOUNT_MAX = 1_000;

export function createTransactionSource(options: TransactionSourceOptions): TransactionSource {
  const { seed, sign, accounts, candidates = [], stake = 15_000_000_000n } = options;
  const random = seededRandom(seed);
  const staked = new Set<KeyPair>();
  let count = 0;

  function one(): Uint8Array {
    count += 1;
    const nonce = `${seed}-${count}`;
    const candidate = random(STAKE_EVERY) === 0 ? candidates[random(candidates.length)] : undefined;
    if (candidate !== undefined) {
      const signer = { keys: candidate, sign, nonce };
      if (staked.delete(candidate)) return unstakeTransaction(signer);
      staked.add(candidate);
      return stakeTransaction(signer, stake, `${candidate.address}:42069`);
    }
    const from = accounts[random(accounts.length)];
    const to = accounts[random(accounts.length)];
    if (from === undefined || to === undefined) throw new RangeError('no accounts to send between');
    return sendTransaction({ keys: from, sign, nonce }, to.address, BigInt(1 + random(AMOUNT_MAX - 1)));
  }

  return { next: (wanted) => Array.from({ length: wanted }, one) };
}

/** Whole numbers from 0 below `limit`: mulberry32, which is enough for test data. */
function seededRandom(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
