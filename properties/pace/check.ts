import type { CreateHostToCheck } from '../contract/watched-host.ts';
import type { Broken } from '../report/broken.ts';
import type { PaceTrouble } from './draw-plan.ts';
import { drawPacePlan } from './draw-plan.ts';
import type { NetworkFigures } from './run-network.ts';
import { runNetwork } from './run-network.ts';

/** How long a sync may take: so many times what no engine can beat, and so much more to begin and to end. */
interface Allowance {
  readonly ratio: number;
  readonly extraMs: number;
}

const AMPLE: Allowance = { ratio: 1.5, extraMs: 2_000 };
/** Of 4,000 drawn networks the slowest took 0.8 of what is allowed; with lost answers, 0.6. */
const ALLOWED: Readonly<Record<PaceTrouble, Allowance>> = {
  none: AMPLE,
  lies: AMPLE,
  send: AMPLE,
  absent: AMPLE,
  silent: { ratio: 3, extraMs: 10_000 },
};
/** Of the chain's bytes so many times may come, and so many of the largest blocks besides. */
const BYTES_RATIO_MAX = 1.25;
const EXTRA_BLOCKS_MAX = 64;

const TROUBLE_IN_WORDS: Readonly<Record<PaceTrouble, string>> = {
  none: 'all honest, and nothing fails',
  lies: 'a third of the peers lie',
  send: 'every fifth request cannot be sent',
  absent: 'every fifth request is answered with "I have none"',
  silent: 'every fifth request is not answered',
};

export const KEEPS_THE_LINKS_BUSY = {
  name: 'keeps-the-links-busy',
  clauses: ['SYNC-2', 'SYNC-4', 'SYNC-5', 'OPT-1'],
  says: 'A sync takes little longer than the links and the executor need anyway, also when requests fail and peers lie.',
} as const;

export const DOWNLOADS_LITTLE_TWICE = {
  name: 'downloads-little-twice',
  clauses: ['SYNC-4', 'OPT-1'],
  says: 'Little more than the chain itself is downloaded, also when requests fail and peers lie.',
} as const;

export const IS_QUICK_ON_AVERAGE = {
  name: 'is-quick-on-average',
  clauses: ['OPT-1'],
  says: 'Over many networks a sync takes no longer, on average, than it is known to: what makes each a little slower shows too.',
} as const;

export const NO_ERROR_OF_ITS_OWN = {
  name: 'no-error-of-its-own',
  clauses: ['APPLY-5'],
  says: 'The node has no error of its own to tell of: no invariant of the core is broken, and nothing is thrown in its loop.',
} as const;

export const PACE_PROPERTIES = [
  NO_ERROR_OF_ITS_OWN,
  KEEPS_THE_LINKS_BUSY,
  DOWNLOADS_LITTLE_TWICE,
  IS_QUICK_ON_AVERAGE,
] as const;

export interface PaceViolation extends Broken {
  /** The network, and what each peer did, in words. */
  readonly network: readonly string[];
}

/**
 * One sync over the links of a network drawn from the seed, in virtual time, of this package's node or of `createHost`'s:
 * how long it takes is held against what no engine can beat, and what it downloads against the chain.
 */
export async function checkPace(seed: number, createHost?: CreateHostToCheck): Promise<PaceViolation | null> {
  return (await takePace(seed, createHost)).violation;
}

/**
 * How long this package takes, as a share of what no engine can beat: the mean of 4,000 drawn networks, by
 * `npm run bench:network -- --drawn --seeds 4000`.
 */
const USUAL: Readonly<Record<PaceTrouble, number>> = {
  none: 1.086,
  lies: 1.096,
  send: 1.076,
  absent: 1.143,
  silent: 1.223,
};
/** What is longer counts as so long: else a single one would be the average. */
const RATIO_MAX = 2;

export interface Pace {
  readonly violation: PaceViolation | null;
  readonly trouble: PaceTrouble;
  /** How long it took, over what no engine can beat; what is longer than `RATIO_MAX` counts as so long. */
  readonly ratio: number;
  /** The ratio, over what it usually is. */
  readonly overUsual: number;
}

export async function takePace(seed: number, createHost?: CreateHostToCheck): Promise<Pace> {
  const { plan, trouble } = drawPacePlan(seed);
  const figures = await runNetwork(plan, createHost === undefined ? {} : { createHost });
  const ratio = Math.min(RATIO_MAX, figures.overReachable);
  return { violation: violationOf(figures, trouble), trouble, ratio, overUsual: ratio / USUAL[trouble] };
}

/** One sync differs from another by so much, as a share. */
const SPREAD = 0.18;
/** How far an average may be off by chance: five times as far as it usually is. */
const CHANCE = 5;
const SYNCS_MIN = 25;

/** Of the average over many syncs; null: it is as it should be, or there are too few to tell. */
export function tooSlowOnAverage(overUsual: number, syncs: number): string | null {
  const allowed = 1 + (CHANCE * SPREAD) / Math.sqrt(syncs);
  if (syncs < SYNCS_MIN || overUsual <= allowed) return null;
  return `${syncs} syncs took ${overUsual.toFixed(3)} times as long as they usually do; by chance it would be ${allowed.toFixed(3)} at most`;
}

function violationOf(figures: NetworkFigures, trouble: PaceTrouble): PaceViolation | null {
  const found = [
    { broken: NO_ERROR_OF_ITS_OWN, detail: figures.internalError },
    { broken: KEEPS_THE_LINKS_BUSY, detail: tooSlow(figures, ALLOWED[trouble]) },
    { broken: DOWNLOADS_LITTLE_TWICE, detail: tooMuch(figures) },
  ];
  for (const { broken, detail } of found) {
    if (detail === null) continue;
    const { name: property, clauses, says } = broken;
    return { property, clauses, says, detail, network: networkInWords(figures, trouble) };
  }
  return null;
}

function tooSlow({ height, plan, totalMs, reachableMs }: NetworkFigures, { ratio, extraMs }: Allowance): string | null {
  const top = plan.blockBytes.length;
  const allowedMs = ratio * reachableMs + extraMs;
  if (height === top && totalMs <= allowedMs) return null;
  const took = height < top ? `height ${height} of ${top} after ${seconds(totalMs)}` : `it took ${seconds(totalMs)}`;
  return `${took}, where ${seconds(reachableMs)} are needed and ${seconds(allowedMs)} allowed`;
}

function tooMuch({ plan, bytesRatio }: NetworkFigures): string | null {
  const bytes = plan.blockBytes.reduce((sum, each) => sum + each, 0);
  const largest = plan.blockBytes.reduce((most, each) => Math.max(most, each), 0);
  const allowed = BYTES_RATIO_MAX * bytes + EXTRA_BLOCKS_MAX * largest;
  if (bytesRatio * bytes <= allowed) return null;
  return `${megabytes(bytesRatio * bytes)} came for a chain of ${megabytes(bytes)}, and ${megabytes(allowed)} are allowed`;
}

function networkInWords({ plan, peers, longestStallMs }: NetworkFigures, trouble: PaceTrouble): readonly string[] {
  return [
    `${plan.name}, ${plan.applyMsPerBlock} ms to apply one: ${TROUBLE_IN_WORDS[trouble]}; longest pause ${seconds(longestStallMs)}`,
    ...peers.map(({ plan: peer, requests, unanswered, bytes }) => {
      const link = `${(peer.bytesPerMs / 1_000).toFixed(2)} MB/s, ${peer.roundTripMs.toFixed(0)} ms`;
      const lie = peer.lie === null ? '' : `, lies: ${peer.lie}`;
      return `${peer.id}: ${link}${lie}; ${requests} requests, ${unanswered} without blocks, ${megabytes(bytes)}`;
    }),
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
