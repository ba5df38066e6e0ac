import fc from 'fast-check';
import type { Adversary } from '../adversaries/index.ts';
import { ADVERSARIES, fullName } from '../adversaries/index.ts';
import { CALM } from '../simulation/conditions.ts';
import type { PeerPlan, Plan } from '../simulation/plan.ts';
import { arbitraryConfig } from './config.ts';
import { arbitraryPeer } from './peer.ts';

export interface PlanConstraints {
  /** Who may be there. Default: all of this package's. */
  readonly adversaries?: readonly Adversary[];
  /** How many peers besides the honest ones that have everything. Default: 4. */
  readonly peersMax?: number;
  /** Default: 40. */
  readonly startHeightMax?: number;
  /** How long faults go on. Default: 120,000 ms. */
  readonly faultsMsMax?: number;
}

/**
 * Whole worlds, for `simulatePlan`: shrinks towards one honest peer on a calm network with a short chain. There are always
 * as many honest peers with every block as the configuration asks for, so `reaches-the-tip-in-bounded-time` applies.
 */
export function arbitraryPlan(constraints: PlanConstraints = {}): fc.Arbitrary<Plan> {
  const { adversaries = ADVERSARIES, peersMax = 4, startHeightMax = 40, faultsMsMax = 120_000 } = constraints;
  const faults = adversaries.filter((each) => 'environment' in each).map(fullName);
  const conditions = fc.record({
    latencyMs: fc.integer({ min: 1, max: 500 }),
    jitterMs: fc.nat(800),
    bytesPerMs: fc.constantFrom(1_000_000, 10_000, 100),
    lossRatio: fc.constantFrom(0, 0.05, 0.25),
    duplicateRatio: fc.constantFrom(0, 0.1, 0.3),
    reorders: fc.boolean(),
  });
  return fc
    .record({
      seed: fc.nat(0xffffffff),
      harshness: fc.constantFrom(0, 0.3, 0.6, 1),
      config: arbitraryConfig(),
      nodes: fc.array(
        fc.record({
          behind: fc.nat(startHeightMax),
          pruned: fc.oneof(fc.constant(0), fc.nat(startHeightMax)),
          wire: arbitraryPeer({ id: '', adversaries: [] }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      others: fc.array(
        fc.oneof(arbitraryPeer({ id: '', adversaries }), arbitraryPeer({ id: '', adversaries: [], minHeightMax: 20 })),
        { maxLength: peersMax },
      ),
      environment: fc.subarray(faults, { maxLength: 4 }),
      conditions: fc.oneof(fc.constant(CALM), conditions),
      startHeight: fc.nat(startHeightMax),
      blockIntervalMs: fc.constantFrom(10_000, 30_000, 1_000),
      rotateEveryBlocks: fc.constantFrom(0, 0, 1, 7, 20),
      nodesAreValidators: fc.boolean(),
      binds: fc.constantFrom('everything' as const, 'everything' as const, 'stateHash' as const),
      faultsMs: fc.integer({ min: 1, max: Math.ceil(faultsMsMax / 1_000) }).map((seconds) => 1_000 * seconds),
    })
    .map(({ others, nodes, startHeight, blockIntervalMs, rotateEveryBlocks, nodesAreValidators, binds, ...plan }) => {
      const holdings = { minHeight: 1, lagBlocks: 0, serveMsMax: 100 };
      const full = Array.from({ length: Math.max(1, plan.config.minPeers) }, (): PeerPlan => {
        return { id: '', wire: 'pocket-state-sync', holdings, behaviours: [] };
      });
      // The world expects those who do not misbehave first.
      const honest = [...full, ...others.filter(({ behaviours }) => behaviours.length === 0)];
      const faulty = others.filter(({ behaviours }) => behaviours.length > 0);
      return {
        ...plan,
        nodes: nodes.map(({ behind, pruned, wire: { wire } }, i) => {
          const localHeight = Math.max(0, startHeight - behind);
          return { id: `node-${i}`, wire, localHeight, minHeight: Math.max(1, Math.min(pruned, localHeight)) };
        }),
        peers: [
          ...honest.map((peer, i) => ({ ...peer, id: `honest-${i}` })),
          ...faulty.map((peer, i) => ({ ...peer, id: `faulty-${i}` })),
        ],
        chain: { startHeight, blockIntervalMs, rotateEveryBlocks, nodesAreValidators, binds },
      };
    });
}
