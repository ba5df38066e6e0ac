import { describe, it } from 'vitest';
import { transportCases } from '../../properties/ports/transport-suite.ts';
import type { TransportNetwork } from '../../properties/ports/transport-suite.ts';
import { createLibp2pTransport } from '../../src/adapters/libp2p/index.ts';
import type { Libp2pNodeTransport } from '../../src/adapters/libp2p/index.ts';
import type { WireCodec } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import {
  createPocketBlock,
  createPocketCodec,
  EMPTY_HEADER,
  encodeCertificate,
  HOTSTUFF_STEP,
  toSyncBlock,
} from '../../src/wire/index.ts';
import { addressOfTransport, newPrivateKey } from './libp2p-nodes.ts';
import { createTestCodec, textBlock } from './test-codec.ts';

const BLOCK_BYTES_MAX = 600_000;

/** A block with a certificate of the right shape; what it says is no matter of transports. */
function pocketBlock(height: number, bytes: number): SyncBlock {
  const header = {
    ...EMPTY_HEADER,
    height,
    networkId: 'localnet',
    stateHash: `aa${height}`,
    prevStateHash: `aa${height - 1}`,
  };
  const content = { header, transactions: [] };
  const certificate = { height, round: 0, step: HOTSTUFF_STEP.commit, block: content, signatures: [] };
  const quorumCertificate = encodeCertificate(certificate);
  const transactions = [new Uint8Array(bytes).fill(height)];
  return toSyncBlock(createPocketBlock({ header: { ...header, quorumCertificate }, transactions }));
}

function createNetwork(createCodec: () => WireCodec, block: TransportNetwork['block']): TransportNetwork {
  const started: Libp2pNodeTransport[] = [];
  return {
    blockBytesMax: BLOCK_BYTES_MAX,
    block,
    async start(recorder) {
      const transport = createLibp2pTransport({
        privateKey: newPrivateKey(),
        codec: createCodec(),
        peers: started.map(addressOfTransport),
        limits: { redialMsMin: 20, redialMsMax: 50 },
      });
      started.push(transport);
      await transport.start(recorder);
      return transport;
    },
    async close() {
      await Promise.all(started.map((transport) => transport.stop()));
    },
  };
}

describe('the libp2p transport, with a codec of readable text', () => {
  const subject = { createNetwork: () => createNetwork(() => createTestCodec(BLOCK_BYTES_MAX + 1_000), textBlock) };
  for (const { name, run } of transportCases) it(name, () => run(subject));
});

describe("the libp2p transport, with Pocket's codec", () => {
  const createCodec = () => createPocketCodec({ blockBytesMax: BLOCK_BYTES_MAX });
  const subject = { createNetwork: () => createNetwork(createCodec, pocketBlock) };
  for (const { name, run } of transportCases) it(name, () => run(subject));
});
