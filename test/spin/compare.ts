import type { WorldSize } from './closed-world.ts';
import { enumerate } from './enumerate.ts';
import type { Graph } from './graph.ts';
import type { Outcome } from './spin.ts';
import { build, run } from './spin.ts';

/** The model and the real node, side by side, in one closed world. */
export interface Comparison {
  readonly size: WorldSize;
  readonly spin: Outcome;
  /** What the verifier printed. */
  readonly model: Graph;
  /** What the real `step` reached, seen through the abstraction; and how many states and steps of its own that were. */
  readonly node: Graph;
  readonly nodeStates: number;
  readonly nodeTransitions: number;
  /** What is not as it should be; none when the two are the same. */
  readonly differences: readonly string[];
}

const SHOWN_MAX = 5;

export async function compare(size: WorldSize): Promise<Comparison> {
  const verifier = await build('dump', switchesOf(size));
  const { seen: node, states: nodeStates, transitions: nodeTransitions } = enumerate(size);
  const model = node.sibling();
  const spin = await run(verifier, {
    onLine: (line) => {
      const [before, label, after] = line.split('|');
      if (before === undefined || label === undefined || after === undefined) throw new Error(`cut off: ${line}`);
      model.add(before, label, after);
    },
  });
  return { size, spin, model, node, nodeStates, nodeTransitions, differences: differencesOf(spin, model, node) };
}

export function switchesOf(size: WorldSize): string[] {
  const { top, tampered, shrinks, leaves, validator, crashes, rotates, verifiers } = size;
  return [
    `TOP=${top}`,
    ...(tampered === true ? ['TAMPERED'] : []),
    ...(shrinks === true ? ['SHRINKS'] : []),
    ...(leaves === true ? ['LEAVES'] : []),
    ...(validator === true ? ['VALIDATOR'] : []),
    ...(rotates === true ? ['ROTATES'] : []),
    ...(crashes === undefined ? [] : [`CRASHES=${crashes}`]),
    ...(verifiers === undefined ? [] : [`VERIFIERS=${verifiers}`]),
  ];
}

function differencesOf(spin: Outcome, model: Graph, node: Graph): string[] {
  const differences: string[] = [];
  if (spin.verdict !== 'holds') differences.push(`SPIN did not finish: ${spin.what}`);
  // SPIN counts the initial state among its transitions: they are the states it stored and those it met again.
  const counts: readonly (readonly [string, number, number])[] = [
    ['states', spin.states, node.states],
    ['transitions', spin.transitions - 1, node.transitions],
    ['printed states', model.states, node.states],
    ['printed transitions', model.transitions, node.transitions],
  ];
  for (const [what, ofModel, ofNode] of counts) {
    if (ofModel !== ofNode) differences.push(`${what}: ${ofModel} in the model, ${ofNode} of the node`);
  }
  for (const fork of node.forks.slice(0, SHOWN_MAX)) differences.push(`the node goes two ways: ${fork}`);
  const onlyModel = model.missingFrom(node, SHOWN_MAX);
  const onlyNode = node.missingFrom(model, SHOWN_MAX);
  if (onlyModel.count > 0) differences.push(`${onlyModel.count} transitions are the model's only:`, ...onlyModel.first);
  if (onlyNode.count > 0) differences.push(`${onlyNode.count} transitions are the node's only:`, ...onlyNode.first);
  return differences;
}
