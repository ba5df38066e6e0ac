import type { BlockStore } from '../../src/node/ports.ts';
import { Random } from '../simulation/random.ts';
import { bundledParts } from '../whole-nodes/bundled-parts.ts';
import type { WholeNodeViolation } from '../whole-nodes/check.ts';
import { checkWholeNode } from '../whole-nodes/check.ts';
import type { MakeParts } from '../whole-nodes/parts.ts';
import { WHOLE_NODE_PROPERTIES } from '../whole-nodes/properties.ts';
import { violationInWords } from '../whole-nodes/words.ts';

/** The part of a campaign in which the node is made of what really runs: LevelDB, the ledger, certificates, the wire. */
export interface WholeNodesReport {
  runs: number;
  /** What the nodes lived through: without it, that nothing broke means little. */
  lives: number;
  /** Runs in which verifier or executor refused a block. */
  refusing: number;
  virtualMs: number;
  readonly failures: (WholeNodeViolation & { readonly seed: number })[];
  /** Whether a planted bug was caught: else nothing that was not found means anything. */
  readonly isCanaryCaught: boolean;
}

const FAILURES_MAX = 3;
const CANARY_RUNS_MAX = 40;

/** A bug: of two commits the store writes the blocks, and the state of the first only. */
const forgetsState: MakeParts = async (seed) => {
  const parts = await bundledParts(seed);
  return { ...parts, store: () => forgetful(parts.store()) };
};

function forgetful(store: BlockStore): BlockStore {
  const commit = store.commit.bind(store);
  let commits = 0;
  store.commit = (blocks, state) => commit(blocks, ++commits % 2 === 0 ? [] : state);
  return store;
}

/** Draws seeds from `seed`, until it is over. */
export async function runWholeNodes(seed: number, isOver: (runs: number) => boolean): Promise<WholeNodesReport> {
  const random = new Random(seed).fork('whole nodes');
  const draw = () => random.whole(0, 0x7fffffff);
  let isCanaryCaught = false;
  for (let runs = 0; runs < CANARY_RUNS_MAX && !isCanaryCaught; runs++) {
    isCanaryCaught = (await checkWholeNode(draw(), forgetsState)).violation !== null;
  }
  const report: WholeNodesReport = { runs: 0, lives: 0, refusing: 0, virtualMs: 0, failures: [], isCanaryCaught };
  while (!isOver(report.runs) && report.failures.length < FAILURES_MAX) {
    const drawn = draw();
    const { violation, lives, refusals, virtualMs } = await checkWholeNode(drawn, bundledParts);
    report.runs++;
    report.lives += lives;
    report.virtualMs += virtualMs;
    if (refusals > 0) report.refusing++;
    if (violation !== null) report.failures.push({ ...violation, seed: drawn });
  }
  return report;
}

export function areWholeNodesGood({ failures, isCanaryCaught }: WholeNodesReport): boolean {
  return failures.length === 0 && isCanaryCaught;
}

export function describeWholeNodes(report: WholeNodesReport): string {
  const { runs, lives, refusing, virtualMs, failures, isCanaryCaught } = report;
  return [
    `Whole nodes of LevelDB, ledger, certificates and wire: ${runs} runs with ${lives} lives in ` +
      `${(virtualMs / 3_600_000).toFixed(1)} virtual hours, bad blocks refused in ${refusing}, each held against ` +
      `${WHOLE_NODE_PROPERTIES.length} properties and the contract of the host; ${failures.length} broken. ` +
      `Planted bug (every other commit leaves its state out): ${isCanaryCaught ? 'caught' : 'NOT CAUGHT'}.`,
    ...failures.flatMap(describeWholeNodeViolation),
  ].join('\n');
}

export function describeWholeNodeViolation(
  violation: WholeNodeViolation & { readonly seed: number },
): readonly string[] {
  return violationInWords(violation, `npm run campaign -- --replay-whole ${violation.seed}`);
}
