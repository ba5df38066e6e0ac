import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

/** Where time goes, in ms of CPU by stage. */
export type StageTimes = ReadonlyMap<string, number>;

const SAMPLING_US = 200;

/** The stage that a source file belongs to; what belongs to none (Node, packages) counts for whoever called it. */
export type Stages = readonly (readonly [stage: string, path: RegExp])[];

const STAGES: Stages = [
  ['bench itself', /\/test\/bench\/engines\/(core|blocks|engine)\.ts$/],
  ['transport', /\/src\/adapters\/(libp2p\/|memory-transport|memory-link)|\/test\/bench\/engines\/direct-transport/],
  ['wire', /\/src\/wire\//],
  ['verify', /\/src\/validation\/|\/src\/adapters\/node-crypto/],
  ['commit', /\/src\/adapters\/(level|memory-store|committed-range)|\/pace\/store/],
  ['apply', /\/src\/adapters\/ledger\//],
  ['host loop', /\/src\/node\//],
  ['step', /\/(machines|src\/core|src\/protocol)\//],
  ['bench itself', /\/test\/bench\//],
];

/** Runs under V8's sampling profiler. */
export async function profiled(run: () => unknown, stages = STAGES): Promise<StageTimes> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLING_US });
    await session.post('Profiler.start');
    await run();
    const { profile } = await session.post('Profiler.stop');
    return byStage(profile, stages);
  } finally {
    session.disconnect();
  }
}

function byStage({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile, named: Stages): StageTimes {
  const parents = new Map<number, Profiler.ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const stages = new Map(nodes.map((node) => [node.id, stageOf(node, parents, named)]));
  const times = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    const stage = stages.get(id) ?? OTHER;
    if (stage === IDLE) continue;
    times.set(stage, (times.get(stage) ?? 0) + (timeDeltas[i] ?? 0) / 1_000);
  }
  return times;
}

const OTHER = 'Node itself';
const GARBAGE = 'garbage collection';
const IDLE = 'idle';

function stageOf(
  node: Profiler.ProfileNode,
  parents: ReadonlyMap<number, Profiler.ProfileNode>,
  stages: Stages,
): string {
  if (node.callFrame.functionName === '(garbage collector)') return GARBAGE;
  // Starting the profiler itself takes a while, and is not what is asked about.
  if (node.callFrame.functionName === '(idle)' || node.callFrame.url === 'node:inspector') return IDLE;
  for (let each: Profiler.ProfileNode | undefined = node; each !== undefined; each = parents.get(each.id)) {
    const { url } = each.callFrame;
    if (url.includes('/node_modules/')) continue;
    const found = stages.find(([, path]) => path.test(url));
    if (found !== undefined) return found[0];
  }
  return OTHER;
}
