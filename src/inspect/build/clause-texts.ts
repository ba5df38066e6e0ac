import { readFileSync } from 'node:fs';

const SPEC = new URL('../../../docs/spec.md', import.meta.url);

/** The clauses of docs/spec.md by their ids, as plain text. */
export function clauseTexts(): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const paragraph of readFileSync(SPEC, 'utf8').split(/\n(?=- )|\n\n/)) {
    const [, id, text] = /^- \*\*([A-Z]+-\d+)\*\*\s+([\s\S]+)$/.exec(paragraph) ?? [];
    if (id !== undefined && text !== undefined) texts[id] = text.replace(/\s+/g, ' ').replace(/[*`]/g, '').trim();
  }
  return { ...texts, LIMIT: 'All limits are settings with their unit in the name; see docs/configuration.md.' };
}
