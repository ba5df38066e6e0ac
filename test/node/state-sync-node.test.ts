import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLedger, tamper } from '../../src/adapters/ledger/index.ts';
import type { TamperName } from '../../src/adapters/ledger/index.ts';
import { createNodeCryptoVerifier } from '../../src/adapters/node-crypto.ts';
import type { Effect } from '../../src/index.ts';
import { StateSyncError } from '../../src/index.ts';
import type { Consensus, Executor, StateSyncNode } from '../../src/node/index.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { createTestNetwork, sendingOtherwise } from './network.ts';
import type { TestNetwork } from './network.ts';

const BLOCKS = 40;
const soon = () => AbortSignal.timeout(10_000);

let net: TestNetwork;
const started: StateSyncNode[] = [];

beforeAll(async () => {
  net = await createTestNetwork(BLOCKS);
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((node) => node.stop()));
});

async function start(node: StateSyncNode): Promise<StateSyncNode> {
  started.push(node);
  await node.start();
  return node;
}

function effectsOf(node: StateSyncNode): Effect[] {
  const effects: Effect[] = [];
  node.on('*', (effect) => effects.push(effect));
  return effects;
}

const ofType = <Type extends Effect['type']>(effects: readonly Effect[], type: Type) =>
  effects.filter((effect): effect is Extract<Effect, { type: Type }> => effect.type === type);

describe('a node over real chain, certificates and ledger', () => {
  it('MODE-1, MODE-3, MODE-9: walks from Stopped to Synced and tells each transition in order', async () => {
    await start(await net.node('a', { height: BLOCKS }));
    const node = await net.node('new');
    const effects = effectsOf(node);
    await start(node);
    await node.whenSynced(soon());
    expect(ofType(effects, 'modeChanged').map(({ event, next }) => `${event} -> ${next}`)).toEqual([
      'Start -> P2P_Bootstrapping',
      'P2P_IsBootstrapped -> P2P_Bootstrapped',
      'Consensus_IsUnsynced -> Consensus_Unsynced',
      'Consensus_IsSyncing -> Consensus_SyncMode',
      'Consensus_IsSyncedNonValidator -> Consensus_Synced',
    ]);
    expect(node.status()).toMatchObject({ maxHeight: BLOCKS, stateHash: net.blocks[BLOCKS - 1]?.id, synced: true });
    expect(node.getAggregatedStateSyncMetadata()).toEqual({ minHeight: 1, maxHeight: BLOCKS });
    expect(node.whyNotSynced()).toBeNull();
  });

  it('MODE-3, MODE-10: a validator ends in Pacemaker, where consensus is started, and stopped with the node', async () => {
    const calls: string[] = [];
    const consensus: Consensus = {
      start: (nextHeight) => calls.push(`start ${nextHeight}`),
      stop: () => calls.push('stop'),
      proposal: () => calls.push('proposal'),
    };
    const [validator = ''] = net.validators;
    await start(await net.node('a', { height: BLOCKS }));
    const node = await start(await net.node(validator, { consensus }));
    await node.whenSynced(soon());
    expect(node.status().mode).toBe('Consensus_Pacemaker');
    await node.stop();
    expect(calls).toEqual([`start ${BLOCKS + 1}`, 'stop']);
  });

  it('SYNC-2: synchronous, never more than one request is in flight', async () => {
    await start(await net.node('a', { height: BLOCKS }));
    await start(await net.node('b', { height: BLOCKS }));
    let most = 0;
    const node = await net.node('new', {
      config: { strategy: 'synchronous' },
      observe: (_event, _effects, { requests }) => (most = Math.max(most, requests.inFlightSync)),
    });
    await start(node);
    await node.whenSynced(soon());
    expect(most).toBe(1);
    expect(node.status().maxHeight).toBe(BLOCKS);
  });

  it.each(['certifiedStateHash', 'nextValSetHash', 'stateHash', 'droppedTransactions'] as const)(
    'APPLY-1, APPLY-2: a peer that tampers (%s) is charged, its block asked of another, and the chain is right',
    async (way) => {
      const liar = sendingOtherwise(net.transport('liar'), (message) => spoil(message, way));
      await start(await net.node('liar', { height: BLOCKS, transport: liar }));
      const node = await net.node('new');
      const effects = effectsOf(node);
      await start(node);
      await eventually(node, () => ofType(effects, 'reportPeer').some(({ report }) => report.kind === 'charged'));
      expect(node.status().maxHeight).toBe(0);
      await start(await net.node('honest', { height: BLOCKS }));
      await node.whenSynced(soon());
      const charged = ofType(effects, 'reportPeer').filter(({ report }) => report.kind === 'charged');
      expect(new Set(charged.map(({ peer }) => peer))).toEqual(new Set(['liar']));
      expect(node.status()).toMatchObject({ maxHeight: BLOCKS, stateHash: net.blocks[BLOCKS - 1]?.id });
    },
  );

  it('APPLY-5: a store that fails is told, tried again with back-off, and nothing is lost or done twice', async () => {
    await start(await net.node('a', { height: BLOCKS }));
    const store = await net.storeWith(0);
    let failures = 3;
    const firstHeights: unknown[] = [];
    const commit = store.commit.bind(store);
    store.commit = (blocks, state) => {
      if (blocks.some(({ height }) => height === 5) && failures-- > 0) {
        firstHeights.push(blocks[0]?.height);
        return Promise.reject(new StateSyncError('STORE_DISK_FULL', 'no space left'));
      }
      return commit(blocks, state);
    };
    const node = await net.node('new', { store, config: { hostRetryMsMin: 1, hostRetryMsMax: 4 } });
    const effects = effectsOf(node);
    await start(node);
    await node.whenSynced(soon());
    const faults = ofType(effects, 'hostFaulted');
    expect(firstHeights).toHaveLength(3);
    expect(faults.map(({ fault, height }) => [fault.code, height])).toEqual(
      firstHeights.map((height) => ['STORE_DISK_FULL', height]),
    );
    for (const { retryInMs } of faults) expect([1, 2, 4]).toContain(retryInMs);
    expect(ofType(effects, 'blocksAdded').flatMap(heightsOf)).toEqual(net.blocks.map(({ height }) => height));
  });

  it('APPLY-5: an executor that throws leaves the state unchanged, is told, and tried again', async () => {
    await start(await net.node('a', { height: BLOCKS }));
    const executor = throwingAt(3, 2, createLedger({ genesis: net.genesis, signatures: createNodeCryptoVerifier() }));
    const node = await net.node('new', { executor, config: { hostRetryMsMin: 1, hostRetryMsMax: 4 } });
    const effects = effectsOf(node);
    await start(node);
    await node.whenSynced(soon());
    expect(ofType(effects, 'hostFaulted').map(({ fault }) => fault.code)).toEqual([
      'EXECUTOR_FAILED',
      'EXECUTOR_FAILED',
    ]);
    expect(ofType(effects, 'reportPeer').filter(({ report }) => report.kind === 'charged')).toEqual([]);
    expect(node.status().stateHash).toBe(net.blocks[BLOCKS - 1]?.id);
  });

  it('SERVE-1: a node whose server mode is disabled drops requests and counts them; enabled again, it answers', async () => {
    const server = await start(await net.node('a', { height: BLOCKS }));
    const effects = effectsOf(server);
    server.setServerEnabled(false);
    const node = await start(await net.node('new', { config: { metadataPeriodMs: 50 } }));
    await eventually(server, () => ofType(effects, 'requestDropped').length >= 2);
    expect(node.whyNotSynced()?.code).toBe('WAITING_FOR_METADATA');
    server.setServerEnabled(true);
    await node.whenSynced(soon());
    expect(ofType(effects, 'requestDropped').every(({ reason }) => reason === 'SERVER_DISABLED')).toBe(true);
  });

  it('LIVE-1, META-10: a synced node applies the next block as it is announced, and stays synced all along', async () => {
    const [block] = net.blocks.slice(BLOCKS - 1);
    if (block === undefined) throw new Error('the chain has its last block');
    const author = await start(await net.node('a', { height: BLOCKS - 1 }));
    const node = await start(await net.node('b', { height: BLOCKS - 1, config: { metadataPeriodMs: 60_000 } }));
    await node.whenSynced(soon());
    const effects = effectsOf(node);
    await author.publish({ type: 'newBlock', block });
    await eventually(node, () => node.status().maxHeight === BLOCKS);
    expect(ofType(effects, 'blocksAdded')).toEqual([
      { type: 'blocksAdded', from: BLOCKS, to: BLOCKS, id: block.id, peer: 'a' },
    ]);
    expect(ofType(effects, 'modeChanged')).toEqual([]);
    expect(ofType(effects, 'sendGetBlocks')).toEqual([]);
  });

  it('APPLY-4: stopped in the middle and started again, it goes on from what it had committed', async () => {
    await start(await net.node('a', { height: BLOCKS }));
    // A window of four blocks, so that it takes many commits.
    const config = { requestBlocksMax: 2, inFlightMax: 2, inFlightPerPeerMax: 2, bufferBlocksMax: 4 };
    const node = await net.node('new', { config });
    const added: number[] = [];
    node.on('blocksAdded', (effect) => added.push(...heightsOf(effect)));
    await start(node);
    await eventually(node, () => added.length >= 7);
    await node.stop();
    expect(node.status()).toMatchObject({ mode: 'Stopped', maxHeight: added.length });
    expect(added.length).toBeLessThan(BLOCKS);
    await node.start();
    await node.whenSynced(soon());
    expect(added).toEqual(net.blocks.map(({ height }) => height));
  });

  it('META-9, MODE-8: the API refuses what cannot be done now, with a code', async () => {
    const node = await net.node('alone');
    expect(() => node.startSyncing()).toThrow(expect.objectContaining({ code: 'NODE_STOPPED' }) as Error);
    expect(() => node.status()).toThrow(expect.objectContaining({ code: 'NODE_STOPPED' }) as Error);
    await start(node);
    await expect(node.start()).rejects.toMatchObject({ code: 'NODE_RUNNING' });
    node.startSyncing();
    expect(node.isSynced()).toBe(false);
    expect(node.whyNotSynced()).toMatchObject({ code: 'NO_PEERS', height: 1, target: null });
    await expect(node.whenSynced(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('META-9: whoever waits for it hears that a settled node is synced again when a peer is back, with no change of mode', async () => {
    const other = await start(await net.node('a', { height: BLOCKS }));
    const node = await start(await net.node('new'));
    await node.whenSynced(soon());
    const left = eventually(node, () => !node.isSynced());
    await other.stop();
    await left;
    const effects = effectsOf(node);
    const synced = node.whenSynced(soon());
    await other.start();
    await synced;
    expect(node.isSynced()).toBe(true);
    expect(ofType(effects, 'modeChanged')).toEqual([]);
  });

  it('META-8: a lone node is synced only when it says minPeers: 0', async () => {
    const node = await start(await net.node('genesis', { config: { minPeers: 0 } }));
    expect(node.status()).toMatchObject({ mode: 'Consensus_Synced', synced: true });
  });

  it('APPLY-4: a store that does not open makes start() fail as it says, and a later start() work', async () => {
    const store = await net.storeWith(3);
    const open = store.open.bind(store);
    let broken = true;
    store.open = () => (broken ? Promise.reject(new StateSyncError('STORE_LOCKED', 'held by another')) : open());
    const node = await net.node('x', { store });
    await expect(node.start()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    broken = false;
    await start(node);
    expect(node.status().maxHeight).toBe(3);
  });

  it('a listener or a consensus that throws harms nobody and is told', async () => {
    const errors: unknown[] = [];
    await start(await net.node('a', { height: BLOCKS }));
    const node = await net.node('new', { onInternalError: (error) => errors.push(error) });
    let heard = 0;
    node.on('blocksAdded', () => {
      heard++;
      throw new Error('a listener fell over');
    });
    await start(node);
    await node.whenSynced(soon());
    expect(heard).toBeGreaterThan(0);
    expect(errors).toHaveLength(heard);
  });

  it('a port that throws where it should return a promise, and an onInternalError that throws, harm nobody', async () => {
    await start(await net.node('a', { height: BLOCKS }));
    const transport = net.transport('new');
    const send = transport.send.bind(transport);
    let thrown = 0;
    transport.send = (peer, message) => {
      // The first question; with it comes the timer for the next, without which the node would never ask again.
      if (message.type !== 'metadataRequest' || thrown > 0) return send(peer, message);
      thrown++;
      throw new Error('not even a promise');
    };
    const told: unknown[] = [];
    const node = await net.node('new', {
      transport,
      config: { metadataPeriodMs: 50 },
      onInternalError: (error) => {
        told.push(error);
        throw new Error('nobody hears');
      },
    });
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await start(node);
    await node.whenSynced(soon());
    const warned = warn.mock.calls.map(([warning]) => String(warning));
    warn.mockRestore();
    expect(told).toEqual([expect.objectContaining({ message: 'not even a promise' })]);
    expect(warned).toEqual(['Error: not even a promise', 'Error: nobody hears']);
  });
});

function heightsOf({ from, to }: { readonly from: number; readonly to: number }): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function spoil(message: PeerMessage, way: TamperName): PeerMessage {
  if (message.type !== 'blocks') return message;
  return { ...message, blocks: message.blocks.map((block) => tamper(block, way, net.tamperKeys)) };
}

function throwingAt(height: number, times: number, executor: Executor): Executor {
  let left = times;
  const apply = executor.apply.bind(executor);
  executor.apply = (block) =>
    block.height === height && left-- > 0 ? Promise.reject(new Error('out of memory')) : apply(block);
  return executor;
}

/** Resolves once the condition holds after some effect of the node; nothing is polled. */
async function eventually(node: StateSyncNode, holds: () => boolean): Promise<void> {
  if (holds()) return;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`not within 10 s: ${JSON.stringify(node.whyNotSynced())}`)), 10_000);
    const off = node.on('*', () => {
      if (!holds()) return;
      clearTimeout(late);
      off();
      resolve();
    });
  });
}
