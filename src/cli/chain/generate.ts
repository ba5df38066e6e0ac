import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StateSyncError } from '../../protocol/errors.ts';
import type { GenerateOptions } from './options.ts';
import { writeFields } from '../output.ts';
import { createProgressBar } from '../progress-bar.ts';
import { BLOCKS_DIRECTORY } from './chain-directory.ts';
import { createChainMaker } from './chain-maker.ts';
import { writeNetworkFiles } from './network-files.ts';
import { chainSourceOf } from './new-network.ts';
import type { ChainSource } from './new-network.ts';

/** @throws StateSyncError STORE_FOREIGN when the directory is not empty; of genesis, keys and store */
export async function generateChain(options: GenerateOptions): Promise<void> {
  const { out, json } = options;
  const source = await chainSourceOf(options);
  await requireEmpty(out);
  const beganMs = performance.now();
  const { height, stateHash } = await makeChain(source, options);
  const seconds = Number(((performance.now() - beganMs) / 1_000).toFixed(2));
  const files = await writeNetworkFiles(out, source, options.port);
  writeFields({ height, stateHash, seconds, blocks: join(out, BLOCKS_DIRECTORY), ...files }, json);
  if (json) return;
  process.stdout.write(
    `\nThe first validator has the chain, the others and the full node sync it:\n` +
      `  pocket-state-sync node --config ${join(out, 'validator-1.json')} --genesis ${files.genesis}\n` +
      `  pocket-state-sync node --config ${join(out, 'full-node.json')} --genesis ${files.genesis}\n`,
  );
}

async function makeChain(
  { genesis, validators, seed }: ChainSource,
  { out, blocks, transactions }: GenerateOptions,
): Promise<{ height: number; stateHash: string }> {
  const funded = validators.filter(({ address }) => genesis.accounts.some((account) => account.address === address));
  const maker = await createChainMaker({
    genesis,
    directory: join(out, BLOCKS_DIRECTORY),
    validatorKeys: validators,
    accountKeys: funded,
    // Nobody can send anything without coins.
    transactionsPerBlock: funded.length === 0 ? 0 : transactions,
    seed,
  });
  const bar = createProgressBar('generating', blocks);
  let stateHash = '';
  try {
    for (let height = 1; height <= blocks; height += 1) {
      stateHash = (await maker.next()).id;
      bar.update(height);
    }
  } finally {
    bar.stop();
    await maker.close();
  }
  return { height: blocks, stateHash };
}

async function requireEmpty(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StateSyncError('STORE_FAILED', `cannot make ${directory}: ${reason}`, { cause });
  });
  if ((await readdir(directory)).length > 0) {
    throw new StateSyncError('STORE_FOREIGN', `${directory} is not empty; a chain is made into a directory of its own`);
  }
}
