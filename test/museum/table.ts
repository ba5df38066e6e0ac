import type { Bug } from './bug.ts';
import type { Recorded } from './record.ts';

/** Cells of the pages about bugs. */
export function filesOf(changes: Bug['changes']): string {
  return [...new Set(changes.map(({ file }) => file))].map((file) => `[${file}](../${file})`).join('<br>');
}

/** Which property, and after how many runs. */
export function caughtBy(found: Recorded | undefined): readonly string[] {
  if (found?.property == null) return ['**not caught**', `${found?.runs ?? 0}`];
  return [`\`${found.property}\``, `${found.runs}`];
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
