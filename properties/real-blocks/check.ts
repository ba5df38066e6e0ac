import type { Broken } from '../report/broken.ts';
import { Random } from '../simulation/random.ts';
import { malformedFramesAreRefused } from './malformed-frames.ts';
import type { RealProperty } from './property.ts';
import { badBlocksAreRefused, certifiedBlocksAreAccepted, signaturesHaveOneForm } from './rules.ts';
import { badBytesAreRefused, messagesSurviveTheWire, repeatsAreDropped, sendersAreWhoTheyAre } from './wire.ts';

/** What the simulated network, whose blocks and messages are stand-ins, cannot see: Pocket's own bytes and signatures. */
export const REAL_PROPERTIES: readonly RealProperty[] = [
  certifiedBlocksAreAccepted,
  badBlocksAreRefused,
  signaturesHaveOneForm,
  messagesSurviveTheWire,
  sendersAreWhoTheyAre,
  repeatsAreDropped,
  badBytesAreRefused,
  malformedFramesAreRefused,
];

/** Holds Pocket's wire and validation, on blocks and messages drawn from the seed, against every property. */
export async function checkRealBlocks(seed: number): Promise<Broken | null> {
  for (const { name, clauses, says, check } of REAL_PROPERTIES) {
    const outcome = await check(new Random(seed).fork(name));
    if (typeof outcome === 'string') return { property: name, clauses, says, detail: outcome };
  }
  return null;
}
