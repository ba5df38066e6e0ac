import { blockAt } from '../engines/blocks.ts';
import { OUR_CORE, runEngine } from '../engines/core.ts';
import { CLEAN } from '../engines/engine.ts';
import { forgetfulStore } from '../../../properties/pace/store.ts';
import { OUR_NODE, runNode } from '../engines/node.ts';
import { collectGarbage, round } from '../measure.ts';
import type { Bench, Row, Series } from '../table.ts';

const PARTS = 10;
const REQUEST_BLOCKS = 32;
const MEBIBYTE = 1_048_576;

/** Whether a long chain or many peers make a block dearer, or the heap larger. */
export const scaleBench: Bench = {
  name: 'scale',
  run: async ({ short }) => {
    const heights = short ? 100_000 : 1_000_000;
    const fewer = short ? 40_000 : 200_000;
    const core = (peers: number, blocks: number) => scaled(blocks, (mark) => coreRun(peers, blocks, mark));
    const node = (peers: number, blocks: number) => scaled(blocks, (mark) => nodeRun(peers, blocks, mark));
    const lines: Series['lines'][number][] = [];
    const rows: Row[] = [];
    const note = (what: string, peers: number, blocks: number, marks: readonly Mark[]): void => {
      rows.push({ what: `${what}, ${label(blocks)} blocks, ${label(peers)} peers`, figures: figuresOf(marks) });
      if (peers < MANY) lines.push({ name: what, points: marks.map(({ height, usPerBlock }) => [height, usPerBlock]) });
    };
    await core(8, 20_000); // Warm-up.
    note(OUR_CORE.name, 8, heights, await core(8, heights));
    note(OUR_NODE.name, 8, heights, await node(8, heights));
    note(OUR_CORE.name, MANY, fewer, await core(MANY, fewer));
    note(OUR_NODE.name, MANY, fewer, await node(MANY, fewer));
    return [
      {
        title: `Long chains and many peers, ${REQUEST_BLOCKS} blocks a request`,
        rows,
        notes: ['CPU time, by tenths of the chain; heaps are after a collection.'],
        series: {
          name: 'heights',
          x: { label: 'height', logarithmic: false },
          y: { label: 'us CPU a block', logarithmic: false },
          lines,
        },
      },
    ];
  },
};

const MANY = 10_000;

interface Mark {
  readonly height: number;
  readonly usPerBlock: number;
  readonly heapBytes: number;
}

type Tell = (height: number) => void;

/** Takes the time and the heap at each tenth of the chain; collecting garbage for it is not counted. */
async function scaled(blocks: number, run: (tell: Tell) => unknown): Promise<readonly Mark[]> {
  const marks: Mark[] = [];
  const part = blocks / PARTS;
  collectGarbage();
  let begun = process.cpuUsage();
  let from = 0;
  await run((height) => {
    if (height < (marks.length + 1) * part) return;
    const { user, system } = process.cpuUsage(begun);
    const usPerBlock = (user + system) / (height - from);
    collectGarbage();
    marks.push({ height, usPerBlock, heapBytes: process.memoryUsage().heapUsed });
    from = height;
    begun = process.cpuUsage();
  });
  return marks;
}

function coreRun(peers: number, blocks: number, tell: Tell): void {
  const observe = (_event: unknown, _effects: unknown, state: { readonly local: { readonly maxHeight: number } }) => {
    tell(state.local.maxHeight);
  };
  runEngine(peers, blocks, { requestBlocksMax: REQUEST_BLOCKS, blockAt, observe });
}

async function nodeRun(peers: number, blocks: number, tell: Tell): Promise<void> {
  await runNode(
    { ...CLEAN, peers, blocks, limitMs: 600_000 },
    { store: forgetfulStore(), blockAt, started: (node) => void node.on('blocksAdded', ({ to }) => tell(to)) },
  );
}

function figuresOf(marks: readonly Mark[]): Row['figures'] {
  const early = marks[1];
  const last = marks.at(-1);
  if (early === undefined || last === undefined) return {};
  return {
    'us CPU/block, first tenth': round(marks[0]?.usPerBlock ?? NaN),
    second: round(early.usPerBlock),
    last: round(last.usPerBlock),
    'last / second': (last.usPerBlock / early.usPerBlock).toFixed(2),
    'heap MiB, second tenth': round(early.heapBytes / MEBIBYTE),
    'heap MiB, end': round(last.heapBytes / MEBIBYTE),
  };
}

function label(count: number): string {
  return count.toLocaleString('en');
}
