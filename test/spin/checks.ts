import type { WorldSize } from './closed-world.ts';

/** How much is checked: `short` in half a minute, `gate` in some minutes, `long` in an hour or so. */
export type Extent = 'short' | 'gate' | 'long';

/** The worlds in which model and node are compared, state by state. */
export const COMPARED: Readonly<Record<Extent, readonly WorldSize[]>> = {
  short: [{ top: 1 }],
  gate: [
    { top: 1 },
    { top: 1, shrinks: true },
    { top: 1, tampered: true },
    { top: 1, leaves: true },
    { top: 1, validator: true, crashes: 1 },
    { top: 2 },
    { top: 2, rotates: true, verifiers: 2 },
  ],
  long: [
    { top: 1, verifiers: 2 },
    { top: 2, rotates: true },
    { top: 2, verifiers: 2 },
    { top: 1, tampered: true, shrinks: true, leaves: true },
    { top: 1, tampered: true, validator: true, crashes: 1 },
    { top: 2, tampered: true },
    { top: 3 },
  ],
};

const EVERYTHING = ['TAMPERED', 'SHRINKS', 'LEAVES', 'VALIDATOR', 'CRASHES=1', 'ROTATES', 'VERIFIERS=2'];

/** Worlds in which the model's assertions are checked, all of them in every world. */
export const SAFETY_WORLDS: Readonly<Record<Extent, readonly (readonly string[])[]>> = {
  short: [['TOP=2']],
  gate: [
    ['TOP=1', ...EVERYTHING],
    ['TOP=3', 'ROTATES'],
    ['TOP=3', 'TAMPERED'],
  ],
  long: [['TOP=2', ...EVERYTHING], ['TOP=4']],
};

export interface LivenessCheck {
  readonly switches: readonly string[];
  readonly formulas: readonly Formula[];
}

/** The LTL formulas of the model: what each says, and of which clauses. */
export const FORMULAS = {
  returns: { says: 'again and again synced at the top of the chain', clauses: ['SYNC-7', 'META-7', 'MODE-3'] },
  stays: { says: 'in the end synced at the top of the chain for good', clauses: ['META-10', 'MODE-4'] },
  slotsReturn: { says: 'every request comes to an end', clauses: ['SYNC-4', 'SYNC-5', 'PEER-2'] },
  workEnds: { says: "the host's work is never left lying", clauses: ['APPLY-2', 'SYNC-2'] },
} as const;
export type Formula = keyof typeof FORMULAS;
const ALL: readonly Formula[] = ['returns', 'stays', 'slotsReturn', 'workEnds'];

/** Faults end: of the honest peer's answers one is lost, and the node crashes at most once. The liar never ends. */
export const LIVENESS_CHECKS: Readonly<Record<Extent, readonly LivenessCheck[]>> = {
  short: [{ switches: ['TOP=1', 'PATIENCE=1'], formulas: ALL }],
  gate: [
    { switches: ['TOP=1', 'PATIENCE=1', 'CRASHES=1'], formulas: ALL },
    { switches: ['TOP=1', 'PATIENCE=1', 'TAMPERED'], formulas: ['returns'] },
    { switches: ['TOP=1', 'PATIENCE=1', 'LEAVES'], formulas: ['returns'] },
    { switches: ['TOP=2', 'PATIENCE=1', 'ROTATES'], formulas: ['returns', 'workEnds'] },
  ],
  long: [
    { switches: ['TOP=1', 'PATIENCE=1', 'TAMPERED'], formulas: ALL },
    { switches: ['TOP=1', 'PATIENCE=1', 'LEAVES'], formulas: ALL },
    { switches: ['TOP=2', 'PATIENCE=1'], formulas: ALL },
    { switches: ['TOP=1', 'PATIENCE=2', 'TAMPERED', 'SHRINKS', 'LEAVES'], formulas: ALL },
    { switches: ['TOP=2', 'PATIENCE=1', 'TAMPERED'], formulas: ALL },
    { switches: ['TOP=3', 'PATIENCE=1'], formulas: ['returns', 'stays'] },
  ],
};

/** A bug planted in the model, which SPIN must find. */
export interface Canary {
  readonly name: string;
  readonly plants: string;
  /** The property that must catch it. */
  readonly property: string;
  readonly clauses: readonly string[];
  readonly switches: readonly string[];
  /** For a liveness property: the formula. */
  readonly formula?: Formula;
  readonly fair?: boolean;
  /** What SPIN must say of it. */
  readonly caught: RegExp;
}

const LIVE = ['TOP=1', 'PATIENCE=1'];

export const CANARIES: readonly Canary[] = [
  {
    name: 'skipped verification',
    plants: 'received blocks are applied without a look at their certificate',
    property: 'only the certified block is committed',
    clauses: ['APPLY-1'],
    switches: ['TOP=1', 'BUG_SKIPPED_VERIFICATION'],
    caught: /assertion violated \(truth\[/,
  },
  {
    name: 'no rollback',
    plants: 'the state hash after applying is not compared',
    property: 'only the certified block is committed',
    clauses: ['APPLY-2'],
    switches: ['TOP=1', 'TAMPERED', 'BUG_NO_ROLLBACK'],
    caught: /assertion violated \(truth\[/,
  },
  {
    name: 'committed ahead',
    plants: 'the store is given what was verified, before it was applied',
    property: 'only what was applied is committed',
    clauses: ['SYNC-2', 'APPLY-4'],
    switches: ['TOP=1', 'BUG_COMMITTED_AHEAD'],
    caught: /assertion violated .*applied/,
  },
  {
    name: 'undone later',
    plants: 'a second copy is applied before the first, which did not apply, is rolled back',
    property: 'nothing is applied on top of what is to be undone',
    clauses: ['APPLY-2'],
    switches: ['TOP=1', 'TAMPERED', 'BUG_UNDONE_LATER'],
    caught: /assertion violated .*spoilt/,
  },
  {
    name: 'unclaimed height',
    plants: 'a peer is asked for a height above its claim',
    property: 'no request for an unclaimed height',
    clauses: ['SYNC-1'],
    switches: ['TOP=2', 'BUG_UNCLAIMED'],
    caught: /assertion violated .*<=claimed\[/,
  },
  {
    name: 'charged timeout',
    plants: 'who does not answer in time is charged',
    property: 'the honest peer is never charged',
    clauses: ['PEER-1', 'SYNC-4'],
    switches: ['TOP=1', 'BUG_CHARGED_TIMEOUT'],
    caught: /assertion violated \(0!=0\)/,
  },
  {
    name: 'trusted word',
    plants: 'in Synced an untested claim counts',
    property: 'Synced is left on evidence only',
    clauses: ['META-10'],
    switches: ['TOP=1', 'BUG_TRUSTED_WORD'],
    caught: /assertion violated .*claim\[0\]==2/,
  },
  {
    name: 'early synced',
    plants: 'Sync ends one block too low',
    property: 'synced only when nothing credible is ahead',
    clauses: ['MODE-3'],
    switches: ['TOP=2', 'BUG_EARLY_SYNCED'],
    caught: /assertion violated .*claimed\[[01]\]<=height/,
  },
  {
    name: 'leaked slot',
    plants: 'a timeout does not free the slot',
    property: 'every slot is a request that is out',
    clauses: ['SYNC-4'],
    switches: ['TOP=1', 'BUG_LEAKED_SLOT'],
    caught: /assertion violated \(busy\[/,
  },
  {
    name: 'leaked slot, in the long run',
    plants: 'a timeout does not free the slot',
    property: 'slotsReturn',
    clauses: ['SYNC-4'],
    switches: [...LIVE, 'BUG_LEAKED_SLOT'],
    formula: 'slotsReturn',
    caught: /acceptance cycle/,
  },
  {
    name: 'ignored "I do not have it"',
    plants: 'who says that it has not what it claims is believed its claim',
    property: 'returns',
    clauses: ['SYNC-5', 'META-7'],
    switches: [...LIVE, 'BUG_IGNORED_ABSENT'],
    formula: 'returns',
    caught: /acceptance cycle/,
  },
  {
    name: 'never probed',
    plants: 'a refuted claim is never tried again',
    property: 'returns',
    clauses: ['META-7', 'SYNC-7'],
    switches: [...LIVE, 'BUG_NEVER_PROBED'],
    formula: 'returns',
    caught: /acceptance cycle/,
  },
  {
    name: 'room for probes',
    plants: 'a probe takes the room of a block that was asked for, which is then let go when it comes',
    property: 'returns',
    clauses: ['SYNC-3', 'SYNC-7'],
    switches: ['TOP=2', 'PATIENCE=1', 'BUG_ROOM_FOR_PROBES'],
    formula: 'returns',
    caught: /acceptance cycle/,
  },
  {
    name: 'nobody moves',
    plants: 'no bug, but no fairness either: nothing has to happen',
    property: 'returns',
    clauses: ['SYNC-7'],
    switches: LIVE,
    formula: 'returns',
    fair: false,
    caught: /acceptance cycle/,
  },
];
