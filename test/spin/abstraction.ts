import type { OperationMode } from '../../machines/operation-mode.ts';
import type { BlockStage } from '../../machines/block-request.ts';
import type { PeerLife } from '../../machines/peer.ts';
import type { RequestPurpose } from '../../src/core/effects.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import { getPeer } from '../../src/core/peers.ts';
import { spanAt } from '../../src/core/window.ts';
import type { Action, Truth, WorldSize, WorldState } from './closed-world.ts';
import { isOurs, requestOf, truthOf, VERIFIERS } from './closed-world.ts';
import { HONEST, LIAR } from './timeless.ts';

const MODES: Readonly<Record<OperationMode, number>> = {
  Stopped: 0,
  P2P_Bootstrapping: 1,
  P2P_Bootstrapped: 2,
  // Left in the event that enters it: no state of the model stands for it.
  Consensus_Unsynced: -1,
  Consensus_SyncMode: 3,
  Consensus_Synced: 4,
  Consensus_Pacemaker: 5,
};
const CLAIMS: Readonly<Record<PeerLife['claim'], number>> = { Unknown: 0, Untested: 1, Credible: 2, Refuted: 3 };
// Nothing is asked of two peers at a time in these worlds.
const PURPOSES: Readonly<Record<RequestPurpose, number>> = { sync: 1, test: 2, probe: 3, hedge: -1 };
const TRUTHS: Readonly<Record<Truth, number>> = { genuine: 1, forged: 2, tampered: 3 };
const STAGES: Readonly<Record<BlockStage, number>> = {
  wanted: 1,
  requested: 2,
  received: 3,
  verifying: 4,
  verified: 5,
  applying: 6,
  applied: 7,
  committing: 8,
  // Over: no span is in one of these.
  committed: -1,
  dropped: -1,
};
const PEERS: readonly string[] = [HONEST, LIAR];

/**
 * The abstraction: what a state of the real node is in `state-sync.pml`, as `write_state` there prints it. Defined on
 * timeless facts; everything that it leaves out is either derived from the rest or never decides what comes next.
 */
export function abstractly({ facts, crashes }: WorldState, { top, verifiers = VERIFIERS }: WorldSize): string {
  const { control, local, work, host, window } = facts;
  const node = [
    MODES[control.mode],
    local.maxHeight,
    window.appliedTo,
    bit(local.validator),
    bits(host.rollbackTo !== null, work.executing?.kind === 'rollback', (window.trouble?.unapplied ?? []).length > 0),
    crashes,
    ...Array.from({ length: verifiers }, (_, i) => {
      const each = work.verifying[i];
      return each === undefined ? '000' : `${each.from}${bits(each.exact, isOurs(facts, each))}`;
    }),
  ];
  const heights = Array.from({ length: top + 1 }, (_, i) => heightOf(facts, i + 1));
  const spare = window.spares[0];
  const second = spare === undefined ? '00' : `${ownerOf(spare.peer)}${TRUTHS[truthOf(spare.block)]}`;
  return [node.join(' '), ...PEERS.map((peer) => peerOf(facts, peer)), `${heights.join(' ')} ${second}`].join(' / ');
}

function peerOf(facts: Facts, id: string): string {
  const peer = getPeer(facts, id);
  if (peer === undefined) return '00 0 0 00000 0 0';
  const { life, claim, disputedFrom, probeAt, aheadInVain, desertions, inFlight } = peer;
  const request = requestOf(facts, id);
  return [
    `${bit(life.link === 'Connected')}${CLAIMS[life.claim]}`,
    claim?.maxHeight ?? 0,
    disputedFrom ?? 0,
    bits(probeAt !== null, aheadInVain, life.conduct === 'CoolingDown', desertions > 0, inFlight > 0),
    request === undefined ? 0 : PURPOSES[request.purpose],
    request?.from ?? 0,
  ].join(' ');
}

function heightOf(facts: Facts, height: number): string {
  const span = spanAt(facts, height);
  if (span === undefined) return '000000';
  const { requestId, peer, stage, blocks, avoid, waits, exact } = span;
  const owner = requestId === null ? peer : (maps.requests.get(facts.requests.byId, requestId)?.peer ?? null);
  const truth = blocks[0] === undefined ? 0 : TRUTHS[truthOf(blocks[0])];
  let failed = 0;
  for (const id of avoid) failed |= 1 << PEERS.indexOf(id);
  return `${STAGES[stage]}${ownerOf(owner)}${truth}${failed}${bits(waits, exact)}`;
}

function ownerOf(peer: string | null): number {
  return peer === null ? 0 : PEERS.indexOf(peer) + 1;
}

const EVENTS = [
  ...['', 'start', 'bootstrap', 'connect', 'tell', 'answer', 'absent', 'timeout', 'probeDue', 'forgive', 'verified'],
  ...['leave', 'turnValidator', 'crash', 'crashCommitted', 'idle', 'growOld', 'executed', 'committed'],
];

/** What happened, as the model labels it: event, peer, claim or truth, quicker peer. */
export function labelOf({ happening, quick }: Action): string {
  const name = happening.type === 'crash' && happening.committed ? 'crashCommitted' : happening.type;
  const by = 'peer' in happening ? PEERS.indexOf(happening.peer) : happening.type === 'verified' ? happening.lane : 0;
  const what =
    happening.type === 'tell'
      ? happening.maxHeight
      : happening.type === 'answer'
        ? TRUTHS[happening.truth]
        : bit('without' in happening && happening.without);
  return [EVENTS.indexOf(name), by, what, PEERS.indexOf(quick)].join(' ');
}

const OF_PEERS = ['connect', 'tell', 'answer', 'absent', 'timeout', 'probeDue', 'forgive', 'leave', 'growOld'];
const TRUTH_NAMES = Object.keys(TRUTHS);

const WITHOUT: Readonly<Record<string, string>> = {
  verified: ' that it cannot be told yet',
  executed: ' that the validators are others now',
};

/** A label of the model in words. */
export function eventOf(label: string): string {
  const [event = 0, by = 0, what = 0, quick = 0] = label.split(' ').map(Number);
  const name = EVENTS[event] ?? `event ${event}`;
  const of = OF_PEERS.includes(name) ? ` ${PEERS[by] ?? by}` : '';
  const about =
    name === 'tell'
      ? ` up to ${what}`
      : name === 'answer'
        ? ` with a ${TRUTH_NAMES[what - 1] ?? what} block`
        : what === 1
          ? (WITHOUT[name] ?? '')
          : '';
  return `${name}${of}${about} (quicker: ${PEERS[quick] ?? quick})`;
}

function bits(...values: readonly boolean[]): string {
  return values.map(bit).join('');
}

function bit(value: boolean): number {
  return value ? 1 : 0;
}
