/** What of a violation is told alike, whichever stage found it. */
interface Broken {
  readonly property: string;
  readonly clauses: readonly string[];
  readonly says: string;
  readonly detail: string;
}

/** @param more what else the stage knows of it; `again` follows `npm run campaign -- ` */
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
    `  Again            npm run campaign -- ${again}`,
  ];
}
