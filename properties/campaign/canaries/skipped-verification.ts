import { step } from '../../../src/core/step.ts';
import type { PlantedStep } from './planted-host.ts';

/** Blocks are applied and committed without having been verified (against APPLY-1). */
export const skippedVerification: PlantedStep = (state, event) => {
  const begun = step(state, event);
  const verify = begun.effects.find((effect) => effect.type === 'verifyBlocks' && effect.certified);
  if (verify?.type !== 'verifyBlocks') return begun;
  const { workId, blocks } = verify;
  const done = step(begun.state, { type: 'blocksVerified', now: event.now, workId, valid: blocks.length });
  return { state: done.state, effects: [...begun.effects.filter((effect) => effect !== verify), ...done.effects] };
};
