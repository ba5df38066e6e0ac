import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatPrivateKey } from '../../validation/index.ts';
import type { KeyPair } from '../../validation/index.ts';
import { describeKey } from '../keys/key-description.ts';
import { BLOCKS_DIRECTORY } from './chain-directory.ts';
import type { ChainSource } from './new-network.ts';

/** For files with private keys. */
const OWNER_ONLY = 0o600;
const HOST = '127.0.0.1';

interface Participant {
  readonly name: string;
  readonly keys: KeyPair;
  readonly port: number;
  /** Where its blocks are, in the network's directory. */
  readonly store: string;
}

/** Writes genesis, keys and configurations, ready for `pocket-state-sync node`. @returns where they are */
export async function writeNetworkFiles(
  out: string,
  { genesisFile, genesis, validators, fullNode }: ChainSource,
  port: number,
): Promise<{ genesis: string; keys: string; configurations: string }> {
  const participants = [...validators, fullNode].map((keys, index): Participant => {
    const name = index === validators.length ? 'full-node' : `validator-${index + 1}`;
    return { name, keys, port: port + index, store: index === 0 ? BLOCKS_DIRECTORY : join('stores', name) };
  });
  const addresses = new Map<Participant, string>();
  for (const participant of participants) addresses.set(participant, await multiaddrOf(participant));

  const genesisPath = join(out, 'genesis.json');
  const keysPath = join(out, 'keys');
  await writeJson(genesisPath, genesisFile);
  await mkdir(keysPath);
  for (const participant of participants) {
    const { name, keys } = participant;
    const peers = participants.flatMap((other) => (other === participant ? [] : (addresses.get(other) ?? [])));
    await writeFile(join(keysPath, `${name}.key`), `${formatPrivateKey(keys)}\n`, { mode: OWNER_ONLY });
    await writeJson(join(out, `${name}.json`), configOf(participant, genesis.networkId, peers), OWNER_ONLY);
  }
  return { genesis: genesisPath, keys: keysPath, configurations: join(out, '{validator-*,full-node}.json') };
}

/** Pocket's format, with paths that count from the file itself. */
function configOf({ keys, port, store }: Participant, networkId: string, peers: readonly string[]): object {
  return {
    root_directory: '.',
    private_key: formatPrivateKey(keys),
    network_id: networkId,
    consensus: { server_mode_enabled: true },
    persistence: { block_store_path: store },
    p2p: { hostname: HOST, port },
    logger: { level: 'info', format: 'pretty' },
    state_sync: { peers, minPeers: 1 },
  };
}

async function multiaddrOf({ keys, port }: Participant): Promise<string> {
  return `/ip4/${HOST}/tcp/${port}/p2p/${(await describeKey(keys)).peerId}`;
}

async function writeJson(path: string, value: unknown, mode?: number): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`, mode === undefined ? {} : { mode });
}
