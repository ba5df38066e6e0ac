/** One side of the transport's measurement; its own process. Says its address, or its figures, to its parent. */
import { createLibp2pTransport } from '../../../src/adapters/libp2p/index.ts';
import { seededKeys } from '../../../src/adapters/ledger/index.ts';
import type { TransportListener } from '../../../src/node/index.ts';
import type { PeerMessage } from '../../../src/protocol/messages.ts';
import { formatPrivateKey } from '../../../src/validation/index.ts';
import { createPocketBlock, createPocketCodec, EMPTY_HEADER, toSyncBlock } from '../../../src/wire/index.ts';

export interface TransportFigures {
  /** Asked for in ranges, sixteen requests in flight. */
  readonly blocksPerSecond: number;
  readonly bytesPerSecond: number;
}

const IN_FLIGHT = 16;
const ROUND_TRIPS = 3_000;
/** Longer ranges are asked for so much less often. */
const BLOCKS_MAX = 24_000;

const [role = '', argument = '', range = '1'] = process.argv.slice(2);
const rangeBlocks = Number(range);
const roundTrips = Math.min(ROUND_TRIPS, Math.ceil(BLOCKS_MAX / rangeBlocks));
const [server, client] = seededKeys('bench/transport', 2);
const keys = role === 'serve' ? server : client;
if (keys === undefined) throw new Error('two keys were made');
const transport = createLibp2pTransport({
  privateKey: formatPrivateKey(keys),
  codec: createPocketCodec({ blockBytesMax: 4_000_000 }),
  peers: role === 'ask' ? [argument] : [],
  limits: { inboundMessagesPerSecond: 1_000_000, inboundMessagesBurst: 1_000_000 },
});

if (role === 'serve') await serve(Number(argument));
else await ask();

async function serve(bytes: number): Promise<void> {
  const block = toSyncBlock(
    createPocketBlock({ header: { ...EMPTY_HEADER, height: 1 }, transactions: [new Uint8Array(bytes)] }),
  );
  await transport.start({
    ...silent(),
    message: (peer, message) => {
      if (message.type !== 'getBlocks') return;
      const { requestId, from, to } = message;
      const blocks = Array.from({ length: to - from + 1 }, () => block);
      transport.send(peer, { type: 'blocks', requestId, blocks }).catch(fail);
    },
  });
  process.send?.(transport.addresses()[0]);
}

async function ask(): Promise<void> {
  let asked = 0;
  let bytes = 0;
  let begun = 0;
  const next = (peer: string) => {
    const message: PeerMessage = { type: 'getBlocks', requestId: ++asked, from: 1, to: rangeBlocks };
    transport.send(peer, message).catch(fail);
  };
  await transport.start({
    ...silent(),
    peerConnected: (peer) => {
      begun = performance.now();
      for (let i = 0; i < IN_FLIGHT; i++) next(peer);
    },
    message: (peer, message) => {
      if (message.type !== 'blocks') return;
      bytes += (message.blocks[0]?.bytes ?? 0) * message.blocks.length;
      if (message.requestId !== roundTrips) return next(peer);
      const seconds = (performance.now() - begun) / 1_000;
      process.send?.({ blocksPerSecond: (roundTrips * rangeBlocks) / seconds, bytesPerSecond: bytes / seconds });
    },
  });
}

function silent(): TransportListener {
  return {
    peerConnected: () => undefined,
    peerDisconnected: () => undefined,
    message: () => undefined,
    gossip: () => undefined,
    offence: () => undefined,
  };
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}
