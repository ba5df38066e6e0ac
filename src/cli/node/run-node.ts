import { readGenesis } from '../../adapters/ledger/index.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import type { NodeOptions } from './options.ts';
import { parsePrivateKey } from '../../validation/index.ts';
import { createPocketNode } from '../pocket-node.ts';
import { createLog } from './log.ts';
import { logEffect, logStatus } from './log-effects.ts';
import { readNodeConfig } from './node-config.ts';
import { createOnlookers } from './onlookers.ts';

const FORCED_EXIT_CODE = 130;

/** Runs a node until SIGINT or SIGTERM. @throws StateSyncError of the configuration, the store or the transport */
export async function runNode(options: NodeOptions): Promise<void> {
  const stopped = signalled();
  const config = await readNodeConfig(options.config);
  const genesis = await readGenesis(options.genesis);
  if (config.networkId !== genesis.networkId) {
    const ids = `network_id is "${config.networkId}", chain_id of the genesis is "${genesis.networkId}"`;
    throw new StateSyncError('NETWORK_MISMATCH', ids);
  }
  const log = createLog(config);
  const { address } = parsePrivateKey(config.privateKey);
  const onlookers = await createOnlookers(
    {
      address,
      networkId: genesis.networkId,
      trace: options.trace ?? null,
      admin: options.admin ?? config.admin,
      stately: options.stately ?? null,
      inspect: options.inspect ?? null,
    },
    log,
  );
  const { node, transport } = createPocketNode({
    privateKey: config.privateKey,
    genesis,
    directory: config.storeDirectory,
    listen: config.listen,
    peers: config.peers,
    config: config.sync,
    onInternalError: (error) => log.error({ err: error }, 'internal error'),
    observers: onlookers.observers,
  });
  node.on('*', (effect) => logEffect(log, effect));
  log.info({ networkId: genesis.networkId, address, store: config.storeDirectory }, 'starting');
  try {
    await onlookers.attach(node);
    await node.start();
  } catch (error) {
    await onlookers.close();
    throw error;
  }
  log.info({ addresses: transport.addresses(), height: node.status().maxHeight }, 'listening');
  const summary = setInterval(() => logStatus(log, node.status()), options.statusEvery * 1_000);
  const signal = await stopped;
  clearInterval(summary);
  log.info({ signal }, 'stopping');
  await node.stop();
  await onlookers.close();
  log.info({ height: node.status().maxHeight }, 'stopped');
}

/** Resolves with the first signal that asks to stop; the second one ends the process at once. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = true;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (!first) process.exit(FORCED_EXIT_CODE);
      first = false;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
