import type { Outcome } from '../invariants/property.ts';
import type { Random } from '../simulation/random.ts';

/** What must hold of real bytes and certificates, for anything drawn. */
export interface RealProperty {
  readonly name: string;
  readonly clauses: readonly string[];
  /** In plain words. */
  readonly says: string;
  check(random: Random): Outcome | Promise<Outcome>;
}
