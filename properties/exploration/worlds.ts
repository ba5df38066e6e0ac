import type { SyncConfig } from '../../src/protocol/config.ts';
import { BLOCK_BYTES } from './blocks.ts';
import type { LiarAlphabet, WorldPlan } from './plan.ts';
import { UNBOUNDED } from './plan.ts';

/** A liar that says nothing but what it is made to. */
const MUTE: LiarAlphabet = { claims: [], answers: [], unasked: [], announces: [], leaves: false };
const TRUE_CLAIM = { minHeight: 1, maxHeight: 3 };
const TOO_HIGH = { minHeight: 1, maxHeight: 4 };

/**
 * A node in which everything that grows has a small end: times are whole seconds, back-offs double once or not at all,
 * an offence or two make a ban, jitter is off, rates are out of reach.
 */
const SMALL: Partial<SyncConfig> = {
  strategy: 'asynchronous',
  serverEnabled: false,
  metadataPeriodMs: 1_000,
  metadataJitterRatio: 0,
  metadataUnaskedPerSecond: 1_000,
  metadataUnaskedBurst: 1_000,
  requestTimeoutMsMin: 1_000,
  requestTimeoutMsMax: 1_000,
  inFlightMax: 2,
  inFlightPerPeerMax: 2,
  bufferBlocksMax: 2,
  bufferBytesMax: 2_000,
  blockBytesMax: BLOCK_BYTES,
  requestBlocksMax: 1,
  hedgesMax: 0,
  verifyInFlightMax: 2,
  verifyBlocksMax: 1,
  applyBlocksMax: 1,
  commitBlocksMax: 1,
  absentBackoffMsMin: 1_000,
  refutedBackoffMsMin: 1_000,
  refutedBackoffMsMax: 2_000,
  coolDownMsMin: 1_000,
  coolDownMsMax: 1_000,
  banMsMin: 1_000,
  banMsMax: 1_000,
  scoreCoolDown: -1,
  scoreBan: -2,
  scoreMax: 0,
  hostRetryMsMin: 1_000,
  hostRetryMsMax: 1_000,
  recentBlocksMax: 8,
};

/** Requests name two blocks at once, and so does all work. */
const RANGES: Partial<SyncConfig> = {
  requestBlocksMax: 2,
  bufferBlocksMax: 4,
  bufferBytesMax: 4_000,
  verifyBlocksMax: 2,
  applyBlocksMax: 2,
  commitBlocksMax: 2,
};

/** Room for three blocks, so that all three lanes can be busy, and for runs of two. */
const WIDE: Partial<SyncConfig> = { bufferBlocksMax: 3, bufferBytesMax: 3_000, applyBlocksMax: 2, commitBlocksMax: 2 };

const CALM: Omit<WorldPlan, 'name' | 'says'> = {
  chainHeight: 3,
  validatorsChangeAt: null,
  config: SMALL,
  rangeBlocksMax: 1,
  inParts: false,
  honest: ['H'],
  byzantine: [],
  liar: MUTE,
  budgets: {},
  validator: false,
  interchangeable: null,
  timersInAnyOrder: false,
  liveness: true,
};

export const WORLDS: readonly WorldPlan[] = [
  { ...CALM, name: 'tiny', says: 'One honest peer, no faults.', timersInAnyOrder: true },
  {
    ...CALM,
    name: 'faults',
    says: 'One honest peer, and of each kind of fault one: crash, delay, failure of the host, departure, failed send.',
    budgets: { crashes: 1, delays: 1, hostFaults: 1, departures: 1, sendFailures: 1 },
  },
  {
    ...CALM,
    name: 'slow',
    says: 'One honest peer that answers late again and again.',
    budgets: { delays: 3 },
    timersInAnyOrder: true,
  },
  {
    ...CALM,
    name: 'host-faults',
    says: 'Verifier, executor and store fail, and the node crashes, also while it commits.',
    chainHeight: 4,
    budgets: { crashes: 2, hostFaults: 4 },
    timersInAnyOrder: true,
  },
  {
    ...CALM,
    name: 'synchronous-liar',
    says: 'Strategy synchronous: one honest peer, and one that lies without end.',
    config: { ...SMALL, strategy: 'synchronous' },
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TRUE_CLAIM, TOO_HIGH], answers: ['good', 'forged', 'absent'] },
    budgets: { liarActs: UNBOUNDED },
  },
  {
    ...CALM,
    name: 'liar',
    says: 'One honest peer, and one that lies without end: in what it claims, in what it answers, and by silence.',
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TRUE_CLAIM, TOO_HIGH], answers: ['good', 'forged', 'absent'] },
    budgets: { liarActs: UNBOUNDED },
  },
  {
    ...CALM,
    name: 'claims',
    says: 'A liar claims anything in range, a few times; it never answers.',
    byzantine: ['L'],
    liar: { ...MUTE, claims: everyClaim(4), answers: ['absent'], leaves: true },
    budgets: { liarActs: 3 },
  },
  {
    ...CALM,
    name: 'byzantine',
    says: 'One honest peer, one arbitrary-byzantine with every answer, unasked and announced blocks, and a crash.',
    byzantine: ['L'],
    liar: {
      claims: [TRUE_CLAIM, TOO_HIGH],
      answers: ['good', 'forged', 'misapplied', 'unlinked', 'wrongHeight', 'absent'],
      unasked: ['forged'],
      announces: ['good', 'forged'],
      leaves: true,
    },
    budgets: { liarActs: 2, crashes: 1, lateAnswers: 1 },
  },
  {
    ...CALM,
    name: 'validator',
    says: 'The node is a validator: consensus decides heights, others announce them, and it gains and loses its place.',
    chainHeight: 2,
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TOO_HIGH], answers: ['forged', 'absent'], announces: ['forged'] },
    budgets: { liarActs: 2, growth: 1, validatorChanges: 1 },
    validator: true,
  },
  {
    ...CALM,
    name: 'overtaken',
    says: 'The node is a validator that takes itself for synced too soon: consensus decides what is being applied and committed.',
    config: { ...SMALL, ...WIDE },
    byzantine: ['L'],
    liar: { ...MUTE, claims: [{ minHeight: 1, maxHeight: 1 }] },
    budgets: { liarActs: 2, departures: 1, hostFaults: 1 },
    validator: true,
  },
  {
    ...CALM,
    name: 'growing',
    says: 'The chain grows while the node follows it; one honest peer announces, one liar interferes.',
    chainHeight: 2,
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TOO_HIGH], answers: ['good', 'forged'], announces: ['forged'] },
    budgets: { liarActs: 2, growth: 1 },
  },
  {
    ...CALM,
    name: 'ranges',
    says: 'Requests name two blocks at once; answers are short, or go wrong in their last block.',
    chainHeight: 4,
    config: { ...SMALL, ...RANGES },
    rangeBlocksMax: 2,
    byzantine: ['L'],
    liar: {
      ...MUTE,
      claims: [{ minHeight: 1, maxHeight: 4 }],
      answers: ['good', 'forged', 'misapplied', 'short', 'wrongHeight'],
    },
    budgets: { liarActs: 2, crashes: 1 },
  },
  {
    ...CALM,
    name: 'parts',
    says: 'Answers come in parts, of the honest peer and of a liar, which stops in the middle or goes on badly.',
    config: { ...SMALL, ...RANGES, requestBlocksMax: 3, bufferBlocksMax: 3, bufferBytesMax: 3_000, inFlightMax: 3 },
    rangeBlocksMax: 3,
    inParts: true,
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TRUE_CLAIM], answers: ['part', 'forged', 'absent'] },
    budgets: { liarActs: 2, delays: 1, lateAnswers: 1 },
  },
  {
    ...CALM,
    name: 'rotation',
    says: 'The validators change in the middle: what is verified ahead is a guess, which a liar makes go wrong.',
    chainHeight: 4,
    validatorsChangeAt: 3,
    config: { ...SMALL, applyBlocksMax: 2, commitBlocksMax: 2 },
    byzantine: ['L'],
    liar: { ...MUTE, claims: [{ minHeight: 1, maxHeight: 4 }], answers: ['good', 'forged', 'outdated'] },
    budgets: { liarActs: 2, hostFaults: 1 },
  },
  {
    ...CALM,
    name: 'hedges',
    says: 'What one peer owes is asked of another too; one of them is a liar, and silent for as long as it likes.',
    config: { ...SMALL, requestTimeoutMsMin: 3_000, requestTimeoutMsMax: 3_000, inFlightMax: 3, hedgesMax: 1 },
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TRUE_CLAIM], answers: ['good', 'forged', 'absent'] },
    budgets: { liarActs: 2 },
  },
  {
    ...CALM,
    name: 'asked-again',
    says: 'What is overdue is asked for again and again, of the other peer and of the same; one is a liar that passes over what is next.',
    chainHeight: 2,
    config: { ...SMALL, requestTimeoutMsMin: 3_000, requestTimeoutMsMax: 3_000, inFlightMax: 4, hedgesMax: 2 },
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TRUE_CLAIM], answers: ['good', 'absent'] },
    budgets: { liarActs: 2 },
  },
  {
    ...CALM,
    name: 'hedged-ranges',
    says: 'Ranges that come in parts and are asked of two peers, for one block or for all that are left.',
    config: {
      ...SMALL,
      ...RANGES,
      ...{ requestBlocksMax: 3, bufferBlocksMax: 3, bufferBytesMax: 3_000 },
      ...{ requestTimeoutMsMin: 3_000, requestTimeoutMsMax: 3_000, inFlightMax: 3, hedgesMax: 1 },
      ...{ verifyInFlightMax: 1, verifyBlocksMax: 3, applyBlocksMax: 3, commitBlocksMax: 3 },
    },
    rangeBlocksMax: 3,
    inParts: true,
    byzantine: ['L'],
    liar: { ...MUTE, claims: [TRUE_CLAIM], answers: ['good', 'part', 'absent'] },
    budgets: { liarActs: 2 },
  },
  {
    ...CALM,
    name: 'unreachable',
    says: 'One honest peer, to which sending fails again and again, until its claim does not count any more.',
    chainHeight: 2,
    budgets: { sendFailures: 10, departures: 1 },
  },
  {
    ...CALM,
    name: 'two-honest',
    says: 'Two honest peers, either of which may be asked first; a delay and a departure.',
    honest: ['G', 'H'],
    budgets: { delays: 1, departures: 1 },
    interchangeable: ['G', 'H'],
    liveness: false,
  },
  {
    ...CALM,
    name: 'two-liars',
    says: 'One honest peer between two liars, either of which may be asked first.',
    chainHeight: 2,
    byzantine: ['K', 'L'],
    liar: { ...MUTE, claims: [{ minHeight: 1, maxHeight: 3 }], answers: ['forged', 'absent'] },
    budgets: { liarActs: UNBOUNDED },
    interchangeable: ['K', 'L'],
  },
];

/** What `--deep` and `--states` explore: as much of it as is asked for. */
export const DEEP_WORLD: WorldPlan = {
  ...CALM,
  name: 'deep',
  says: 'Four heights, new validators, a crash, a delay, a failing host, and a liar without end: too large to be seen whole.',
  chainHeight: 4,
  validatorsChangeAt: 3,
  config: { ...SMALL, ...WIDE },
  byzantine: ['L'],
  liar: {
    claims: [
      { minHeight: 1, maxHeight: 4 },
      { minHeight: 1, maxHeight: 5 },
      { minHeight: 3, maxHeight: 3 },
    ],
    answers: ['good', 'forged', 'outdated', 'misapplied', 'unlinked', 'wrongHeight', 'absent'],
    unasked: [],
    announces: [],
    leaves: true,
  },
  budgets: { liarActs: UNBOUNDED, crashes: 1, delays: 1, hostFaults: 1, lateAnswers: 1 },
  liveness: false,
};

export function worldNamed(name: string): WorldPlan | undefined {
  return [...WORLDS, DEEP_WORLD].find((plan) => plan.name === name);
}

function everyClaim(maxHeight: number) {
  const heights = Array.from({ length: maxHeight }, (_, i) => i + 1);
  return heights.flatMap((minHeight) =>
    heights.filter((height) => height >= minHeight).map((height) => ({ minHeight, maxHeight: height })),
  );
}
