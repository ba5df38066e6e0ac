import type { PeerPlan } from '../links/peer-plan.ts';
import type { NetworkPlan } from './network-plan.ts';

/** What no engine can beat, in ms; the first only as far as liars serve nothing good. */
export interface Bounds {
  /** max(bytes / bandwidth of the honest peers + shortest round trip, sum of the apply times). */
  readonly lowerMs: number;
  /**
   * Stricter about liars and milder about the start: who exaggerates serves good blocks too and is counted, and nothing
   * arrives from a peer before metadata and a first request have gone there and back.
   */
  readonly reachableMs: number;
}

export function boundsOf({ peers, blockBytes, applyMsPerBlock }: NetworkPlan): Bounds {
  const honest = peers.filter(({ lie }) => lie === null);
  const serving = peers.filter(({ lie }) => lie === null || lie === 'inflate');
  const bytes = blockBytes.reduce((sum, size) => sum + size, 0);
  const bytesPerMs = honest.reduce((sum, peer) => sum + peer.bytesPerMs, 0);
  const shortestMs = Math.min(...honest.map(({ roundTripMs }) => roundTripMs));
  const applyMs = applyMsPerBlock * blockBytes.length;
  return {
    lowerMs: Math.max(bytes / bytesPerMs + shortestMs, applyMs),
    reachableMs: Math.max(fluidMs(serving, bytes), applyMs + 2 * shortestMs),
  };
}

/** When all links together have carried the bytes, each link from two of its round trips on. */
function fluidMs(peers: readonly PeerPlan[], bytes: number): number {
  const byStart = [...peers].sort((a, b) => a.roundTripMs - b.roundTripMs);
  let bytesPerMs = 0;
  let lostBytes = 0;
  let bestMs = Infinity;
  for (const peer of byStart) {
    bytesPerMs += peer.bytesPerMs;
    lostBytes += peer.bytesPerMs * 2 * peer.roundTripMs;
    bestMs = Math.min(bestMs, (bytes + lostBytes) / bytesPerMs);
  }
  return bestMs;
}
