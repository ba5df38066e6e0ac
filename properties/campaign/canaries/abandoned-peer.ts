import { getPeer, putPeer } from '../../../src/core/peers.ts';
import { step } from '../../../src/core/step.ts';
import { beginTurn, endTurn } from '../../../src/core/turn.ts';
import type { PlantedStep } from './planted-host.ts';

const NEVER_MS = 1e12;

/** A peer that was refuted once, be it by a bad network, is never probed again (against META-7, SYNC-7). */
export const abandonedPeer: PlantedStep = (state, event) => {
  const { state: after, effects } = step(state, event);
  const turn = beginTurn(after);
  for (const effect of effects) {
    if (effect.type !== 'reportPeer' || effect.report.kind !== 'claimRefuted') continue;
    const peer = getPeer(turn, effect.peer);
    if (peer !== undefined && peer.probeAt !== null) putPeer(turn, { ...peer, probeAt: NEVER_MS, probeDue: false });
  }
  return { state: endTurn(turn), effects };
};
