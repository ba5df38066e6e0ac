import { message, start, stop } from './child.ts';
import type { TransportFigures } from './transport-peer.ts';

/** Two processes on 127.0.0.1, one long-lived stream each way, as a syncing node uses them. */
export async function transportCeiling(blockBytes: number, requestBlocks: number): Promise<TransportFigures> {
  const server = start('transport-peer.ts', ['serve', String(blockBytes)]);
  const address = (await message(server)) as string;
  const client = start('transport-peer.ts', ['ask', address, String(requestBlocks)]);
  try {
    return (await message(client)) as TransportFigures;
  } finally {
    await Promise.all([stop(server), stop(client)]);
  }
}
