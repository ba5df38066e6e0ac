import { sha3_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { addressOf } from '../../validation/address.ts';
import { GenesisFields } from './genesis-fields.ts';

export interface GenesisAccount {
  readonly address: string;
  readonly amount: bigint;
}

export interface GenesisValidator {
  readonly address: string;
  readonly publicKey: string;
  readonly stake: bigint;
  /** Where the stake goes back to. */
  readonly output: string;
  readonly serviceUrl: string;
}

/** The parameters that the ledger obeys; Pocket's other ones are kept in the file, unused. */
export interface GenesisParams {
  readonly sendFee: bigint;
  readonly stakeFee: bigint;
  readonly unstakeFee: bigint;
  readonly validatorStakeMin: bigint;
  readonly unstakingBlocks: number;
  readonly proposerPercentageOfFees: number;
}

/** What a chain starts from. */
export interface Genesis {
  /** Pocket's chain_id, which is the network id of every block. */
  readonly networkId: string;
  readonly timeMs: number;
  readonly blockBytesMax: number;
  /** Accounts and pools, which are accounts nobody has the key of. */
  readonly accounts: readonly GenesisAccount[];
  readonly validators: readonly GenesisValidator[];
  readonly params: GenesisParams;
  /** Hex SHA3-256 of the whole file in canonical form (keys sorted, no space): also of the fields that are not used. */
  readonly hash: string;
}

const SECONDS_MAX = 253_402_300_799;
const NANOS_MAX = 999_999_999;
const BLOCK_BYTES_MAX = 2_147_483_647;

/**
 * Checks a genesis in Pocket's format (its JSON, parsed). Applications, servicers, fishermen and whether a validator
 * is paused mean nothing to the ledger.
 * @throws StateSyncError GENESIS_INVALID, naming the field
 */
export function parseGenesis(json: unknown): Genesis {
  const fields = new GenesisFields(json, '');
  const time = fields.object('genesis_time');
  const seconds = time.integer('seconds', 0, SECONDS_MAX);
  const nanos = time.has('nanos') ? time.integer('nanos', 0, NANOS_MAX) : 0;
  return {
    networkId: fields.text('chain_id'),
    timeMs: seconds * 1_000 + Math.floor(nanos / 1_000_000),
    blockBytesMax: fields.integer('max_block_bytes', 1, BLOCK_BYTES_MAX),
    accounts: parseAccounts([...fields.objects('pools'), ...fields.objects('accounts')]),
    validators: parseValidators(fields),
    params: parseParams(fields.has('params') ? fields.object('params') : new GenesisFields({}, 'params')),
    hash: bytesToHex(sha3_256(utf8ToBytes(canonicalJson(json)))),
  };
}

function parseAccounts(items: readonly GenesisFields[]): GenesisAccount[] {
  const accounts = items.map((item) => ({ address: item.address('address'), amount: item.amount('amount') }));
  refuseDuplicates(items, accounts);
  return accounts;
}

function parseValidators(fields: GenesisFields): GenesisValidator[] {
  const items = fields.objects('validators');
  if (items.length === 0) fields.invalid('validators', 'must name at least one validator');
  const validators = items.map(parseValidator);
  refuseDuplicates(items, validators);
  return validators;
}

function parseValidator(item: GenesisFields): GenesisValidator {
  if (item.has('actor_type')) item.integer('actor_type', 4, 4);
  const address = item.address('address');
  const publicKey = item.publicKey('public_key');
  if (addressOf(hexToBytes(publicKey)) !== address) item.invalid('address', 'is not the address of "public_key"');
  return {
    address,
    publicKey,
    stake: item.amount('staked_amount'),
    output: item.has('output') ? item.address('output') : address,
    serviceUrl: item.optionalText('service_url'),
  };
}

function refuseDuplicates(items: readonly GenesisFields[], parsed: readonly { readonly address: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { address }] of parsed.entries()) {
    if (seen.has(address)) items[index]?.invalid('address', `repeats ${address}`);
    seen.add(address);
  }
}

function parseParams(params: GenesisFields): GenesisParams {
  const amount = (name: string) => (params.has(name) ? params.amount(name) : 0n);
  const integer = (name: string, max: number) => (params.has(name) ? params.integer(name, 0, max) : 0);
  return {
    sendFee: amount('message_send_fee'),
    stakeFee: amount('message_stake_validator_fee'),
    unstakeFee: amount('message_unstake_validator_fee'),
    validatorStakeMin: amount('validator_minimum_stake'),
    unstakingBlocks: integer('validator_unstaking_blocks', 1_000_000_000),
    proposerPercentageOfFees: integer('proposer_percentage_of_fees', 100),
  };
}

/** JSON with sorted keys and no space: equal content gives equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
