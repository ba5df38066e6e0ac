import fc from 'fast-check';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { SimChain } from '../simulation/chain.ts';
import { Random } from '../simulation/random.ts';

/** A chain as adversaries and honest peers of the simulated network know it. */
export type ArbitraryChain = SimChain;

export interface ChainConstraints {
  /** Default: 0. */
  readonly heightMin?: number;
  /** Default: 40. */
  readonly heightMax?: number;
  /** Default: 1,000. */
  readonly blockBytesMax?: number;
}

/** A certified chain, its validators fixed or moving. Shrinks towards a short one whose validators stay. */
export function arbitraryChain(constraints: ChainConstraints = {}): fc.Arbitrary<ArbitraryChain> {
  const { heightMin = 0, heightMax = 40, blockBytesMax = 1_000 } = constraints;
  return fc
    .record({
      seed: fc.nat(),
      height: fc.integer({ min: heightMin, max: heightMax }),
      rotateEveryBlocks: fc.nat(20),
      validatorSetSize: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ seed, height, rotateEveryBlocks, validatorSetSize }) => {
      const chain = new SimChain({
        networkId: 'simulated',
        random: new Random(seed),
        validators: ['validator-0', 'validator-1', 'validator-2', 'validator-3', 'validator-4'],
        validatorSetSize,
        rotateEveryBlocks,
        blockBytesMax,
      });
      while (chain.height < height) chain.grow();
      return chain;
    });
}

/** A block of a chain, with the chain it is of; its parent is `chain.tipAt(block.height - 1)`. */
export function arbitraryBlock(
  constraints: ChainConstraints = {},
): fc.Arbitrary<{ readonly chain: ArbitraryChain; readonly block: SyncBlock }> {
  const heightMin = Math.max(1, constraints.heightMin ?? 1);
  return fc.tuple(arbitraryChain({ ...constraints, heightMin }), fc.nat()).map(([chain, draw]) => {
    return { chain, block: chain.blockAt(1 + (draw % chain.height)) };
  });
}
