import { hexToBytes } from '@noble/hashes/utils.js';
import type { BlockStore, ChainTip } from '../../node/ports.ts';
import type { SyncBlock, ValidatorIdentity } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import type { KeyPair, SignMessage } from '../../validation/keys.ts';
import { isQuorum, lookupOf } from '../../validation/validator-set.ts';
import { EMPTY_HEADER, toSyncBlock, type BlockHeader } from '../../wire/blocks.ts';
import { certify } from './certify.ts';
import { execute, genesisState, type ExecutionRules } from './execution.ts';

/** The builder executes what it builds, and so checks the transactions it is given, by the same rules. */
export interface ChainBuilderOptions extends ExecutionRules {
  /** The keys of everybody who is or may become a validator. */
  readonly validatorKeys: readonly KeyPair[];
  readonly sign: SignMessage;
  /** Block h has the time of the genesis plus h times this; default one minute. */
  readonly blockTimeMs?: number;
  /** An open and empty store, which gets every block with its state. Default: blocks are not kept. */
  readonly store?: BlockStore;
}

export interface NextBlockOptions {
  readonly transactions?: readonly Uint8Array[];
  /** Addresses of those who sign; by default every validator of the set whose key is known. */
  readonly signers?: readonly string[];
  readonly round?: number;
}

export interface ChainBuilder {
  /** The chain as far as it is built. */
  tip(): ChainTip;
  /**
   * Executes the transactions and makes them the next block, certified. One call at a time. On a throw the chain is as
   * it was.
   * @throws StateSyncError INVALID_TRANSACTION; CERTIFICATE_NO_QUORUM when too few of the validators' keys are known;
   * what the store throws, after which the builder is of no more use
   */
  next(options?: NextBlockOptions): Promise<SyncBlock>;
}

const BLOCK_TIME_MS = 60_000;

/**
 * Makes real chains: executed, hashed and certified as Pocket's are. It stands in for HotPOKT, whose validators it
 * plays all at once, since it holds their keys. The same options and transactions give the same bytes.
 */
export function createChainBuilder(options: ChainBuilderOptions): ChainBuilder {
  const { genesis, sign, blockTimeMs = BLOCK_TIME_MS } = options;
  const keys = new Map(options.validatorKeys.map((pair) => [pair.address, pair]));
  const state = genesisState(genesis);

  function tip(): ChainTip {
    const { height, stateHash, validators } = state.committed;
    return { height, stateHash, validators };
  }

  async function next(block: NextBlockOptions = {}): Promise<SyncBlock> {
    const { transactions = [], round = 0 } = block;
    const parent = tip();
    const height = parent.height + 1;
    const signers = signersOf(parent.validators, keys, block.signers);
    const proposerAddress = hexToBytes(proposerOf(parent).address);
    const version = await execute(state, { proposerAddress, transactions }, options);
    if ('code' in version) throw new StateSyncError(version.code, version.message, { height });
    const header: BlockHeader = {
      ...EMPTY_HEADER,
      height,
      networkId: genesis.networkId,
      stateHash: version.stateHash,
      prevStateHash: parent.stateHash,
      proposerAddress,
      timestamp: timestampOf(genesis.timeMs + height * blockTimeMs),
      valSetHash: lookupOf(parent.validators).hash,
      nextValSetHash: lookupOf(version.validators).hash,
    };
    const certified = toSyncBlock(certify({ header, transactions }, { signers, sign, round }));
    state.push(version);
    await options.store?.commit([certified], state.changes(height));
    state.settle(height);
    return certified;
  }

  return { tip, next };
}

/** Validators take turns. */
function proposerOf({ height, validators }: ChainTip): ValidatorIdentity {
  const proposer = validators[height % validators.length];
  if (proposer === undefined) throw new StateSyncError('GENESIS_INVALID', 'there is no validator');
  return proposer;
}

function timestampOf(timeMs: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1_000_000 };
}

function signersOf(
  validators: readonly ValidatorIdentity[],
  keys: ReadonlyMap<string, KeyPair>,
  chosen: readonly string[] | undefined,
): KeyPair[] {
  const addresses = chosen ?? validators.map(({ address }) => address);
  const signers = addresses.map((address) => keys.get(address)).filter((pair) => pair !== undefined);
  if (chosen === undefined && !isQuorum(signers.length, validators.length)) {
    const counts = `the keys of ${signers.length} of ${validators.length} validators`;
    throw new StateSyncError('CERTIFICATE_NO_QUORUM', `${counts} are known, more than two thirds are needed`);
  }
  return signers;
}
