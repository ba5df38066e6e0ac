import { parseArgs } from 'node:util';
import { isGood, runCampaign } from './campaign.ts';
import type { CampaignReport } from './campaign.ts';
import { ADVERSARIES } from '../adversaries/index.ts';
import { explainFailure } from '../report/failure.ts';
import { parsePlanLine } from '../shrink/plan-line.ts';
import { describePlan } from '../simulation/plan.ts';
import { describePace, describePaceViolation, isPaceGood, runPace } from './pace-stage.ts';
import { replayLine } from './replay-line.ts';
import { describeRealBlocks, describeRealViolation, runRealBlocks } from './real-blocks-stage.ts';
import { checkRealBlocks } from '../real-blocks/check.ts';
import { checkPace } from '../pace/check.ts';
import { checkWalks } from '../walks/check.ts';
import { describeCampaign } from './report.ts';
import { simulate, simulatePlan } from './simulate.ts';
import { areWalksGood, describeWalks, describeWalkViolation, runWalks } from './walks-stage.ts';
import {
  areWholeNodesGood,
  describeWholeNodes,
  describeWholeNodeViolation,
  runWholeNodes,
} from './whole-nodes-stage.ts';
import { traceHosts } from './write-traces.ts';
import { bundledParts } from '../whole-nodes/bundled-parts.ts';
import { checkWholeNode } from '../whole-nodes/check.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';

const USAGE = `npm run campaign -- [--minutes N] [--runs N] [--seed S]
npm run campaign -- --replay S | LINE [--trace DIR]
npm run campaign -- --replay-real S | --replay-walks S | --replay-pace S | --replay-whole S

Runs simulated networks with adversaries and faults, and holds every event against every property;
then, a tenth as long each, walks of the core alone, in orders of events that no network brings
about, syncs over unequal links whose time is taken, nodes of LevelDB, ledger and certificates
that are killed and come back, and Pocket's own wire and certificates on spoiled blocks and bytes.
--minutes  how long; default 1        --runs  how many instead
--seed     default: a fresh one       --replay  one run again, by its seed, or
                                      by the line that a report ends with
--trace    with --replay: a directory for the traces of its nodes, one for each life`;

const PROGRESS_MS = 5_000;
/** As many syncs as networks: each takes a fortieth of a second. */
const SYNCS_A_NETWORK = 1;
/** A third as many nodes over a disk: each takes an eighth of a second. */
const WHOLE_NODES_A_NETWORK = 1 / 3;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    'replay-real': { type: 'string' },
    'replay-walks': { type: 'string' },
    'replay-pace': { type: 'string' },
    'replay-whole': { type: 'string' },
    trace: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) console.log(USAGE);
else if (values.replay !== undefined) await replay(values.replay);
else if (values['replay-real'] !== undefined) await replayReal(numberOf('replay-real', values['replay-real']));
else if (values['replay-walks'] !== undefined) replayWalks(numberOf('replay-walks', values['replay-walks']));
else if (values['replay-pace'] !== undefined) await replayPace(numberOf('replay-pace', values['replay-pace']));
else if (values['replay-whole'] !== undefined) await replayWhole(numberOf('replay-whole', values['replay-whole']));
else await campaign();

async function campaign(): Promise<void> {
  const seed = values.seed === undefined ? freshSeed() : numberOf('seed', values.seed);
  const minutes = numberOf('minutes', values.minutes ?? '1');
  console.log(`Campaign of seed ${seed}.`);
  const beganMs = performance.now();
  let toldMs = beganMs;
  const isOver = (report: CampaignReport): boolean => {
    const nowMs = performance.now();
    if (nowMs - toldMs > PROGRESS_MS) {
      toldMs = nowMs;
      console.log(progressOf(report, (nowMs - beganMs) / 60_000));
    }
    return values.runs === undefined && nowMs - beganMs > minutes * 60_000;
  };
  const cpu = process.cpuUsage();
  const runs = values.runs === undefined ? {} : { runs: numberOf('runs', values.runs) };
  const report = await runCampaign({ seed, isOver, ...runs });
  const { user, system } = process.cpuUsage(cpu);
  const walks = runWalks(seed, tenthOf(minutes));
  const pace = await runPace(seed, tenthOf(minutes, SYNCS_A_NETWORK));
  const whole = await runWholeNodes(seed, tenthOf(minutes, WHOLE_NODES_A_NETWORK));
  const real = await runRealBlocks(seed, tenthOf(minutes));
  console.log(describeCampaign(report, (user + system) / 60e6));
  console.log(describeWalks(walks));
  console.log(describePace(pace));
  console.log(describeWholeNodes(whole));
  console.log(describeRealBlocks(real));
  const areStagesGood = areWalksGood(walks) && isPaceGood(pace) && areWholeNodesGood(whole);
  const isAllGood = isGood(report) && areStagesGood && real.failures.length === 0;
  if (!isAllGood) process.exitCode = 1;
}

/** Over after a tenth of the time that the simulated networks have, or after a tenth as many runs, or this share of them. */
function tenthOf(minutes: number, share = 0.1): (runs: number) => boolean {
  const beganMs = performance.now();
  const runsMax = values.runs === undefined ? Infinity : Math.ceil(numberOf('runs', values.runs) * share);
  return (runs) => {
    const isLate = values.runs === undefined && performance.now() - beganMs > minutes * 6_000;
    return runs >= runsMax || isLate;
  };
}

/** What a seed of another stage gives, once more. */
function tellAgain<Violation>(
  seed: number,
  violation: Violation | null,
  describe: (violation: Violation & { readonly seed: number }) => readonly string[],
): void {
  if (violation === null) {
    console.log('Nothing is broken.');
    return;
  }
  console.log(describe({ ...violation, seed }).join('\n'));
  process.exitCode = 1;
}

function replayWalks(seed: number): void {
  tellAgain(seed, checkWalks(seed), describeWalkViolation);
}

async function replayPace(seed: number): Promise<void> {
  tellAgain(seed, await checkPace(seed), describePaceViolation);
}

async function replayWhole(seed: number): Promise<void> {
  tellAgain(seed, (await checkWholeNode(seed, bundledParts)).violation, describeWholeNodeViolation);
}

async function replayReal(seed: number): Promise<void> {
  tellAgain(seed, await checkRealBlocks(seed), describeRealViolation);
}

async function replay(run: string): Promise<void> {
  const isLine = run.includes('=');
  const plan = isLine ? parsePlanLine(run, ADVERSARIES) : null;
  const seed = plan?.seed ?? numberOf('replay', run);
  const traced = values.trace === undefined ? null : traceHosts(createStateSyncNode, values.trace, seed);
  const options = traced === null ? {} : { createHost: traced.createHost };
  const result = plan === null ? await simulate(seed, options) : await simulatePlan(plan, options);
  for (const file of traced?.close() ?? []) console.log(`Trace: ${file}`);
  console.log(describePlan(result.plan).join('\n'));
  if (result.violation === null) {
    console.log(`Nothing is broken. ${result.events} events, digest ${result.digest}.`);
    return;
  }
  // What was made smaller already is told as it is.
  const { text } = await explainFailure(result, { options: {}, again: replayLine, ...(isLine ? { shrinkMs: 0 } : {}) });
  console.log(text);
  process.exitCode = 1;
}

function progressOf(report: CampaignReport, minutes: number): string {
  const hours = report.simulatedMs / 3_600_000;
  const parts = [`${report.runs} runs`, `${report.events} events`, `${hours.toFixed(1)} simulated hours`];
  return `${minutes.toFixed(1)} min: ${parts.join(', ')}, ${report.failures.length} broken`;
}

function numberOf(name: string, text: string): number {
  const number = Number(text);
  if (text !== '' && Number.isFinite(number) && number >= 0) return number;
  console.error(`--${name} must be a number, not "${text}"\n\n${USAGE}`);
  process.exit(2);
}

function freshSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return seed;
}
