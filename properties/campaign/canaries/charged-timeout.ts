import { step } from '../../../src/core/step.ts';
import type { PlantedStep } from './planted-host.ts';

/** A timeout counts as an offence, so that slow networks get honest peers banned (against PEER-1). */
export const chargedTimeout: PlantedStep = (state, event) => {
  let { state: after, effects } = step(state, event);
  for (const effect of effects) {
    if (effect.type !== 'reportPeer' || effect.report.kind !== 'requestEnded') continue;
    if (effect.report.result !== 'timedOut') continue;
    const { peer } = effect;
    const charged = step(after, {
      type: 'peerMisbehaved',
      now: event.now,
      peer,
      offence: 'UNSOLICITED_BLOCK',
      detail: 'planted: it did not answer in time',
    });
    after = charged.state;
    effects = [...effects, ...charged.effects];
  }
  return { state: after, effects };
};
