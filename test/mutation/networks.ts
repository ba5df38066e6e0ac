import { expect, it } from 'vitest';
import { simulate } from '../../properties/index.ts';

/** Simulated networks for the mutants that the quick tests did not notice: fixed, so that what is noticed does not change. */
const SEEDS = Array.from({ length: 25 }, (_, i) => 1_000 + i);

for (const seed of SEEDS) {
  it(`every property holds in the network of seed ${seed}`, async () => {
    const { violation } = await simulate(seed);
    expect(violation === null ? '' : `${violation.property}: ${violation.detail}`).toBe('');
  });
}
