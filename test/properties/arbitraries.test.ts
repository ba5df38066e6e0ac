import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  ADVERSARIES,
  arbitraryBlock,
  arbitraryChain,
  arbitraryConfig,
  arbitraryPlan,
  arbitraryWalk,
  parsePlanLine,
  planLine,
  simulatePlan,
  takeWalk,
} from '../../properties/index.ts';
import type { WalkOptions, WalkStep } from '../../properties/index.ts';
import { resolveConfig, step } from '../../src/index.ts';

const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));

vi.setConfig({ testTimeout: 60_000 });

/** How often each label was drawn. */
function counted<Value>(arbitrary: fc.Arbitrary<Value>, labels: (value: Value) => readonly string[], numRuns: number) {
  const counts = new Map<string, number>();
  for (const value of fc.sample(arbitrary, { numRuns, seed })) {
    for (const label of labels(value)) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

describe(`arbitraries of the kit (seed ${seed})`, () => {
  it('configurations are allowed ones, the narrow among them', () => {
    const counts = counted(
      arbitraryConfig(),
      (config) => {
        expect(resolveConfig(config)).toEqual(config);
        return [config.strategy, `inFlight ${config.inFlightMax}`, `buffer ${config.bufferBlocksMax}`];
      },
      300,
    );
    for (const label of ['synchronous', 'asynchronous', 'inFlight 1', 'inFlight 16', 'buffer 1', 'buffer 256']) {
      expect(counts.get(label) ?? 0, label).toBeGreaterThan(10);
    }
    expect(fc.sample(arbitraryConfig({ minPeers: 3 }), { numRuns: 20, seed }).every((it) => it.minPeers === 3)).toBe(
      true,
    );
  });

  it('chains are linked and certified', () => {
    fc.assert(
      fc.property(arbitraryChain(), arbitraryBlock(), (chain, { chain: other, block }) => {
        for (let height = 1; height <= chain.height; height++) {
          expect(chain.blockAt(height).parentId).toBe(chain.tipAt(height - 1).stateHash);
          expect(chain.hasCertificateOf(chain.blockAt(height))).toBe(true);
        }
        expect(other.blockAt(block.height)).toBe(block);
      }),
      { seed, numRuns: 50 },
    );
  });

  it('plans are written as a line and read back exactly', () => {
    fc.assert(
      fc.property(arbitraryPlan(), (plan) => {
        expect(parsePlanLine(planLine(plan), ADVERSARIES)).toEqual(plan);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('plans have everybody in them, and in each all properties hold', async () => {
    const counts = counted(
      arbitraryPlan(),
      ({ peers, environment, nodes }) => [
        `${nodes.length} nodes`,
        ...environment,
        ...peers.flatMap((peer) => peer.behaviours),
      ],
      600,
    );
    for (const { id, name } of ADVERSARIES) expect(counts.get(`${id} ${name}`) ?? 0, id).toBeGreaterThan(5);
    expect(counts.get('2 nodes') ?? 0).toBeGreaterThan(50);
    const small = arbitraryPlan({ startHeightMax: 10, faultsMsMax: 20_000, peersMax: 3 });
    await fc.assert(
      fc.asyncProperty(small, async (plan) => {
        const { violation } = await simulatePlan(plan);
        expect(violation).toBeNull();
      }),
      { seed, numRuns: 12, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('walks reach where it matters, and a bug in `step` is found by them', () => {
    const seen = new Map<string, number>();
    const check = ({ effects }: WalkStep) => {
      for (const effect of effects) {
        const what = effect.type === 'modeChanged' ? effect.next : effect.type;
        seen.set(what, (seen.get(what) ?? 0) + 1);
      }
    };
    fc.assert(
      fc.property(arbitraryWalk(), (plan) => void takeWalk(plan, { check })),
      { seed, numRuns: 80 },
    );
    const wanted = ['Consensus_SyncMode', 'Consensus_Synced', 'commitBlocks', 'rollbackBlocks', 'hostFaulted'];
    for (const what of [...wanted, 'disconnectPeer']) expect(seen.get(what) ?? 0, what).toBeGreaterThan(0);
    const shrinking: WalkOptions = {
      step: (state, event) => {
        const { state: after, effects } = step(state, event);
        const falls = effects.some(({ type }) => type === 'rollbackBlocks');
        return { state: falls ? { ...after, local: { ...after.local, maxHeight: 0 } } : after, effects };
      },
      check: ({ before, after }) => {
        if (after.local.maxHeight < before.local.maxHeight) throw new Error('the height fell');
      },
    };
    const found = fc.check(
      fc.property(arbitraryWalk(), (plan) => void takeWalk(plan, shrinking)),
      { seed, numRuns: 200, endOnFailure: true },
    );
    expect(String(found.errorInstance)).toContain('the height fell');
  });
});
