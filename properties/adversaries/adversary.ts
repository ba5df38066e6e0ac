import type { CreateBehaviour } from '../simulation/behaviour.ts';
import type { Environment } from '../simulation/environment.ts';

/** One named way in which peers, or the world around the node, go wrong. */
export type Adversary = PeerAdversary | EnvironmentAdversary;

interface Named {
  /** Its number in the list of what peers have done to block sync, or `E..` for faults of the environment. */
  readonly id: string;
  readonly name: string;
  /** In plain words. */
  readonly does: string;
}

/** Laid over one peer; may be combined with others. */
export interface PeerAdversary extends Named {
  readonly peer: CreateBehaviour;
  /** It can act only where ranges of blocks are asked for. */
  readonly needsRanges?: true;
  /** It can act only where the validator set changes. */
  readonly needsRotation?: true;
}

/** Happens to everybody. Called before the run starts; must undo itself, or be undone, when faults stop. */
export interface EnvironmentAdversary extends Named {
  readonly environment: (environment: Environment, acted: (times?: number) => void) => void;
}

/** As plans, reports and counters name it. */
export function fullName({ id, name }: Adversary): string {
  return `${id} ${name}`;
}
