import { hostOver } from '../campaign/canaries/planted-host.ts';
import { brokenInWords } from '../report/broken.ts';
import { Random } from '../simulation/random.ts';
import type { WholeNodeCheckOptions } from '../whole-nodes/check.ts';
import { checkWholeNode } from '../whole-nodes/check.ts';
import { partsOfExecutor, partsOfStore, partsOfVerifier } from '../whole-nodes/parts-of-subject.ts';
import type { MakeParts } from '../whole-nodes/parts.ts';
import { checkTransportInNetwork, TRANSPORT_NODES } from '../whole-nodes/transport-check.ts';
import { violationInWords } from '../whole-nodes/words.ts';
import type { TransportSubject } from '../ports/transport-suite.ts';
import type { HostReport } from './host-report.ts';
import { complain } from './host-report.ts';
import type { HostSubject } from './subject.ts';
import { subjectInCode } from './subject.ts';

/** How many networks each adapter runs in; those of a transport take real time. */
const RUNS = 25;
const TRANSPORT_RUNS = 2;

/** One run again: which adapter, and the seed. */
const REPLAY = /^(store|executor|verifier|transport) (\d+)$/;

/** Whether `replay` is about a whole node of an adapter, not about a simulated network. */
export function isWholeNodeReplay(replay: string | number | undefined): replay is string {
  return typeof replay === 'string' && REPLAY.test(replay);
}

/** What one run came to; the transport's nodes are served nothing that could be refused. */
interface Ran {
  readonly lives: number;
  readonly refusals: number | null;
  readonly failed: readonly string[] | null;
}

type RunSeed = (seed: number) => Promise<Ran>;

/** Runs the adapters that have passed their suites in whole nodes: those of the subject's host, if it has one. */
export async function runWholeNodes(subject: HostSubject, report: HostReport, replay?: string): Promise<void> {
  const [, only, again] = REPLAY.exec(replay ?? '') ?? [];
  const random = new Random(report.seed).fork('whole nodes');
  for (const { port, runsMax, run } of adaptersOf(subject)) {
    const isFailed = report.portCases.some((each) => each.port === port && each.failed !== null);
    if ((only ?? port) !== port || isFailed) continue;
    const seeds = Array.from({ length: again === undefined ? runsMax : 1 }, () => random.whole(0, 0x7fffffff));
    await runAdapter(port, run, again === undefined ? seeds : [Number(again)], report);
  }
}

async function runAdapter(port: string, run: RunSeed, seeds: readonly number[], report: HostReport): Promise<void> {
  let [runs, lives] = [0, 0];
  let refusing: number | null = null;
  let failed: readonly string[] | null = null;
  for (const seed of seeds) {
    const ran = await run(seed);
    runs++;
    lives += ran.lives;
    if (ran.refusals !== null) refusing = (refusing ?? 0) + (ran.refusals > 0 ? 1 : 0);
    failed = ran.failed;
    if (failed !== null) break;
  }
  report.wholeNodes.push({ port, runs, lives, refusing, failed: failed?.join('\n') ?? null });
  if (failed === null && refusing === 0 && runs === RUNS)
    complain(report, `In ${runs} networks no bad block was ever refused with this ${port}.`);
}

interface AdapterInNodes {
  readonly port: string;
  readonly runsMax: number;
  readonly run: RunSeed;
}

function adaptersOf(subject: HostSubject): readonly AdapterInNodes[] {
  const { store, executor, verifier, transport } = subject;
  const inNodes = (port: string, makeParts: MakeParts): AdapterInNodes => ({
    port,
    runsMax: RUNS,
    run: async (seed) => {
      const { violation, lives, refusals } = await checkWholeNode(seed, makeParts, hostOf(subject));
      const failed = violation === null ? null : violationInWords(violation, againInCode(subject, port, seed));
      return { lives, refusals, failed };
    },
  });
  const overTransport = (each: TransportSubject): AdapterInNodes => ({
    port: 'transport',
    runsMax: TRANSPORT_RUNS,
    run: async (seed) => {
      const broken = await checkTransportInNetwork(seed, each, hostOf(subject));
      const failed = broken === null ? null : brokenInWords(broken, againInCode(subject, 'transport', seed));
      return { lives: TRANSPORT_NODES, refusals: null, failed };
    },
  });
  return [
    ...(store === undefined ? [] : [inNodes('store', partsOfStore(store))]),
    ...(executor === undefined ? [] : [inNodes('executor', partsOfExecutor(executor))]),
    ...(verifier === undefined ? [] : [inNodes('verifier', partsOfVerifier(verifier))]),
    ...(transport === undefined ? [] : [overTransport(transport)]),
  ];
}

function hostOf({ createHost, step }: HostSubject): WholeNodeCheckOptions {
  if (createHost !== undefined) return { createHost };
  return step === undefined ? {} : { createHost: hostOver(step), ownCore: false };
}

function againInCode(subject: HostSubject, port: string, seed: number): string {
  return `await checkHost(${subjectInCode(subject)}, { replay: '${port} ${seed}' });`;
}
