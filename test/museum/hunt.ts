import type { checkPace as CheckPace } from '../../properties/pace/check.ts';
import type { checkRealBlocks as CheckRealBlocks } from '../../properties/real-blocks/check.ts';
import type { checkWalks as CheckWalks } from '../../properties/walks/check.ts';
import type { bundledParts as BundledParts } from '../../properties/whole-nodes/bundled-parts.ts';
import type { checkWholeNode as CheckWholeNode } from '../../properties/whole-nodes/check.ts';
import type { simulate as Simulate } from '../../properties/index.ts';
import { alteredUrl } from './alter.ts';
import type { Bug, Stage } from './bug.ts';

/** What caught a bug, and after how many runs, of seeds 1, 2, 3 and so on. */
export interface Catch {
  readonly property: string;
  readonly detail: string;
  /** Also the seed of the run. */
  readonly runs: number;
}

export interface Hunt {
  readonly caught: Catch | null;
  readonly runs: number;
  readonly tookMs: number;
  /** Properties that it broke first, though nobody expected it of them. */
  readonly unexpected: readonly string[];
}

/** No bug's id: the code as it is. */
export const UNALTERED = 'unaltered';

interface Found {
  readonly property: string;
  readonly detail: string;
}

/** One run of the code as the bug has it; null: nothing was broken. */
type Catcher = (seed: number) => Promise<Found | null>;

/** More kinds of catchers go here, as there are more stages. */
const CATCHERS: Readonly<Record<Stage, (bug: string) => Promise<Catcher>>> = {
  network: async (bug) => {
    const { simulate } = await imported<{ simulate: typeof Simulate }>('properties/index.ts', bug);
    return async (seed) => (await simulate(seed)).violation;
  },
  'real blocks': async (bug) => {
    const file = 'properties/real-blocks/check.ts';
    const { checkRealBlocks } = await imported<{ checkRealBlocks: typeof CheckRealBlocks }>(file, bug);
    return (seed) => checkRealBlocks(seed);
  },
  walks: async (bug) => {
    const { checkWalks } = await imported<{ checkWalks: typeof CheckWalks }>('properties/walks/check.ts', bug);
    return (seed) => Promise.resolve(checkWalks(seed));
  },
  'whole nodes': async (bug) => {
    const check = 'properties/whole-nodes/check.ts';
    const { checkWholeNode } = await imported<{ checkWholeNode: typeof CheckWholeNode }>(check, bug);
    const parts = 'properties/whole-nodes/bundled-parts.ts';
    const { bundledParts } = await imported<{ bundledParts: typeof BundledParts }>(parts, bug);
    return async (seed) => (await checkWholeNode(seed, bundledParts)).violation;
  },
  pace: async (bug) => {
    const { checkPace } = await imported<{ checkPace: typeof CheckPace }>('properties/pace/check.ts', bug);
    return (seed) => checkPace(seed);
  },
};

async function imported<Module>(file: string, bug: string): Promise<Module> {
  return (await import(alteredUrl(file, bug))) as Module;
}

/** Looks for the bug as for any other; `told` hears of every run before it begins. */
export async function hunt(
  { id, stage, breaks }: Pick<Bug, 'id' | 'stage' | 'breaks'>,
  runsMax: number,
  told: (runs: number) => void = () => undefined,
): Promise<Hunt> {
  const beganMs = performance.now();
  const run = await CATCHERS[stage](id);
  const unexpected = new Set<string>();
  for (let runs = 1; runs <= runsMax; runs++) {
    told(runs);
    const found = await run(runs);
    if (found === null) continue;
    const { property, detail } = found;
    if (!breaks.includes(property)) unexpected.add(property);
    else
      return {
        caught: { property, detail, runs },
        runs,
        tookMs: performance.now() - beganMs,
        unexpected: [...unexpected],
      };
  }
  return { caught: null, runs: runsMax, tookMs: performance.now() - beganMs, unexpected: [...unexpected] };
}
