import { createPocketBlock, toSyncBlock } from '../../src/wire/blocks.ts';
import type { BlockContent, PocketBlock } from '../../src/wire/blocks.ts';
import { HOTSTUFF_STEP, encodeCertificate } from '../../src/wire/hotstuff.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';

/** The address of the hand-made encoding vectors. */
export const ADDRESS = '00104055c00bed7c983a48aac7dc6335d7c607a7';
export const OTHER_ADDRESS = 'ffffffffffffffffffffffffffffffffffffffff';

/** A block with every field set; its certificate decodes but is signed by nobody real. */
export function sampleBlock(height: number): PocketBlock {
  const voted: BlockContent = {
    header: {
      height,
      networkId: 'testnet',
      stateHash: String(height).padStart(64, 'a'),
      prevStateHash: String(height - 1).padStart(64, 'a'),
      proposerAddress: new Uint8Array(20).fill(7),
      quorumCertificate: new Uint8Array(),
      timestamp: { seconds: 1_700_000_000, nanos: 5 },
      stateTreeHashes: new Map([
        ['9', 'y'],
        ['10', 'x'],
        ['__proto__', 'z'],
        ['root', 'abc'],
      ]),
      valSetHash: 'b'.repeat(64),
      nextValSetHash: 'c'.repeat(64),
    },
    transactions: [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(255)],
  };
  const quorumCertificate = encodeCertificate({
    height,
    round: 2,
    step: HOTSTUFF_STEP.commit,
    block: voted,
    signatures: [{ signature: new Uint8Array(64).fill(9), address: ADDRESS }],
  });
  return createPocketBlock({ ...voted, header: { ...voted.header, quorumCertificate } });
}

export function sampleSyncBlock(height: number): SyncBlock {
  return toSyncBlock(sampleBlock(height));
}
