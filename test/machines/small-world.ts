import type { SyncBlock } from '../../src/protocol/block.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import type { HostFault } from '../../src/protocol/errors.ts';
import type { SyncEvent, UntimedEvent } from '../../src/core/events.ts';
import { TIMERS } from '../../src/core/events.ts';
import type { Facts, Peer, Request, Work } from '../../src/core/facts.ts';
import { maps, workUnderWay } from '../../src/core/facts.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { inMode, nextHeight } from '../../src/core/turn.ts';
import { headHeight, spansWithin } from '../../src/core/window.ts';
import { blockAt, blocksOf, idAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';

/** One thing that can happen in the world now: an event that a host may send, and what it is in words. */
export interface Move {
  readonly words: string;
  readonly event: SyncEvent;
}

const LOCAL = 9;
const PEER = 'A';
/** How high peers claim to be, against the local height at the start. */
const CLAIMS = [LOCAL, LOCAL + 1, LOCAL + 2] as const;
const HOST_FAULT: HostFault = { code: 'STORE_FAILED', message: 'small world' };

/** A node at height 9 that nothing has happened to. Ranges of two, so that a part of one can go another way; room for no more. */
export function smallWorld(config: Partial<SyncConfig> = {}): Facts {
  const local = { minHeight: 1, maxHeight: LOCAL, tipId: idAt(LOCAL) };
  // With nobody else to ask, asking again before the timeout takes no edge of its own.
  const small = { serverEnabled: false, requestBlocksMax: 2, bufferBlocksMax: 2, hedgesMax: 0 };
  return createFacts({ config: { ...small, ...config }, seed: 1, local });
}

/**
 * Everything that the world around the node may tell it next, as far as it matters to the charts: the host's own events,
 * one peer, the outcomes of the work it was given, and the timers it set. No signal of the core itself is among them.
 */
export function movesIn(facts: Facts): Move[] {
  const { now } = facts.clock;
  const move = (words: string, event: UntimedEvent): Move => ({ words, event: { ...event, now } });
  return [
    ...hostMoves(facts, move),
    ...peerMoves(facts, PEER, move),
    ...requestsOf(facts).flatMap((request) => requestMoves(request, move)),
    ...workUnderWay(facts).flatMap((work) => outcomesOf(facts, work, move)),
    ...timerMoves(facts),
  ];
}

type Say = (words: string, event: UntimedEvent) => Move;

function hostMoves(facts: Facts, move: Say): Move[] {
  const { validator } = facts.local;
  const next = nextHeight(facts);
  const decide: UntimedEvent = { type: 'blockFinalized', height: next, id: idAt(next), validator };
  return [
    move('the host starts the node', { type: 'Start' }),
    move('the transport has its first peers', { type: 'P2P_IsBootstrapped' }),
    move('the host stops the node', { type: 'Stop' }),
    // A region of its own, which nothing else depends on: in every other state it would only double the search.
    ...(facts.control.mode === 'Stopped'
      ? [
          move('the host turns server mode on', { type: 'Server_Enable' }),
          move('the host turns server mode off', { type: 'Server_Disable' }),
        ]
      : []),
    move(validator ? 'the node is no validator any more' : 'the node becomes a validator', {
      type: 'validatorStatusChanged',
      validator: !validator,
    }),
    ...(inMode(facts, 'runsConsensus') ? [move(`consensus decides ${next}`, decide)] : []),
  ];
}

function peerMoves(facts: Facts, peer: string, move: Say): Move[] {
  const known = maps.peers.get(facts.peers.byId, peer);
  if (known?.life.link !== 'Connected') {
    return [move(`${peer} connects`, { type: 'peerConnected', peer, rangeBlocksMax: 2 })];
  }
  const head = headHeight(facts);
  return [
    move(`${peer} leaves`, { type: 'peerDisconnected', peer }),
    ...CLAIMS.map((maxHeight) =>
      move(`${peer} claims 1..${maxHeight}`, { type: 'metadataReceived', peer, minHeight: 1, maxHeight }),
    ),
    move(`${peer} is caught with a spoofed address`, {
      type: 'peerMisbehaved',
      peer,
      offence: 'SPOOFED_ADDRESS',
      detail: 'small world',
    }),
    move(`${peer} announces ${head}`, { type: 'newBlockReceived', peer, block: blockAt(head) }),
    move(`${peer} announces a ${head} that stands on another block`, {
      type: 'newBlockReceived',
      peer,
      block: blockAt(head, {}, { parentId: 'another', contentId: `another ${head}` }),
    }),
  ];
}

function requestMoves({ id: requestId, peer, from, to }: Request, move: Say): Move[] {
  const received = (blocks: readonly SyncBlock[]): UntimedEvent => ({
    type: 'blocksReceived',
    peer,
    requestId,
    blocks,
  });
  const what = heights(from, to);
  return [
    move(`${peer} answers ${what}`, received(blocksOf(from, to))),
    ...(to > from ? [move(`${peer} answers only ${from} of ${what}`, received([blockAt(from)]))] : []),
    move(`${peer} answers ${from + 1} instead of ${from}`, received([blockAt(from + 1)])),
    move(`${peer} does not have ${what}`, { type: 'blocksUnavailable', peer, requestId, height: from }),
    move(`the request for ${what} cannot be sent to ${peer}`, { type: 'sendFailed', peer, requestId }),
  ];
}

function outcomesOf(facts: Facts, { id: workId, kind, from, to }: Work, move: Say): Move[] {
  const { validator } = facts.local;
  const what = heights(from, to);
  const count = to - from + 1;
  const hashes = blocksOf(from, to).map(({ id }) => id);
  const hostFault = HOST_FAULT;
  switch (kind) {
    case 'verify':
      return [
        move(`the verifier accepts ${what}`, { type: 'blocksVerified', workId, valid: count }),
        move(`the verifier refuses ${from}`, {
          type: 'blocksVerified',
          workId,
          valid: 0,
          fault: { code: 'CERTIFICATE_NO_QUORUM', message: 'small world' },
        }),
        ...(count > 1
          ? [move(`the verifier can judge only ${from} of ${what}`, { type: 'blocksVerified', workId, valid: 1 })]
          : []),
        move(`the verifier fails at ${what}`, { type: 'blocksVerified', workId, valid: 0, hostFault }),
      ];
    case 'apply':
      return [
        move(`the executor gets the state of ${what}`, { type: 'blocksApplied', workId, stateHashes: hashes }),
        move(`the executor gets another state for ${from}`, { type: 'blocksApplied', workId, stateHashes: ['other'] }),
        ...outdatedIn(facts, from, to).map((height) =>
          move(`the executor finds that ${height} was verified with other validators`, {
            type: 'blocksApplied',
            workId,
            stateHashes: hashes.slice(0, height - from),
          }),
        ),
        move('the executor fails', { type: 'blocksApplied', workId, stateHashes: [], hostFault }),
      ];
    case 'commit':
      return [
        move(`the store has ${what}`, { type: 'blocksCommitted', workId, validator }),
        move('the store fails', { type: 'blocksCommitted', workId, validator, hostFault }),
      ];
    case 'rollback':
      return [move('the executor has rolled back', { type: 'blocksRolledBack', workId })];
  }
}

/** The first height of a run that was verified ahead of its turn: its validators were a guess. */
function outdatedIn(facts: Facts, from: number, to: number): number[] {
  for (const span of spansWithin(facts, from, to)) {
    if (!span.exact) return [span.from];
    if (span.to > span.from) return [span.from + 1];
  }
  return [];
}

/** The next timer to fire, at its time. */
function timerMoves({ clock }: Facts): Move[] {
  let timer: (typeof TIMERS)[number] | null = null;
  let firstAt = Infinity;
  for (const name of TIMERS) {
    const at = clock.armed[name];
    if (at !== null && at < firstAt) [timer, firstAt] = [name, at];
  }
  if (timer === null) return [];
  const seconds = Math.max(0, Math.round((firstAt - clock.now) / 100) / 10);
  const words = `${seconds} s pass, and the ${timer} timer fires`;
  return [{ words, event: { type: 'timerFired', timer, now: firstAt + clock.skewMs } }];
}

function requestsOf(facts: Facts): Request[] {
  return [...maps.requests.entries(facts.requests.byId)].map(({ value }) => value);
}

function heights(from: number, to: number): string {
  return from === to ? `${from}` : `${from}..${to}`;
}

/**
 * What tells states apart for a search: everything that decides which transitions can come next, and no times, ids or
 * measurements.
 */
export function keyOf(facts: Facts): string {
  const { control, local, window, work, host } = facts;
  const spans = [...maps.spans.entries(window.spans)].map(({ value: { from, to, stage, waits, exact, blocks } }) => {
    return [from, to, stage, waits, exact, blocks[0]?.parentId === 'another'];
  });
  return JSON.stringify([
    [control.mode, control.server, local.maxHeight, local.validator],
    keyOfPeer(maps.peers.get(facts.peers.byId, PEER)),
    spans,
    [window.appliedTo, window.spares.length],
    [workUnderWay({ work }).map(({ kind, from, to, exact }) => [kind, from, to, exact]), work.overtaken],
    [host.rollbackTo, host.retryAt !== null, window.trouble?.suspect?.retryAt != null],
  ]);
}

function keyOfPeer(peer: Peer | undefined): unknown {
  if (peer === undefined) return null;
  const { life, claim, score, inFlight, requests, probeAt, probeDue } = peer;
  const owed = [inFlight, requests.length];
  return [life.link, life.claim, life.conduct, claim?.maxHeight ?? 0, score, owed, probeAt !== null, probeDue];
}
