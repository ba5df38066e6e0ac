/** Writes docs/errors.md from the tables in the code (`npm run generate:errors`), so that the two cannot differ. */
import { writeFileSync } from 'node:fs';
import { DEFAULT_CONFIG, ERROR_CODES, OFFENCES, REASONS } from '../src/index.ts';

export const ERRORS_PAGE = new URL('errors.md', import.meta.url);

export function errorsPage(): string {
  return `<!-- Written by docs/generate-errors.ts. Do not edit. -->
# Errors, offences, reasons

## Errors and what to do

Every error is a \`StateSyncError\` with one of these codes, also in \`hostFaulted\` and in the verdicts on blocks. The
command prints the code, what happened, and the advice below.

${table(['code', 'meaning and advice'], Object.entries(ERROR_CODES))}

## Why a node is not synced

\`whyNotSynced()\` gives one of these, with the next height, the target, the last error at that height, the peers tried,
and when something is tried again by itself. Waiting is not an error, and is not logged as one.

${table(['reason', 'meaning'], Object.entries(REASONS))}

## What peers are charged with

A score starts at 0. At ${DEFAULT_CONFIG.scoreCoolDown} the peer cools down, at ${DEFAULT_CONFIG.scoreBan} it is banned; valid blocks earn up to ${DEFAULT_CONFIG.scoreMax}.

${table(
  ['offence', 'costs', 'clause'],
  Object.entries(OFFENCES).map(([name, { penalty, clause }]) => [name, String(penalty), clause]),
)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const code = (row: readonly string[]) => row.map((cell, i) => (i === 0 ? `\`${cell}\`` : cell));
  return [head, head.map(() => '---'), ...rows.map(code)].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) writeFileSync(ERRORS_PAGE, errorsPage());
