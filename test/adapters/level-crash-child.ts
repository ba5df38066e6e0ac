import { readFile } from 'node:fs/promises';
import { createLevelStore } from '../../src/adapters/level-store.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { genesis, openLedger } from './ledger/localnet.ts';

/**
 * Applies and commits a chain from where the store stands, until it is killed. Tells each commit before it is begun
 * ("committing 7") and once it is durable ("committed 7").
 * Arguments: the directory of the store, the file with the chain, the most blocks of a commit.
 */
const [directory = '', chainFile = '', blocksPerCommitMax = ''] = process.argv.slice(2);
const codec = createPocketCodec({ blockBytesMax: genesis.blockBytesMax });
const encoded = JSON.parse(await readFile(chainFile, 'utf8')) as string[];
const chain = encoded.map((text) => codec.decodeBlock(Buffer.from(text, 'base64')));

const { networkId, hash } = genesis;
const store = createLevelStore({ directory, codec, network: { networkId, genesisHash: hash } });
await store.open();
const ledger = await openLedger(store);

let height = ledger.tip().height;
while (height < chain.length) {
  const blocks = chain.slice(height, height + 1 + (height % Number(blocksPerCommitMax)));
  for (const block of blocks) await ledger.apply(block);
  height += blocks.length;
  process.stdout.write(`committing ${height}\n`);
  await store.commit(blocks, ledger.changes(height));
  ledger.committed(height);
  process.stdout.write(`committed ${height}\n`);
}
await store.close();
