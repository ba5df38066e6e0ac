import { createMemoryNetwork, createMemoryStore } from '../../src/adapters/memory.ts';
import { createSystemClock } from '../../src/adapters/system-clock.ts';
import { StateSyncNode } from '../../src/node/index.ts';
import type { Executor, TransportListener } from '../../src/node/index.ts';
import type { SyncBlock } from '../../src/index.ts';
import { blockAt } from './engine.ts';

/** The whole node over in-memory peers that answer at once; verifier and executor say yes. */
export async function runNode(peerCount: number, blocks: number): Promise<void> {
  const network = createMemoryNetwork();
  const peers = Array.from({ length: peerCount }, (_, i) => network.transport(`peer ${i}`));
  for (const peer of peers) await peer.start(answering((to, message) => peer.send(to, message), blocks));
  const node = new StateSyncNode({
    transport: network.transport('node'),
    store: createMemoryStore(),
    executor: yesExecutor(),
    verifier: { verify: () => Promise.resolve({ valid: true }) },
    clock: createSystemClock(),
    seed: 1,
  });
  await node.start();
  await node.whenSynced();
  if (node.status().maxHeight !== blocks) throw new Error(`ended at height ${node.status().maxHeight}`);
  await node.stop();
  await Promise.all(peers.map((peer) => peer.stop()));
}

type Send = (to: string, message: Parameters<TransportListener['message']>[1]) => Promise<void>;

function answering(send: Send, blocks: number): TransportListener {
  const reply = (to: string, message: Parameters<Send>[1]) => {
    send(to, message).catch(() => undefined);
  };
  return {
    peerConnected: () => undefined,
    peerDisconnected: () => undefined,
    gossip: () => undefined,
    offence: () => undefined,
    message: (peer, message) => {
      if (message.type === 'metadataRequest') reply(peer, { type: 'metadata', minHeight: 1, maxHeight: blocks });
      if (message.type !== 'getBlocks') return;
      const { requestId, from, to } = message;
      const answer = Array.from({ length: to - from + 1 }, (_, i) => blockAt(from + i));
      reply(peer, { type: 'blocks', requestId, blocks: answer });
    },
  };
}

function yesExecutor(): Executor {
  let height = 0;
  let applied = 0;
  const validators: readonly never[] = [];
  const apply = (block: SyncBlock) => {
    applied = block.height;
    return Promise.resolve({ stateHash: block.id });
  };
  return {
    open: () => Promise.resolve(),
    tip: () => ({ height, stateHash: `state ${height}`, validators }),
    head: () => ({ height: applied, stateHash: `state ${applied}`, validators }),
    apply,
    changes: () => [],
    committed: (to) => {
      height = to;
    },
    rollback: (to) => {
      applied = to;
      return Promise.resolve();
    },
  };
}
