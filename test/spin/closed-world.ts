import type { SyncEvent, UntimedEvent } from '../../src/core/events.ts';
import type { Facts, Request, Work } from '../../src/core/facts.ts';
import type { InitialState } from '../../src/core/initial-facts.ts';
import { maps } from '../../src/core/facts.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { connectedPeer, peerIs } from '../../src/core/peers.ts';
import { step } from '../../src/core/step.ts';
import { inMode } from '../../src/core/turn.ts';
import { spanAt } from '../../src/core/window.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import type { Due } from './timeless.ts';
import { HONEST, LATER_MS, LIAR, NOW, timeless, withDue } from './timeless.ts';

/** How large the closed world is: the switches of `state-sync.pml` that it is built with. */
export interface WorldSize {
  /** The height of the chain, which the honest peer holds. The liar claims up to one more. */
  readonly top: number;
  readonly tampered?: boolean;
  readonly shrinks?: boolean;
  readonly leaves?: boolean;
  readonly validator?: boolean;
  readonly crashes?: number;
  readonly rotates?: boolean;
  readonly verifiers?: number;
}

/** How many blocks are verified at a time, where a world does not say. */
export const VERIFIERS = 1;

export type Truth = 'genuine' | 'forged' | 'tampered';
export type Happening =
  | { readonly type: 'start' | 'bootstrap' | 'committed' | 'turnValidator' }
  /** The oldest verification under way has lane 0. `without`: a verdict. */
  | { readonly type: 'verified'; readonly lane: number; readonly without: boolean }
  /** `without`: having applied anything, as the validator set is another than it was verified with. */
  | { readonly type: 'executed'; readonly without: boolean }
  | { readonly type: 'crash'; readonly committed: boolean }
  | { readonly type: 'connect' | 'absent' | 'timeout' | 'probeDue' | 'forgive' | 'leave'; readonly peer: PeerName }
  | { readonly type: 'tell'; readonly peer: PeerName; readonly maxHeight: number }
  | { readonly type: 'answer'; readonly peer: PeerName; readonly truth: Truth };
export type PeerName = typeof HONEST | typeof LIAR;

const PEER_NAMES: readonly PeerName[] = [HONEST, LIAR];

/** One thing that can happen, and which of the two peers is the quicker when the node chooses whom to ask. */
export interface Action {
  readonly happening: Happening;
  readonly quick: PeerName;
}

export interface WorldState {
  readonly facts: Facts;
  readonly crashes: number;
}

/** `step`, or one with a bug planted in it. */
export type Stepper = typeof step;

/**
 * Limits under which nothing but what the abstraction keeps decides what comes next: a window of two heights, one
 * request a peer and never the same of two, pieces of work of one height each, and back-offs that are as long the tenth
 * time as the first.
 */
const CONFIG: Partial<SyncConfig> = {
  strategy: 'asynchronous',
  serverEnabled: false,
  bufferBlocksMax: 2,
  inFlightMax: 16,
  inFlightPerPeerMax: 1,
  requestBlocksMax: 1,
  hedgesMax: 0,
  verifyBlocksMax: 1,
  applyBlocksMax: 1,
  commitBlocksMax: 1,
  requestTimeoutMsMin: LATER_MS,
  requestTimeoutMsMax: LATER_MS,
  absentBackoffMsMin: LATER_MS,
  refutedBackoffMsMin: LATER_MS,
  refutedBackoffMsMax: LATER_MS,
  coolDownMsMin: LATER_MS,
  coolDownMsMax: LATER_MS,
  metadataJitterRatio: 0,
};

/** The real `step` with the same small world closed around it as the node of `state-sync.pml` has. */
export class ClosedWorld {
  readonly initial: WorldState;
  readonly #size: WorldSize;
  readonly #config: Partial<SyncConfig>;
  readonly #step: Stepper;

  constructor(size: WorldSize, stepper: Stepper = step) {
    this.#size = size;
    this.#config = { ...CONFIG, verifyInFlightMax: size.verifiers ?? VERIFIERS };
    this.#step = stepper;
    this.initial = { facts: this.#boot(0, false), crashes: 0 };
  }

  /** Everything that can happen, each with either peer the quicker. */
  actions(state: WorldState): readonly Action[] {
    return [
      ...this.#ofNode(state),
      ...this.#ofHonest(state.facts),
      ...this.#ofLiar(state.facts),
      ...ofTime(state.facts),
    ].flatMap((happening) => PEER_NAMES.map((quick) => ({ happening, quick })));
  }

  apply({ facts, crashes }: WorldState, { happening, quick }: Action): WorldState {
    if (happening.type === 'crash') {
      const { maxHeight, validator } = facts.local;
      return { facts: this.#boot(happening.committed ? maxHeight + 1 : maxHeight, validator), crashes: crashes + 1 };
    }
    const [event, due] = this.#eventOf(facts, happening);
    const timed = { ...event, now: NOW } as SyncEvent;
    return { facts: timeless(this.#step(withDue(facts, due, quick), timed).state), crashes };
  }

  *#ofNode({ facts, crashes }: WorldState): Generator<Happening> {
    const { mode } = facts.control;
    if (mode === 'Stopped') {
      yield { type: 'start' };
      return;
    }
    if (mode === 'P2P_Bootstrapping') yield { type: 'bootstrap' };
    yield* this.#ofHost(facts);
    if (this.#size.validator === true) yield { type: 'turnValidator' };
    if (crashes >= (this.#size.crashes ?? 0)) return;
    yield { type: 'crash', committed: false };
    if (facts.work.committing !== null) yield { type: 'crash', committed: true };
  }

  /** Verifier, executor and store, side by side. */
  *#ofHost(facts: Facts): Generator<Happening> {
    const { rotates = false } = this.#size;
    const { verifying, executing, committing } = facts.work;
    for (const [lane, work] of verifying.entries()) {
      yield { type: 'verified', lane, without: false };
      // Ahead of its turn a forged block may, or may not, be one that is good under no validator set.
      const isUnsure = rotates || truthAt(facts, work.from) === 'forged';
      if (isOurs(facts, work) && !work.exact && isUnsure) yield { type: 'verified', lane, without: true };
    }
    if (executing !== null) {
      yield { type: 'executed', without: false };
      const guessed = executing.kind === 'apply' && spanAt(facts, executing.from)?.exact === false;
      if (rotates && guessed) yield { type: 'executed', without: true };
    }
    if (committing !== null) yield { type: 'committed' };
  }

  *#ofHonest(facts: Facts): Generator<Happening> {
    const { top } = this.#size;
    const peer = HONEST;
    const connected = connectedPeer(facts, peer);
    if (connected === undefined) {
      if (inMode(facts, 'running')) yield { type: 'connect', peer };
      return;
    }
    const claimed = connected.claim?.maxHeight ?? 0;
    for (const maxHeight of [top - 1, top]) if (maxHeight > claimed) yield { type: 'tell', peer, maxHeight };
    if (requestOf(facts, peer) !== undefined) yield { type: 'answer', peer, truth: 'genuine' };
  }

  *#ofLiar(facts: Facts): Generator<Happening> {
    const { top, shrinks, tampered, leaves } = this.#size;
    const peer = LIAR;
    const connected = connectedPeer(facts, peer);
    if (connected === undefined) {
      if (inMode(facts, 'running')) yield { type: 'connect', peer };
      return;
    }
    const claimed = connected.claim?.maxHeight ?? 0;
    for (const maxHeight of [top, top + 1]) if (maxHeight > claimed) yield { type: 'tell', peer, maxHeight };
    if (shrinks === true && claimed > top) yield { type: 'tell', peer, maxHeight: top };
    if (leaves === true) yield { type: 'leave', peer };
    const request = requestOf(facts, peer);
    if (request === undefined) return;
    // It can forge no certificate, so of a height that the chain has not it has nothing genuine.
    if (request.from <= top) yield { type: 'answer', peer, truth: 'genuine' };
    if (request.from <= top && tampered === true) yield { type: 'answer', peer, truth: 'tampered' };
    yield { type: 'answer', peer, truth: 'forged' };
    yield { type: 'absent', peer };
  }

  #boot(height: number, validator: boolean): Facts {
    const local = { minHeight: Math.min(1, height), maxHeight: height, tipId: idAt(height), validator };
    const config = this.#config;
    return timeless(createFacts({ config, seed: 1, local } satisfies InitialState));
  }

  #eventOf(facts: Facts, happening: Exclude<Happening, { readonly type: 'crash' }>): readonly [UntimedEvent, Due?] {
    switch (happening.type) {
      case 'start':
        return [{ type: 'Start' }];
      case 'bootstrap':
        return [{ type: 'P2P_IsBootstrapped' }];
      case 'turnValidator':
        return [{ type: 'validatorStatusChanged', validator: !facts.local.validator }];
      case 'verified':
        return [verdictOf(facts, happening.lane, happening.without)];
      case 'executed':
        return [outcomeOf(facts, happening.without)];
      case 'committed':
        return [{ type: 'blocksCommitted', workId: facts.work.committing?.id ?? 0, validator: facts.local.validator }];
      case 'connect':
        return [{ type: 'peerConnected', peer: happening.peer, rangeBlocksMax: 1 }];
      case 'leave':
        return [{ type: 'peerDisconnected', peer: happening.peer }];
      case 'tell':
        return [{ type: 'metadataReceived', peer: happening.peer, minHeight: 1, maxHeight: happening.maxHeight }];
      case 'answer': {
        const { peer, truth } = happening;
        const { id, from } = requestFrom(facts, peer);
        return [{ type: 'blocksReceived', peer, requestId: id, blocks: [blockAt(from, truth)] }];
      }
      case 'absent': {
        const { peer } = happening;
        const { id, from } = requestFrom(facts, peer);
        return [{ type: 'blocksUnavailable', peer, requestId: id, height: from }];
      }
      case 'timeout':
        return [{ type: 'timerFired', timer: 'request' }, { request: requestFrom(facts, happening.peer).id }];
      case 'probeDue':
        return [{ type: 'timerFired', timer: 'peer' }, { probe: happening.peer }];
      case 'forgive':
        return [{ type: 'timerFired', timer: 'peer' }, { coolDown: happening.peer }];
    }
  }
}

/** Whatever waits may be over at any time, in any order. */
function* ofTime(facts: Facts): Generator<Happening> {
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) {
    const name = peer.id as PeerName;
    if (peer.inFlight > 0) yield { type: 'timeout', peer: name };
    const refuted = peerIs(peer, 'claimRefuted') && peerIs(peer, 'connected') && peer.claim !== null;
    if (refuted && peer.probeAt !== null) yield { type: 'probeDue', peer: name };
    if (peer.conductUntil !== null) yield { type: 'forgive', peer: name };
  }
}

/** Verifier, executor and store: they tell the truth, and never fail. */
function verdictOf(facts: Facts, lane: number, without: boolean): UntimedEvent {
  const work = facts.work.verifying[lane];
  if (work === undefined) throw new Error('the verifier has no work');
  const workId = work.id;
  if (without) return { type: 'blocksVerified', workId, valid: 0 };
  if (!isOurs(facts, work) || truthAt(facts, work.from) !== 'forged')
    return { type: 'blocksVerified', workId, valid: 1 };
  const fault = { code: 'CERTIFICATE_BAD_SIGNATURE', message: 'forged' } as const;
  return { type: 'blocksVerified', workId, valid: 0, fault };
}

function outcomeOf(facts: Facts, without: boolean): UntimedEvent {
  const { executing } = facts.work;
  if (executing === null) throw new Error('the executor has no work');
  const { id: workId, kind, from } = executing;
  if (kind === 'rollback') return { type: 'blocksRolledBack', workId };
  const hash = truthAt(facts, from) === 'tampered' ? 'another' : idAt(from);
  return { type: 'blocksApplied', workId, stateHashes: without ? [] : [hash] };
}

/** Whether the height still waits for what this work brings: it may have been dropped since. */
export function isOurs(facts: Facts, { id, from }: Work): boolean {
  return spanAt(facts, from)?.workId === id;
}

function truthAt(facts: Facts, height: number): Truth | null {
  const block = spanAt(facts, height)?.blocks[0];
  return block === undefined ? null : truthOf(block);
}

/** The request that the peer has not answered: there is at most one. */
export function requestOf(facts: Facts, peer: string): Request | undefined {
  for (const { value: request } of maps.requests.entries(facts.requests.byId)) {
    if (request.peer === peer && request.deadline !== null) return request;
  }
  return undefined;
}

function requestFrom(facts: Facts, peer: string): Request {
  const request = requestOf(facts, peer);
  if (request === undefined) throw new Error(`${peer} was asked for nothing`);
  return request;
}

function idAt(height: number): string {
  return `state-${height}`;
}

function blockAt(height: number, truth: Truth): SyncBlock {
  const id = truth === 'forged' ? `forged-${height}` : idAt(height);
  const contentId = `content-${height}-${truth}`;
  return { height, id, parentId: idAt(height - 1), contentId, bytes: 1_000, body: truth };
}

export function truthOf(block: SyncBlock): Truth {
  return block.body as Truth;
}
