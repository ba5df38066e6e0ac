/** Writes the pages of this folder from the charts (`npm run generate:diagrams`), so that the two cannot differ. */
import { readFileSync, writeFileSync } from 'node:fs';
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

const README = new URL('../../README.md', import.meta.url);
const README_SECTION = /(?<=<!-- modes: [^>]* -->\n)[\s\S]*(?=<!-- \/modes -->)/;

/** Each page's address and text. */
export function diagramPages(): ReadonlyMap<URL, string> {
  const pages = PAGES.map(
    ({ file, title, machine }) => [new URL(file, import.meta.url), page(title, machine)] as const,
  );
  const readme = readFileSync(README, 'utf8').replace(README_SECTION, () => `${modesAtAGlance()}\n`);
  return new Map([...pages, [README, readme]]);
}

/** The modes without what would crowd the picture: `Stop`, which leads from everywhere to Stopped, and server mode. */
function modesAtAGlance(): string {
  const edges = transitionsOfChart(operationModeMachine)
    .filter(({ from, event }) => from.startsWith('mode.') && event !== 'Stop')
    .map(({ from, event, to }) => `  ${lastOf(from)} --> ${lastOf(to)} : ${event}`);
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> Stopped', ...edges, '```'].join('\n');
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
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
