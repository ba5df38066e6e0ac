/**
 * One thing that every adapter of a port must do. A suite is a list of these, for any test runner:
 *
 *     for (const { name, run } of blockStoreCases) it(name, () => run(myBlockStore));
 *
 * `run` resolves when the adapter does it, and rejects with an `Error` in plain words when it does not.
 */
export interface PortCase<Subject> {
  /** The clauses it stems from, then what must be so. */
  readonly name: string;
  readonly clauses: readonly string[];
  run(subject: Subject): Promise<void>;
}

/** A case whose name begins with its clauses. */
export function portCase<Subject>(
  clauses: readonly string[],
  what: string,
  run: (subject: Subject) => Promise<void>,
): PortCase<Subject> {
  const name = clauses.length === 0 ? what : `${clauses.join(', ')}: ${what}`;
  return { name, clauses, run };
}
