import type { checkRealBlocks as CheckRealBlocks } from '../../properties/real-blocks/check.ts';
import type { simulate as Simulate } from '../../properties/index.ts';
import { exhibitUrl } from './alter.ts';
import type { Exhibit, Stage } from './exhibit.ts';

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

/** No exhibit's id: the code as it is. */
export const UNALTERED = 'unaltered';

interface Found {
  readonly property: string;
  readonly detail: string;
}

/** One run of the code as the exhibit has it; null: nothing was broken. */
type Catcher = (seed: number) => Promise<Found | null>;

/** More kinds of catchers go here, as there are more stages. */
const CATCHERS: Readonly<Record<Stage, (exhibit: string) => Promise<Catcher>>> = {
  network: async (exhibit) => {
    const kit = (await import(exhibitUrl('properties/index.ts', exhibit))) as { simulate: typeof Simulate };
    return async (seed) => (await kit.simulate(seed)).violation;
  },
  'real blocks': async (exhibit) => {
    const kit = (await import(exhibitUrl('properties/real-blocks/check.ts', exhibit))) as {
      checkRealBlocks: typeof CheckRealBlocks;
    };
    return (seed) => kit.checkRealBlocks(seed);
  },
};

/** Looks for the bug as for any other; `told` hears of every run before it begins. */
export async function hunt(
  { id, stage, breaks }: Pick<Exhibit, 'id' | 'stage' | 'breaks'>,
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
