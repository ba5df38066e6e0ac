import type { Logger } from 'pino';
import { readGenesis } from '../../adapters/ledger/index.ts';
import { packageTitle } from '../../adapters/package-version.ts';
import { createTraceFile } from '../../adapters/trace-file.ts';
import type { TraceFile } from '../../adapters/trace-file.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { Inspector } from '../../inspect/index.ts';
import { ensurePage } from '../inspect/ensure-page.ts';
import type { NodeOptions } from './options.ts';
import { parsePrivateKey } from '../../validation/index.ts';
import { createPocketNode } from '../pocket-node.ts';
import { createLog } from './log.ts';
import { logEffect, logStatus } from './log-effects.ts';
import { readNodeConfig } from './node-config.ts';

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
  const trace = options.trace === undefined ? null : traceInto(options.trace, config.privateKey, log);
  const inspector = options.inspect === undefined ? null : await startInspector(options.inspect, log);
  const { node, transport } = createPocketNode({
    privateKey: config.privateKey,
    genesis,
    directory: config.storeDirectory,
    listen: config.listen,
    peers: config.peers,
    config: config.sync,
    onInternalError: (error) => log.error({ err: error }, 'internal error'),
    observers: [
      ...(trace === null ? [] : [trace.observe]),
      ...(inspector === null ? [] : [inspector.observe(parsePrivateKey(config.privateKey).address)]),
    ],
  });
  node.on('*', (effect) => logEffect(log, effect));
  log.info({ networkId: genesis.networkId, address: transport.self, store: config.storeDirectory }, 'starting');
  await node.start();
  log.info({ addresses: transport.addresses(), height: node.status().maxHeight }, 'listening');
  const summary = setInterval(() => logStatus(log, node.status()), options.statusEvery * 1_000);
  const signal = await stopped;
  clearInterval(summary);
  log.info({ signal }, 'stopping');
  await node.stop();
  await trace?.close();
  await inspector?.close();
  log.info({ height: node.status().maxHeight }, 'stopped');
}

/** @throws StateSyncError ADDRESS_IN_USE, PAGE_MISSING */
async function startInspector(port: number | true, log: Logger): Promise<Inspector> {
  await ensurePage();
  const options = port === true ? {} : { port };
  const inspector = await Inspector.start({ ...options, writtenBy: packageTitle() });
  log.info({ url: inspector.url }, 'inspector');
  return inspector;
}

/** A trace that cannot be written any further is told in the log, and the node goes on. */
function traceInto(path: string, privateKey: string, log: Logger): TraceFile {
  const trace = createTraceFile({
    path,
    source: parsePrivateKey(privateKey).address,
    onEnd: ({ why, records }) => {
      const line = { trace: trace.path, records };
      if (why instanceof Error) log.error(line, why.message);
      else if (why === 'closed') log.info(line, 'trace written');
      else log.warn({ ...line, why }, 'the trace ends here; the node goes on');
    },
  });
  log.info({ trace: trace.path }, 'tracing');
  return trace;
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
