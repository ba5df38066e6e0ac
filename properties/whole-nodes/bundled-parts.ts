import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createChainBuilder } from '../../src/adapters/ledger/chain-builder.ts';
import { makeGenesis } from '../../src/adapters/ledger/genesis-file.ts';
import { parseGenesis } from '../../src/adapters/ledger/genesis.ts';
import { createLedger } from '../../src/adapters/ledger/ledger.ts';
import { seededKeys } from '../../src/adapters/ledger/seeded-keys.ts';
import { TAMPER_WAYS, tamper } from '../../src/adapters/ledger/tamper.ts';
import type { TamperName } from '../../src/adapters/ledger/tamper.ts';
import {
  createTransactionSource,
  stakeTransaction,
  unstakeTransaction,
} from '../../src/adapters/ledger/transactions.ts';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createNodeCryptoVerifier, signWithNodeCrypto as sign } from '../../src/adapters/node-crypto.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { KeyPair } from '../../src/validation/keys.ts';
import { createPocketVerifier } from '../../src/validation/pocket-verifier.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { Random } from '../simulation/random.ts';
import type { MakeParts, Parts } from './parts.ts';

const FUNDS = 100_000_000_000_000n;
const STAKE = 15_000_000_000n;
const accounts = seededKeys('account', 4);
const [candidate] = seededKeys('candidate', 1);
const signatures = createNodeCryptoVerifier();
const WAYS = Object.keys(TAMPER_WAYS) as TamperName[];

/** How many chains are kept: each is synced by as many nodes as draw it. */
const CHAINS = 8;
const chains = new Map<number, Promise<Chain>>();

type Chain = Awaited<ReturnType<typeof makeChain>>;

/** This package's own adapters, all together: LevelDB on disk, the ledger, Pocket's certificates and wire. */
export const bundledParts: MakeParts = async (seed) => {
  const random = new Random(seed).fork('bundled parts');
  const which = random.whole(1, CHAINS);
  const chain = chains.get(which) ?? makeChain(which);
  chains.set(which, chain);
  return partsOver(await chain, random);
};

async function partsOver({ genesis, blocks, signersOf }: Chain, random: Random): Promise<Parts> {
  const { networkId, blockBytesMax, hash: genesisHash } = genesis;
  const codec = createPocketCodec({ blockBytesMax });
  // As they come from a wire: each time decoded anew.
  const decoded = (block: SyncBlock): SyncBlock => codec.decodeBlock(codec.encodeBlock(block));
  const spoiled = blocks.map((block, i) => {
    return decoded(tamper(block, random.pick(WAYS), { validators: signersOf[i] ?? [], sign }));
  });
  const directory = await mkdtemp(join(tmpdir(), 'whole-node-'));
  return {
    name: "this package's LevelDB store, ledger, verifier and wire",
    blocks: blocks.map(decoded),
    spoiled: new Map(spoiled.map((block) => [block.height, block])),
    store: () => createLevelStore({ directory, codec, network: { networkId, genesisHash } }),
    executor: () => createLedger({ genesis, signatures }),
    verifier: createPocketVerifier({ networkId, blockBytesMax, signatures }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Blocks with transactions, in which somebody becomes a validator, leaves, and has the stake paid back. */
async function makeChain(seed: number) {
  const random = new Random(seed).fork('chain');
  const validators = seededKeys('validator', random.pick([1, 4, 7]));
  if (candidate === undefined) throw new Error('there is no candidate');
  const genesis = parseGenesis(
    makeGenesis({
      networkId: 'whole-nodes',
      validators: validators.map(({ address, publicKey }) => ({ address, publicKey: bytesToHex(publicKey) })),
      accounts: [...accounts, candidate].map(({ address }) => ({ address, amount: FUNDS })),
      params: { validator_unstaking_blocks: random.whole(1, 4) },
    }),
  );
  const validatorKeys = [...validators, candidate];
  const builder = createChainBuilder({ genesis, validatorKeys, sign, signatures });
  const source = createTransactionSource({ seed, sign, accounts });
  const length = random.whole(12, 30);
  const stakesAt = random.whole(1, 5);
  const unstakesAt = stakesAt + random.whole(1, 5);
  const blocks: SyncBlock[] = [];
  const signersOf: KeyPair[][] = [];
  for (let height = 1; height <= length; height++) {
    const signer = { keys: candidate, sign, nonce: String(height) };
    const own: Uint8Array[] = [];
    if (height === stakesAt) own.push(stakeTransaction(signer, STAKE, 'localhost:1'));
    if (height === unstakesAt) own.push(unstakeTransaction(signer));
    const known = new Set(builder.tip().validators.map(({ address }) => address));
    signersOf.push(validatorKeys.filter(({ address }) => known.has(address)));
    blocks.push(await builder.next({ transactions: [...own, ...source.next(random.whole(0, 4))] }));
  }
  return { genesis, blocks, signersOf };
}
