import { hostOver } from '../campaign/canaries/planted-host.ts';
import { brokenInWords } from '../report/broken.ts';
import { Random } from '../simulation/random.ts';
import type { WholeNodeCheckOptions } from '../whole-nodes/check.ts';
import { checkWholeNode } from '../whole-nodes/check.ts';
import { partsOfExecutor, partsOfStore, partsOfVerifier } from '../whole-nodes/parts-of-subject.ts';
import type { MakeParts } from '../whole-nodes/parts.ts';
import { checkTransportInNetwork } from '../whole-nodes/transport-check.ts';
import { violationInWords } from '../whole-nodes/words.ts';
import type { HostReport } from './host-report.ts';
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

/** Runs the adapters that have passed their suites in whole nodes: those of the subject's host, if it has one. */
export async function runWholeNodes(subject: HostSubject, report: HostReport, replay?: string): Promise<void> {
  const [, only, again] = REPLAY.exec(replay ?? '') ?? [];
  const random = new Random(report.seed).fork('whole nodes');
  const seeds = (count: number) =>
    again === undefined ? Array.from({ length: count }, () => random.whole(0, 0x7fffffff)) : [Number(again)];
  const failedIn = (port: string) => report.portCases.some((each) => each.port === port && each.failed !== null);
  for (const [port, makeParts] of Object.entries(partsOf(subject))) {
    if ((only ?? port) === port && !failedIn(port)) await runNodes(port, makeParts, seeds(RUNS), subject, report);
  }
  const { transport } = subject;
  if (transport === undefined || (only ?? 'transport') !== 'transport' || failedIn('transport')) return;
  let runs = 0;
  let failed: string | null = null;
  for (const seed of seeds(TRANSPORT_RUNS)) {
    runs++;
    const broken = await checkTransportInNetwork(seed, transport, hostOf(subject));
    if (broken === null) continue;
    failed = brokenInWords(broken, againInCode(subject, 'transport', seed)).join('\n');
    break;
  }
  report.wholeNodes.push({ port: 'transport', runs, lives: 3 * runs, refusing: 0, failed });
}

function partsOf({ store, executor, verifier }: HostSubject): Record<string, MakeParts> {
  return {
    ...(store === undefined ? {} : { store: partsOfStore(store) }),
    ...(executor === undefined ? {} : { executor: partsOfExecutor(executor) }),
    ...(verifier === undefined ? {} : { verifier: partsOfVerifier(verifier) }),
  };
}

async function runNodes(
  port: string,
  makeParts: MakeParts,
  seeds: readonly number[],
  subject: HostSubject,
  report: HostReport,
): Promise<void> {
  let [runs, lives, refusing] = [0, 0, 0];
  let failed: string | null = null;
  for (const seed of seeds) {
    const check = await checkWholeNode(seed, makeParts, hostOf(subject));
    runs++;
    lives += check.lives;
    if (check.refusals > 0) refusing++;
    if (check.violation === null) continue;
    failed = violationInWords(check.violation, againInCode(subject, port, seed)).join('\n');
    break;
  }
  report.wholeNodes.push({ port, runs, lives, refusing, failed });
}

function hostOf({ createHost, step }: HostSubject): WholeNodeCheckOptions {
  if (createHost !== undefined) return { createHost };
  return step === undefined ? {} : { createHost: hostOver(step), ownCore: false };
}

function againInCode(subject: HostSubject, port: string, seed: number): string {
  return `await checkHost(${subjectInCode(subject)}, { replay: '${port} ${seed}' });`;
}
