/** What of a violation is told alike, whatever found it. */
export interface Broken {
  readonly property: string;
  readonly clauses: readonly string[];
  readonly says: string;
  readonly detail: string;
}

/** @param again the line that shows it once more; `more`: what else is known of it */
export function brokenInWords(
  { property, clauses, says, detail }: Broken,
  again: string,
  more: readonly string[] = [],
): readonly string[] {
  return [
    `BROKEN: ${property}`,
    `  What must hold   ${says}`,
    `                   ${clauses.join(', ')} (docs/spec.md)`,
    `  What happened    ${detail}`,
    ...more,
    `  Again            ${again}`,
  ];
}
