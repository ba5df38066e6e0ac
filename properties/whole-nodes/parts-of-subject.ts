import type { BlockVerifier } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockStoreSubject } from '../ports/block-store-suite.ts';
import type { BlockVerifierSubject, CheckedBlock } from '../ports/block-verifier-suite.ts';
import type { ExecutorSubject } from '../ports/executor-fixture.ts';
import { opaqueBlock, tampered } from '../links/chain.ts';
import { opaqueVerifier } from '../pace/host.ts';
import { Random } from '../simulation/random.ts';
import type { MakeParts } from './parts.ts';
import { requireChain } from './parts.ts';
import { keptStore, MarkingExecutor } from './stand-ins.ts';

/** How many blocks the fixture of a store has, by its contract. */
const STORE_BLOCKS = 30;

/** A node over the store; what executes and verifies are stand-ins that look at blocks from outside. */
export function partsOfStore(subject: BlockStoreSubject): MakeParts {
  return async () => {
    const fixture = await subject.create();
    const heights = Array.from({ length: STORE_BLOCKS }, (_, i) => i + 1);
    const blocks = requireChain(
      heights.map((height) => fixture.block(height)),
      'the store',
    );
    let isFirst = true;
    return {
      name: 'the store, with stand-ins for executor and verifier',
      blocks,
      spoiled: new Map(blocks.map((block) => [block.height, tampered(block)])),
      store: () => {
        const store = isFirst ? fixture.store : fixture.again();
        isFirst = false;
        return store;
      },
      executor: () => new MarkingExecutor(blocks[0]?.parentId ?? ''),
      verifier: opaqueVerifier(),
      dispose: () => fixture.dispose(),
    };
  };
}

/** Only executing them shows what is wrong with the fixture's bad blocks. */
const takesEverything: BlockVerifier = { verify: async () => ({ valid: true }) };

/** A node over the executor and a store in memory; nobody verifies, so that everything bad gets as far as the executor. */
export function partsOfExecutor(subject: ExecutorSubject): MakeParts {
  return async (seed) => {
    const fixture = await subject.create();
    const blocks = requireChain(fixture.blocks, 'the executor');
    const bad: SyncBlock = new Random(seed).fork('bad block').pick([fixture.refused, fixture.wrong]);
    return {
      name: 'the executor, with a store in memory and nobody who verifies',
      blocks,
      spoiled: new Map([[bad.height, bad]]),
      store: keptStore(),
      executor: () => fixture.create(),
      verifier: takesEverything,
      dispose: () => fixture.dispose(),
    };
  };
}

/**
 * A node over the verifier, of which only certified blocks are known, from anywhere: they stand for those of a chain, each
 * with the parent it really has.
 */
export function partsOfVerifier(subject: BlockVerifierSubject): MakeParts {
  return async (seed) => {
    const fixture = await subject.create();
    const random = new Random(seed).fork('blocks');
    const standFor = (height: number, checked: CheckedBlock, kind: string): SyncBlock => {
      const { bytes, contentId } = checked.block;
      return { ...opaqueBlock(height, bytes), contentId: `${kind} ${height}: ${contentId}`, body: checked };
    };
    const heights = Array.from({ length: STORE_BLOCKS }, (_, i) => i + 1);
    const blocks = heights.map((height) => standFor(height, random.pick(fixture.good), 'good'));
    const spoiled = heights.map((height) => standFor(height, random.pick(fixture.bad), 'bad'));
    return {
      name: 'the verifier, with a store in memory and an executor that takes everything',
      blocks,
      spoiled: new Map(spoiled.map((block) => [block.height, block])),
      store: keptStore(),
      executor: () => new MarkingExecutor(blocks[0]?.parentId ?? ''),
      verifier: {
        verify: ({ body }, _, certified) => {
          const { block, parent } = body as CheckedBlock;
          return fixture.verifier.verify(block, parent, certified);
        },
      },
      dispose: () => fixture.dispose(),
    };
  };
}
