import type { CreateHostToCheck } from '../contract/watched-host.ts';
import type { PlanOverrides } from '../simulation/plan.ts';

/** A fault between a host and one of its ports, which a check of that host must notice, or it notices nothing. */
export interface PlantedFault {
  readonly name: string;
  /** What is wrong then, in plain words. */
  readonly fault: string;
  /** The properties that break. */
  readonly breaks: readonly string[];
  /** A world in which it matters. */
  readonly plan: PlanOverrides;
  plant(createHost: CreateHostToCheck): CreateHostToCheck;
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'blind-verifier',
    fault: 'the verifier finds every block valid',
    breaks: ['host-tells-outcomes-truly', 'only-the-certified-block-commits', 'local-state-is-the-chains'],
    plan: {
      nodes: 1,
      honest: 2,
      faulty: 3,
      behaviours: ['A20 forged-certificate'],
      environment: [],
      faultsMs: 120_000,
    },
    plant: (createHost) => (ports) => {
      const verify = async (...args: Parameters<typeof ports.verifier.verify>) => {
        await ports.verifier.verify(...args);
        return { valid: true } as const;
      };
      return createHost({ ...ports, verifier: { verify } });
    },
  },
  {
    name: 'forgetful-store',
    fault: 'the store says committed and keeps nothing',
    breaks: ['height-grows-by-one', 'host-tells-outcomes-truly', 'ports-are-used-as-promised'],
    plan: { nodes: 1, honest: 2, faulty: 0, environment: [], faultsMs: 60_000 },
    plant: (createHost) => (ports) => {
      const { store } = ports;
      const forgetful = {
        open: () => store.open(),
        close: () => store.close(),
        range: () => store.range(),
        read: (height: number) => store.read(height),
        commit: () => Promise.resolve(),
        prune: (minHeight: number) => store.prune(minHeight),
        state: () => store.state(),
      };
      return createHost({ ...ports, store: forgetful });
    },
  },
];
