import { step } from '../../../src/core/step.ts';
import type { PlantedStep } from './planted-host.ts';

/** The slot of a request that timed out is not given back (against SYNC-4). */
export const leakedSlot: PlantedStep = (state, event) => {
  const { state: after, effects } = step(state, event);
  let leaked = 0;
  for (const effect of effects) {
    if (effect.type !== 'reportPeer' || effect.report.kind !== 'requestEnded') continue;
    if (effect.report.result === 'timedOut') leaked++;
  }
  const { requests } = after;
  const inFlight = Math.min(after.config.inFlightMax, requests.inFlight + leaked);
  return { state: leaked === 0 ? after : { ...after, requests: { ...requests, inFlight } }, effects };
};
