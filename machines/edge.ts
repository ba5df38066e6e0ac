/** A transition with its meaning in one plain line and the clauses it comes from; diagrams and docs take both from here. */
export function edge<const Target extends string>(target: Target, description: string, ...clauses: string[]) {
  return { target, description, meta: { clauses } } as const;
}
