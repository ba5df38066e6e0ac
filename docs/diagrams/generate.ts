/** Writes the pages of this folder from the charts (`npm run generate:diagrams`), so that the two cannot differ. */
import { writeFileSync } from 'node:fs';
import type { AnyStateMachine } from 'xstate';
import {
  blockRequestMachine,
  operationModeMachine,
  peerMachine,
  statesOfChart,
  toMermaid,
  transitionsOfChart,
} from '../../machines/index.ts';

const PAGES: readonly { readonly file: string; readonly title: string; readonly machine: AnyStateMachine }[] = [
  { file: 'operation-mode.md', title: 'The operation mode of a node', machine: operationModeMachine },
  { file: 'block-request.md', title: 'The life of one height', machine: blockRequestMachine },
  { file: 'peer.md', title: 'The life of one peer', machine: peerMachine },
];

/** Each page's address and text. */
export function diagramPages(): ReadonlyMap<URL, string> {
  return new Map(PAGES.map(({ file, title, machine }) => [new URL(file, import.meta.url), page(title, machine)]));
}

function page(title: string, machine: AnyStateMachine): string {
  const states = statesOfChart(machine).map(({ path, description, tags, clauses }) => [
    `\`${path}\``,
    description,
    tags.map((tag) => `\`${tag}\``).join(' '),
    clauses.join(', '),
  ]);
  const transitions = transitionsOfChart(machine).map(({ from, event, to, description, clauses }) => [
    `\`${from}\``,
    `\`${event}\``,
    `\`${to}\``,
    description,
    clauses.join(', '),
  ]);
  return `<!-- Written by docs/diagrams/generate.ts. Do not edit. -->
# ${title}

\`\`\`mermaid
${toMermaid(machine)}
\`\`\`

## States

${table(['state', 'meaning', 'tags', 'clauses'], states)}

## Transitions

${table(['from', 'event', 'to', 'meaning', 'clauses'], transitions)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) for (const [address, text] of diagramPages()) writeFileSync(address, text);
