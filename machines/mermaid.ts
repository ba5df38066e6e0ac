import type { AnyStateMachine, AnyStateNode } from 'xstate';

/**
 * A chart as a Mermaid state diagram: what each state is, in its own words, and which events lead where. Transitions
 * between the same two states share an arrow.
 */
export function toMermaid(machine: AnyStateMachine): string {
  return ['stateDiagram-v2', ...inside(machine.root, '  ')].join('\n');
}

/** One transition of a chart, as the charts' own descriptions tell it. */
export interface ChartTransition {
  /** Path of the state it leaves, and of the one it enters; `''` and the same state for one of the root. */
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly description: string;
  readonly clauses: readonly string[];
}

export interface ChartState {
  readonly path: string;
  readonly description: string;
  readonly clauses: readonly string[];
  readonly tags: readonly string[];
}

/** Every state of a chart but the root and its regions, in the order of the file. */
export function statesOfChart(machine: AnyStateMachine): ChartState[] {
  return leaves(machine.root).map((node) => ({
    path: node.path.join('.'),
    description: node.description ?? '',
    clauses: clausesOf(node.meta),
    tags: [...node.tags],
  }));
}

/** Every transition of a chart, in the order of the file. */
export function transitionsOfChart(machine: AnyStateMachine): ChartTransition[] {
  return leaves(machine.root).flatMap((node) =>
    [...node.transitions.values()].flat().map((transition) => ({
      from: node.path.join('.'),
      to: pathOf(transition.target?.[0] ?? node).join('.'),
      event: String(transition.eventType),
      description: transition.description ?? '',
      clauses: clausesOf(transition.meta),
    })),
  );
}

function inside(node: AnyStateNode, indent: string): string[] {
  if (node.type === 'parallel') {
    const regions = Object.values(node.states);
    return regions.flatMap((region) => [
      `${indent}state ${region.key} {`,
      ...inside(region, `${indent}  `),
      `${indent}}`,
    ]);
  }
  const states = Object.values(node.states);
  const initial = node.initial.target[0];
  return [
    ...(initial === undefined ? [] : [`${indent}[*] --> ${nameOf(initial)}`]),
    ...states.flatMap((state) => [
      `${indent}${nameOf(state)} : ${state.key}`,
      `${indent}${nameOf(state)} : ${words(state.description ?? '')}`,
    ]),
    ...states.flatMap((state) => arrows(state, indent)),
    ...states.filter((state) => state.type === 'final').map((state) => `${indent}${nameOf(state)} --> [*]`),
  ];
}

function arrows(state: AnyStateNode, indent: string): string[] {
  const byTarget = new Map<string, string[]>();
  for (const transition of [...state.transitions.values()].flat()) {
    const target = nameOf(transition.target?.[0] ?? state);
    byTarget.set(target, [...(byTarget.get(target) ?? []), String(transition.eventType)]);
  }
  return [...byTarget].map(([target, events]) => `${indent}${nameOf(state)} --> ${target} : ${events.join(', ')}`);
}

/** Unique in the diagram, and a name that Mermaid takes. */
function nameOf(node: AnyStateNode): string {
  return pathOf(node).join('_');
}

/** Mermaid ends a text at a colon, a semicolon or a hash. */
function words(text: string): string {
  return text.replace(/[:;#]/g, ',').replace(/\.$/, '');
}

/** XState's types know a target's path as `any`. */
function pathOf(node: { readonly path: readonly string[] }): readonly string[] {
  return node.path;
}

function leaves(node: AnyStateNode): AnyStateNode[] {
  const children = Object.values(node.states);
  return children.length === 0 ? [node] : children.flatMap(leaves);
}

function clausesOf(meta: unknown): readonly string[] {
  if (typeof meta !== 'object' || meta === null || !('clauses' in meta)) return [];
  const clauses: readonly unknown[] = Array.isArray(meta.clauses) ? meta.clauses : [];
  return clauses.filter((clause) => typeof clause === 'string');
}
