import { isQuorum } from '../../validation/validator-set.ts';
import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeGenesis, parseGenesis, seededKeys } from '../../adapters/ledger/index.ts';
import type { Genesis } from '../../adapters/ledger/index.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { keyPairFromSeed, SEED_BYTES } from '../../validation/index.ts';
import type { KeyPair } from '../../validation/index.ts';
import type { GenerateOptions } from './options.ts';
import { readJsonFile } from '../json-file.ts';
import { readKey } from '../keys/read-key.ts';

/** What a chain is made from. */
export interface ChainSource {
  /** The genesis as it stands in its file. */
  readonly genesisFile: unknown;
  readonly genesis: Genesis;
  /** In the order of the genesis. */
  readonly validators: readonly KeyPair[];
  readonly fullNode: KeyPair;
  /** Seeds the transactions. */
  readonly seed: number;
}

const FUNDS = 1_000_000_000_000_000n;
/** Fixed, so that the same seed makes the same chain. */
const GENESIS_TIME_MS = Date.UTC(2025, 0, 1);

/** A genesis of its own, or the one that is named, with the keys to it. */
export async function chainSourceOf(options: GenerateOptions): Promise<ChainSource> {
  const seed = options.seed ?? randomBytes(SEED_BYTES).toString('hex');
  const fresh = seededKeys(`chain/${seed}`, options.validators + 1);
  const [fullNode = keyPairFromSeed(randomBytes(SEED_BYTES)), ...newValidators] = fresh;
  const common = { fullNode, seed: createHash('sha256').update(seed).digest().readUInt32LE() };
  if (options.genesis === undefined) {
    const genesisFile = makeGenesis({
      networkId: 'localnet',
      timeMs: GENESIS_TIME_MS,
      validators: newValidators.map(({ address, publicKey }) => ({
        address,
        publicKey: Buffer.from(publicKey).toString('hex'),
      })),
      accounts: newValidators.map(({ address }) => ({ address, amount: FUNDS })),
    });
    return { ...common, genesisFile, genesis: parseGenesis(genesisFile), validators: newValidators };
  }
  const genesisFile = await readJsonFile('genesis file', options.genesis, 'GENESIS_MISSING', 'GENESIS_INVALID');
  const genesis = parseGenesis(genesisFile);
  const known = options.keys === undefined ? [] : await readKeys(options.keys);
  const validators = genesis.validators.flatMap(({ address }) => known.find((keys) => keys.address === address) ?? []);
  if (!isQuorum(validators.length, genesis.validators.length)) {
    const counts = `--keys has the keys of ${validators.length} of the ${genesis.validators.length} validators`;
    throw new StateSyncError(
      'CERTIFICATE_NO_QUORUM',
      `${counts} in ${options.genesis}; more than two thirds must sign`,
    );
  }
  return { ...common, genesisFile, genesis, validators };
}

async function readKeys(directory: string): Promise<KeyPair[]> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    throw new StateSyncError('KEY_INVALID', `cannot read the directory of keys ${directory}`, { cause });
  }
  return Promise.all(names.filter((name) => name.endsWith('.key')).map((name) => readKey(join(directory, name))));
}
