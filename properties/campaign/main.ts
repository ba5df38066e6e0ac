import { parseArgs } from 'node:util';
import { isGood, runCampaign } from './campaign.ts';
import type { CampaignReport } from './campaign.ts';
import { describeCampaign, describeFailure } from './report.ts';
import { CATALOGUE, simulate } from './simulate.ts';
import { traceHosts } from './write-traces.ts';
import { createStateSyncNode } from '../simulation/node.ts';
import { describePlan, drawPlan } from '../simulation/plan.ts';

const USAGE = `npm run campaign -- [--minutes N] [--runs N] [--seed S]
npm run campaign -- --replay S [--trace DIR]

Runs simulated networks with adversaries and faults, and holds every event against every property.
--minutes  how long; default 1        --runs  how many instead
--seed     default: a fresh one       --replay  one run again, by its seed
--trace    with --replay: a directory for the traces of its nodes, one for each life`;

const PROGRESS_MS = 5_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    runs: { type: 'string' },
    seed: { type: 'string' },
    replay: { type: 'string' },
    trace: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) console.log(USAGE);
else if (values.replay !== undefined) await replay(numberOf('replay', values.replay));
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
  console.log(describeCampaign(report, (user + system) / 60e6));
  if (!isGood(report)) process.exitCode = 1;
}

async function replay(seed: number): Promise<void> {
  console.log(describePlan(drawPlan(seed, CATALOGUE)).join('\n'));
  const traced = values.trace === undefined ? null : traceHosts(createStateSyncNode, values.trace, seed);
  const result = await simulate(seed, traced === null ? {} : { createHost: traced.createHost });
  for (const file of traced?.close() ?? []) console.log(`Trace: ${file}`);
  if (result.violation === null) {
    console.log(`Nothing is broken. ${result.events} events, digest ${result.digest}.`);
    return;
  }
  console.log(describeFailure(result));
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
