import { parseGenesis } from '../../adapters/ledger/index.ts';
import { loadPackages } from '../../adapters/libp2p/libp2p-node.ts';
import { signWithNodeCrypto } from '../../adapters/node-crypto.ts';
import type { Effect } from '../../core/effects.ts';
import type { SyncBlock } from '../../protocol/block.ts';
import { createTraceFile } from '../../adapters/trace-file.ts';
import type { TraceFile } from '../../adapters/trace-file.ts';
import { createPocketNode } from '../pocket-node.ts';
import type { PocketNode } from '../pocket-node.ts';
import type { Transport } from '../../node/index.ts';
import type { Observe } from '../../trace/index.ts';
import { packageTitle } from '../../adapters/package-version.ts';
import { createStatelyFeed } from '../../stately/index.ts';
import type { StatelyMessage } from '../../stately/index.ts';
import { createTap } from '../../inspect/server/tap.ts';
import { FeedSender } from './feed-sender.ts';
import { conductedTransport } from './liars.ts';
import { REPORTED } from './messages.ts';
import type { Conduct, MemberSettings, Order, Report, ReportedNotice } from './messages.ts';

/** The process of one member of the demo's network: a whole node, led and watched over IPC. */

const STATUS_EVERY_MS = 500;
/** Statuses are sent at most this often while blocks pour in. */
const STATUS_GAP_MS = 100;

let running: Running | undefined;

/** A node, and the transport through which it behaves as ordered. */
interface Running extends PocketNode {
  readonly conducted: Transport;
}

let trace: TraceFile | undefined;
let conduct: Conduct = 'honest';
const feed = new FeedSender((items) => tell({ type: 'feed', items }));

// Ctrl-C goes to the whole group of processes; the demo itself tells everybody when to stop.
process.on('SIGINT', () => undefined);
// Nobody is left behind when the demo is gone.
process.on('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
// While the chain is being built there is time for it.
await loadPackages();
tell({ type: 'loaded' });

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case 'run':
      running = await run(order.settings);
      return;
    case 'publish':
      if (running !== undefined) await publish(running, running.codec.decodeBlock(order.block));
      return;
    case 'conduct':
      conduct = order.conduct;
      if (running !== undefined) await tellClaims(running);
      return;
    case 'leave':
      await leave();
      tell({ type: 'left' });
      return;
    case 'stop':
      await leave();
      process.disconnect();
  }
}

async function leave(): Promise<void> {
  await running?.node.stop();
  await trace?.close();
  running = trace = undefined;
  feed.flush();
}

/** Whoever changes its ways does not wait to be asked: others see it at once. */
async function tellClaims({ node, conducted }: Running): Promise<void> {
  const { minHeight, maxHeight, peers } = node.status();
  const connected = peers.filter(({ link }) => link === 'Connected');
  await Promise.allSettled(connected.map(({ id }) => conducted.send(id, { type: 'metadata', minHeight, maxHeight })));
}

async function run(settings: MemberSettings): Promise<Running> {
  const { privateKey, directory, peers, config, quorumKeys } = settings;
  conduct = settings.conduct;
  const genesis = parseGenesis(settings.genesis);
  if (settings.trace !== null) trace = traceInto(settings.trace, settings.name);
  let conducted: Transport | undefined;
  const pocket = createPocketNode({
    privateKey,
    genesis,
    directory,
    peers,
    config,
    observers: await observersOf(settings),
    wrapTransport: (transport) => {
      const keys = { validators: quorumKeys, sign: signWithNodeCrypto };
      conducted = conductedTransport(transport, keys, () => conduct);
      return conducted;
    },
  });
  const { node, transport } = pocket;
  if (conducted === undefined) throw new Error('the node has no transport');
  reportStatus(pocket);
  node.on('*', (effect) => {
    if (isReported(effect)) tell({ type: 'notice', notice: effect });
  });
  await node.start();
  tell({ type: 'started', addresses: transport.addresses() });
  return { ...pocket, conducted };
}

async function observersOf({ name, inspectedRun, statelyName }: MemberSettings): Promise<Observe[]> {
  const observers: Observe[] = trace === undefined ? [] : [trace.observe];
  if (inspectedRun !== null) {
    observers.push(createTap({ source: name, writtenBy: packageTitle(), sink: feed, firstRun: inspectedRun }));
  }
  if (statelyName !== null) {
    const send = (message: StatelyMessage): void => tell({ type: 'stately', message });
    observers.push((await createStatelyFeed({ name: statelyName, send })).observe);
  }
  return observers;
}

/** MODE-10, as a host does it whose consensus has decided: execute, commit, tell the node, tell the network. */
async function publish({ node, executor, store }: PocketNode, block: SyncBlock): Promise<void> {
  const applied = await executor.apply(block);
  if ('rejected' in applied) throw new Error(`the new block is no good: ${applied.rejected.message}`);
  await store.commit([block], executor.changes(block.height));
  executor.committed(block.height);
  node.blockFinalized(block);
  await node.publish({ type: 'newBlock', block });
}

function reportStatus({ node }: PocketNode): void {
  let pending: NodeJS.Timeout | undefined;
  const send = (): void => {
    clearTimeout(pending);
    pending = undefined;
    tell({ type: 'status', status: node.status() });
  };
  const sendSoon = (): void => {
    pending ??= setTimeout(send, STATUS_GAP_MS);
  };
  node.on('blocksAdded', sendSoon);
  node.on('targetChanged', sendSoon);
  node.on('modeChanged', ({ next }) => {
    // The status that belongs to a mode is the one after the whole event.
    if (next !== 'Stopped') queueMicrotask(send);
  });
  let regular: NodeJS.Timeout | undefined;
  node.on('modeChanged', ({ previous, next }) => {
    if (previous === 'Stopped') regular = setInterval(sendSoon, STATUS_EVERY_MS).unref();
    if (next !== 'Stopped') return;
    clearInterval(regular);
    clearTimeout(pending);
  });
}

function isReported(effect: Effect): effect is ReportedNotice {
  if (effect.type === 'reportPeer') return effect.report.kind !== 'requestEnded';
  return (REPORTED as readonly string[]).includes(effect.type);
}

function traceInto(path: string, name: string): TraceFile {
  return createTraceFile({
    path,
    source: `${name} of the demo`,
    onEnd: ({ why }) => {
      if (why instanceof Error) tell({ type: 'warning', message: why.message });
      else if (why !== 'closed') tell({ type: 'warning', message: `the trace ${path} ends early: ${why}` });
    },
  });
}

function tell(report: Report): void {
  // After the demo is gone there is nobody to tell.
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
}
