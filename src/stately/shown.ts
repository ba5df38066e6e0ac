import type { Facts } from '../core/facts.ts';
import { maps } from '../core/facts.ts';
import { connectedCount, whyNotSynced } from '../core/why.ts';

/** What the inspector shows as the context: the facts hold every peer and block, which nobody could read there. */
export function contextOf(facts: Facts & { readonly leftOut?: number }): Readonly<Record<string, unknown>> {
  const { local, aggregate, requests, window, work, host, peers } = facts;
  return {
    local: { minHeight: local.minHeight, maxHeight: local.maxHeight, tipId: local.tipId, validator: local.validator },
    target: aggregate?.maxHeight ?? null,
    whyNotSynced: whyNotSynced(facts),
    peersConnected: connectedCount(facts),
    peersKnown: maps.peers.size(peers.byId),
    requestsInFlight: requests.inFlight,
    bufferedBlocks: window.bufferedBlocks,
    bufferedBytes: window.bufferedBytes,
    work,
    hostFault: host.fault,
    eventsLeftOut: facts.leftOut ?? 0,
  };
}

/** Blocks by height and id. */
export function eventOf<Event extends { readonly type: string }>(event: Event): Event {
  const { block, blocks } = event as { readonly block?: unknown; readonly blocks?: unknown };
  if (Array.isArray(blocks)) return { ...event, blocks: blocks.map(nameOf) };
  return block === undefined ? event : { ...event, block: nameOf(block) };
}

function nameOf(block: unknown): { readonly height: number; readonly id: string } {
  const { height, id } = block as { readonly height: number; readonly id: string };
  return { height, id };
}
