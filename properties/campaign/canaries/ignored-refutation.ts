import { getPeer, putPeer } from '../../../src/core/peers.ts';
import { step } from '../../../src/core/step.ts';
import { beginTurn, endTurn } from '../../../src/core/turn.ts';
import type { PlantedStep } from './planted-host.ts';

/** A claim that proved wrong goes on counting (against META-7). */
export const ignoredRefutation: PlantedStep = (state, event) => {
  const { state: after, effects } = step(state, event);
  const turn = beginTurn(after);
  for (const effect of effects) {
    if (effect.type !== 'reportPeer' || effect.report.kind !== 'claimRefuted') continue;
    const peer = getPeer(turn, effect.peer);
    if (peer?.claim == null) continue;
    const life = { ...peer.life, claim: 'Untested' } as const;
    putPeer(turn, { ...peer, life, probeAt: null, probeDue: false, disputedFrom: null });
  }
  return { state: endTurn(turn), effects };
};
