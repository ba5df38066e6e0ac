import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts, Peer } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { NodeStatus, PeerStatus } from '../../src/node/index.ts';
import type { Claim, PeerId } from '../../src/protocol/block.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { Judge } from './rules.ts';
import { CONTRACT } from './rules.ts';
import { SpeedSeen } from './speed.ts';

/** HOST-11: a host's own account of itself, held against what the core knows and the ports were seen to do. */
export class StatusTold {
  readonly #judge: Judge;
  readonly #charges = new Map<PeerId, number>();
  readonly #sent = { blocks: 0, bytes: 0, answers: 0 };
  readonly #speed = new SpeedSeen();
  /** Until when the core has counted time, by the host's clock. */
  #countedUntil = 0;
  #clock: Facts['clock'] | null = null;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  observed({ now }: SyncEvent, effects: readonly Effect[], { local, aggregate, clock }: Facts): void {
    // An event that the mode does not accept changes nothing, not even the time.
    if (clock !== this.#clock) this.#countedUntil = now;
    this.#clock = clock;
    this.#speed.observed(now, local.maxHeight, aggregate?.maxHeight ?? null);
    for (const effect of effects) {
      if (effect.type !== 'reportPeer' || effect.report.kind !== 'charged') continue;
      this.#charges.set(effect.peer, (this.#charges.get(effect.peer) ?? 0) + 1);
    }
  }

  /** The transport took a message. */
  sent(message: PeerMessage): void {
    if (message.type !== 'blocks') return;
    this.#sent.blocks += message.blocks.length;
    for (const { bytes } of message.blocks) this.#sent.bytes += bytes;
    if (message.more !== true) this.#sent.answers++;
  }

  /** @param now what the host's clock shows */
  looked(status: NodeStatus, facts: Facts, now: number): void {
    const wrong =
      wrongInShape(status) ??
      this.#speed.wrongIn(status) ??
      wrongInFacts(status, facts) ??
      wrongInRequests(status, facts, Math.max(0, now - this.#countedUntil)) ??
      wrongInPeers(status, facts, this.#charges) ??
      this.#wrongInServed(status);
    if (wrong === null) this.#judge.held(CONTRACT.status);
    else this.#judge.broken(CONTRACT.status, `status() says ${wrong}`);
  }

  #wrongInServed({ served }: NodeStatus): string | null {
    const { blocks, bytes, answers } = this.#sent;
    if (served.blocks !== blocks || served.bytes !== bytes)
      return `${served.blocks} blocks (${served.bytes} bytes) served, the transport took ${blocks} (${bytes})`;
    // One that says that there is no block is an answer too.
    return served.answers < answers ? `${served.answers} answers, of which ${answers} with blocks were sent` : null;
  }
}

/** It can be read by people and machines: plain, and its figures are such. */
function wrongInShape(status: NodeStatus): string | null {
  if (!isPlain(status)) return 'something that JSON does not hold as it is';
  const { blocksPerSecond, etaMs, target, maxHeight, synced, why } = status;
  if (blocksPerSecond < 0) return `${blocksPerSecond} blocks a second`;
  if (etaMs !== null && etaMs < 0) return `${etaMs} ms to go`;
  if (target === null && etaMs !== null) return `${etaMs} ms to go, and no target`;
  if (target !== null && target <= maxHeight && etaMs !== 0) return `${etaMs} ms to go, at ${maxHeight} of ${target}`;
  if (synced && why !== null) return `synced, and ${why.code}`;
  if (!synced && why === null) return 'not synced, and not why';
  return null;
}

function wrongInFacts(status: NodeStatus, facts: Facts): string | null {
  const { control, local, aggregate, requests, window } = facts;
  let staged = 0;
  for (const { value } of maps.spans.entries(window.spans)) staged += value.to - value.from + 1;
  return firstDiffering([
    ['mode', status.mode, control.mode],
    ['server', status.server, control.server],
    ['minHeight', status.minHeight, local.minHeight],
    ['maxHeight', status.maxHeight, local.maxHeight],
    ['stateHash', status.stateHash, local.tipId],
    ['validator', status.validator, local.validator],
    ['target', status.target, aggregate?.maxHeight ?? null],
    ['requestsInFlight', status.requestsInFlight, requests.inFlight],
    ['as many requests', status.requests.length, requests.inFlight],
    ['bufferedBlocks', status.bufferedBlocks, window.bufferedBlocks],
    ['bufferedBytes', status.bufferedBytes, window.bufferedBytes],
    ['the window from', status.window.from, local.maxHeight + 1],
    ['the frontier', status.window.frontier, window.frontier],
    ['heights in stages', Object.values(status.window.stages).reduce((sum, heights) => sum + heights, 0), staged],
  ]);
}

/** What is said to be one thing and is another. */
function firstDiffering(pairs: readonly (readonly [what: string, said: unknown, is: unknown])[]): string | null {
  const differing = pairs.find(([, said, is]) => said !== is);
  if (differing === undefined) return null;
  const [what, said, is] = differing;
  return `${what} ${String(said)}, the core has ${String(is)}`;
}

/** @param sinceMs how long ago the core had its last event */
function wrongInRequests({ requests }: NodeStatus, facts: Facts, sinceMs: number): string | null {
  let dueBefore = 0;
  for (const { id, peer, from, to, ageMs, dueInMs } of requests) {
    const known = maps.requests.get(facts.requests.byId, id);
    if (known?.peer !== peer || known.from !== from || known.to !== to)
      return `request ${id} to ${peer} for ${from}..${to}, which the core does not know`;
    const wasOldMs = facts.clock.now - known.sentAt;
    if (ageMs < wasOldMs || ageMs > wasOldMs + sinceMs + 1)
      return `request ${id} is ${ageMs} ms old; ${sinceMs} ms ago it was ${wasOldMs}`;
    if (dueInMs < dueBefore) return `request ${id}, due in ${dueInMs} ms, behind one due in ${dueBefore} ms`;
    dueBefore = dueInMs;
  }
  return null;
}

function wrongInPeers(status: NodeStatus, facts: Facts, charges: ReadonlyMap<PeerId, number>): string | null {
  if (status.peers.length !== maps.peers.size(facts.peers.byId))
    return `${status.peers.length} peers, the core knows ${maps.peers.size(facts.peers.byId)}`;
  for (const said of status.peers) {
    const known = maps.peers.get(facts.peers.byId, said.id);
    if (known === undefined) return `there is a peer ${said.id}, which the core does not know`;
    const wrong = wrongInPeer(said, known, charges.get(said.id) ?? 0);
    if (wrong !== null) return `${said.id}: ${wrong}`;
  }
  return null;
}

function wrongInPeer(said: PeerStatus, known: Peer, charges: number): string | null {
  const { link, conduct, claim } = known.life;
  if (said.link !== link || said.conduct !== conduct || said.claim !== claim)
    return `${said.link}, ${said.conduct}, ${said.claim}; it is ${link}, ${conduct}, ${claim}`;
  if (!isSameClaim(said.claimed, known.claim)) return 'a claim that it did not make';
  if ((said.offences?.count ?? 0) !== charges) return `${said.offences?.count ?? 0} offences; ${charges} were reported`;
  const differing = firstDiffering([
    ['score', said.score, known.score],
    ['ms an answer', said.latencyMs, known.latencyMs],
    ['blocks served', said.blocksServed, known.served],
    ['cool-downs', said.coolDowns, known.coolDowns],
    ['bans', said.bans, known.bans],
    ['refutations', said.refutations, known.absences + known.refutations],
    ['a probe to come', said.probeInMs !== null, known.probeAt !== null],
    ['requests in flight', said.inFlight, known.inFlight],
  ]);
  if (differing !== null) return differing;
  if ((said.forgivenInMs === null) !== (conduct === 'Trusted'))
    return `${conduct}, forgiven in ${said.forgivenInMs} ms`;
  return null;
}

function isSameClaim(a: Claim | null, b: Claim | null): boolean {
  return a?.minHeight === b?.minHeight && a?.maxHeight === b?.maxHeight;
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
