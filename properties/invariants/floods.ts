import type { EventOf } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import { isCharged } from './charges.ts';
import type { Always, Outcome, Seen } from './property.ts';
import { effectsOf, isEvent } from './property.ts';

/** Far above the burst, so that it takes a flood and not a fine point of timing. */
const FLOOD_SLACK = 60;

export const floodsAreCharged: Always = {
  kind: 'always',
  name: 'floods-are-charged',
  clauses: ['META-4', 'SERVE-4'],
  says: 'Whoever sends metadata or blocks unasked, or requests, far beyond their rates is charged with it.',
  on: {
    events: ['peerDisconnected', 'metadataReceived', 'metadataRequested', 'blocksRequested', 'blocksReceived'],
    effects: ['sendMetadataRequest'],
  },
  watch: () => {
    const metadata = new Rates();
    const requests = new Rates();
    const blocks = new Rates();
    return {
      reborn: () => {
        metadata.clear();
        requests.clear();
        blocks.clear();
      },
      check: (seen): Outcome => {
        const { atMs, event, before, after } = seen;
        for (const { peer } of effectsOf(seen, 'sendMetadataRequest')) metadata.allow(peer);
        if (isEvent(event, 'peerDisconnected')) metadata.forget(event.peer);
        if (isEvent(event, 'blocksReceived')) {
          if (!isUnasked(event, before)) return undefined;
          const { unsolicitedPerSecond, unsolicitedBurst } = after.config;
          return charged(seen, event.peer, blocks.exceeds(event.peer, atMs, unsolicitedPerSecond, unsolicitedBurst));
        }
        const told = isEvent(event, 'metadataReceived');
        const asked = isEvent(event, 'metadataRequested') || isEvent(event, 'blocksRequested');
        if (!told && !asked) return undefined;
        if (!isConnected(before, event.peer)) return undefined;
        if (asked && after.control.server !== 'Enabled') return undefined;
        const [perSecond, burst] = told ? metadataRate(after.config) : requestRate(after.config);
        return charged(seen, event.peer, (told ? metadata : requests).exceeds(event.peer, atMs, perSecond, burst));
      },
    };
  },
};

function charged(seen: Seen, peer: string, isFlood: boolean): Outcome {
  if (isCharged(seen, peer)) return true;
  return isFlood ? `${peer} sends ${seen.event.type} without end` : undefined;
}

/** Not even the late answer to something that was asked once: of those it is only known how many there may be. */
function isUnasked({ peer, requestId, blocks }: EventOf<'blocksReceived'>, before: Facts): boolean {
  const sender = maps.peers.get(before.peers.byId, peer);
  const [first] = blocks;
  if (sender?.life.link !== 'Connected' || sender.forgotten > 0 || first === undefined) return false;
  if (before.control.mode === 'Stopped') return false;
  if (requestId !== null) return maps.requests.get(before.requests.byId, requestId)?.peer !== peer;
  return sender.requests.every((id) => {
    const request = maps.requests.get(before.requests.byId, id);
    return request === undefined || first.height < request.from || request.to < first.height;
  });
}

function isConnected({ peers }: Facts, peer: string): boolean {
  return maps.peers.get(peers.byId, peer)?.life.link === 'Connected';
}

function metadataRate({ metadataUnaskedPerSecond, metadataUnaskedBurst }: SyncConfig) {
  return [metadataUnaskedPerSecond, metadataUnaskedBurst] as const;
}

function requestRate({ serveRequestsPerSecond, serveRequestsBurst }: SyncConfig) {
  return [serveRequestsPerSecond, serveRequestsBurst] as const;
}

/** What each peer may still send. */
class Rates {
  readonly #peers = new Map<string, { left: number; atMs: number; invited: number }>();

  /** One of what it sends is asked for. */
  allow(peer: string): void {
    const rate = this.#peers.get(peer);
    if (rate !== undefined) rate.invited++;
    else this.#peers.set(peer, { left: Infinity, atMs: 0, invited: 1 });
  }

  exceeds(peer: string, atMs: number, perSecond: number, burst: number): boolean {
    const rate = this.#peers.get(peer) ?? { left: Infinity, atMs, invited: 0 };
    this.#peers.set(peer, rate);
    rate.left = Math.min(burst + FLOOD_SLACK, rate.left + ((atMs - rate.atMs) / 1_000) * perSecond);
    rate.atMs = atMs;
    if (rate.invited > 0) rate.invited--;
    else rate.left--;
    if (rate.left >= 0) return false;
    rate.left = 0;
    return true;
  }

  forget(peer: string): void {
    this.#peers.delete(peer);
  }

  clear(): void {
    this.#peers.clear();
  }
}
