import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { noPeers } from '../../src/core/initial-facts.ts';
import { putPeer } from '../../src/core/peers.ts';
import { beginTurn, endTurn } from '../../src/core/turn.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { Action } from './actions.ts';
import type { WorldState } from './state.ts';

/** The same with two peers' names exchanged: what the core would hold if they had come under each other's name. */
export function renamed(state: WorldState, rename: (peer: PeerId) => PeerId): WorldState {
  return {
    ...state,
    facts: renamedFacts(state.facts, rename),
    owed: state.owed.map((each) => ({ ...each, peer: rename(each.peer) })),
    asked: state.asked.map(rename),
  };
}

export function renamedAction(action: Action, rename: (peer: PeerId) => PeerId): Action {
  if (!('peer' in action)) return action;
  const peer = rename(action.peer);
  return 'request' in action ? { ...action, peer, request: { ...action.request, peer } } : { ...action, peer };
}

export function exchange([a, b]: readonly [PeerId, PeerId]): (peer: PeerId) => PeerId {
  return (peer) => (peer === a ? b : peer === b ? a : peer);
}

function renamedFacts(facts: Facts, rename: (peer: PeerId) => PeerId): Facts {
  const turn = beginTurn({ ...facts, peers: noPeers(facts.peers.byId.salt) });
  // The indexes order equal peers by their names: they are made anew.
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) putPeer(turn, { ...peer, id: rename(peer.id) });

  let { byId } = facts.requests;
  for (const { key, value } of maps.requests.entries(facts.requests.byId)) {
    byId = maps.requests.set(byId, key, { ...value, peer: rename(value.peer) });
  }
  turn.requests = { ...facts.requests, byId };

  const { window } = facts;
  let { spans } = window;
  for (const { key, value } of maps.spans.entries(window.spans)) {
    const peer = value.peer === null ? null : rename(value.peer);
    spans = maps.spans.set(spans, key, { ...value, peer, avoid: value.avoid.map(rename) });
  }
  const { trouble } = window;
  turn.window = {
    ...window,
    spans,
    spares: window.spares.map((each) => ({ ...each, peer: rename(each.peer) })),
    trouble: trouble && {
      ...trouble,
      peers: trouble.peers.map(rename),
      unapplied: trouble.unapplied.map((each) => ({
        ...each,
        peers: each.peers.map(rename),
        charged: each.charged.map((charge) => ({ ...charge, peer: rename(charge.peer) })),
      })),
    },
  };
  return endTurn(turn);
}
