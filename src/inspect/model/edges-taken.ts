import type { Effect, Facts, Peer, Span, SyncEvent } from '../../index.ts';
import type { Edge } from './charts.ts';
import { edgeBy, wayBetween } from './charts.ts';
import { changesBetween } from './ordered-entries.ts';

/** An edge that an event took, and for how many heights or peers. */
export interface TakenEdge {
  /** In `EDGES`. */
  readonly edge: number;
  readonly count: number;
}

/**
 * Which edges of the charts one event took. The operation mode's are told by the effects. Those of blocks and peers
 * follow from the state before and after, along edges that this event and its effects can have taken.
 */
export function edgesTaken(
  before: Facts,
  event: SyncEvent,
  effects: readonly Effect[],
  after: Facts,
): readonly TakenEdge[] {
  const counts = new Map<number, number>();
  const take = (edge: Edge | undefined, count: number): void => {
    if (edge !== undefined) counts.set(edge.index, (counts.get(edge.index) ?? 0) + count);
  };
  for (const effect of effects) {
    if (effect.type === 'modeChanged') take(edgeBy('operationMode', `mode.${effect.previous}`, effect.event), 1);
    if (effect.type !== 'serverChanged') continue;
    const switched = effect.next === 'Enabled' ? 'Server_Enable' : 'Server_Disable';
    take(edgeBy('operationMode', `server.${effect.previous}`, switched), 1);
  }
  if (before.window.spans !== after.window.spans) takeBlockEdges(before, event, effects, after, take);
  if (before.peers.byId !== after.peers.byId) takePeerEdges(before, after, take);
  return [...counts].map(([edge, count]) => ({ edge, count }));
}

type Take = (edge: Edge | undefined, count: number) => void;

function takePeerEdges(before: Facts, after: Facts, take: Take): void {
  const { was, is } = changesBetween(before.peers.byId, after.peers.byId);
  const lives = new Map(was.map(({ key, value }) => [key, value.life]));
  for (const { key, value } of is) {
    const life = lives.get(key) ?? BORN;
    for (const region of ['link', 'claim', 'conduct'] as const) {
      if (life[region] === value.life[region]) continue;
      const way = wayBetween('peer', `${region}.${life[region]}`, `${region}.${value.life[region]}`, () => true);
      for (const edge of way) take(edge, 1);
    }
  }
}

/** Where the chart of a peer begins. */
const BORN: Peer['life'] = { link: 'Disconnected', claim: 'Unknown', conduct: 'Trusted' };

function takeBlockEdges(before: Facts, event: SyncEvent, effects: readonly Effect[], after: Facts, take: Take): void {
  const possible = blockEventsOf(event, effects);
  const { was, is } = changesBetween(before.window.spans, after.window.spans);
  const now = is.map(({ value }) => value);
  const passed = (from: Span['stage'] | 'committed' | 'dropped', to: Span['stage'], heights: number): void => {
    for (const edge of way(from, to, possible)) take(edge, heights);
  };
  for (const { value: old } of was) {
    let left = old.to - old.from + 1;
    for (const span of now) {
      const shared = Math.min(old.to, span.to) - Math.max(old.from, span.from) + 1;
      if (shared <= 0) continue;
      left -= shared;
      if (span.stage !== old.stage || movedAround(old, span)) passed(old.stage, span.stage, shared);
    }
    if (left <= 0) continue;
    const grown = event.type === 'blocksCommitted' && old.stage === 'committing';
    passed(old.stage, grown ? 'committed' : 'dropped', left);
  }
  for (const span of now) {
    if (span.stage === 'wanted') continue;
    let fresh = span.to - span.from + 1;
    for (const { value: old } of was)
      fresh -= Math.max(0, Math.min(old.to, span.to) - Math.max(old.from, span.from) + 1);
    if (fresh > 0) passed('wanted', span.stage, fresh);
  }
}

/** The same stage again, but by another request or with another sender's blocks. */
function movedAround(before: Span, after: Span): boolean {
  return before.requestId !== after.requestId || before.peer !== after.peer;
}

function way(from: string, to: string, possible: ReadonlySet<string>): readonly Edge[] {
  const likely = wayBetween('blockRequest', from, to, ({ event }) => possible.has(event));
  if (likely.length > 0 || from === to) return likely;
  return wayBetween('blockRequest', from, to, () => true);
}

const REQUEST_ENDS = {
  answered: 'Received',
  timedOut: 'TimedOut',
  skipped: 'TimedOut',
  absent: 'NotAvailable',
  sendFailed: 'SendFailed',
  refused: 'Refused',
  peerLost: 'PeerLost',
} as const;

const ON_EVENT: Readonly<Partial<Record<SyncEvent['type'], readonly string[]>>> = {
  blocksReceived: ['Received'],
  newBlockReceived: ['Received'],
  blocksVerified: ['Certified', 'Mislinked'],
  blocksApplied: ['StateHashMatched'],
  blocksCommitted: ['Committed'],
  blockFinalized: ['Dropped'],
};

const ON_EFFECT: Readonly<Partial<Record<Effect['type'], readonly string[]>>> = {
  sendGetBlocks: ['Requested'],
  verifyBlocks: ['VerificationStarted'],
  applyBlocks: ['ApplyStarted'],
  commitBlocks: ['CommitStarted'],
  modeChanged: ['Dropped'],
};

/** The events of the block chart that can be behind an event and its effects. */
function blockEventsOf(event: SyncEvent, effects: readonly Effect[]): ReadonlySet<string> {
  const names = new Set<string>(ON_EVENT[event.type] ?? []);
  if (event.type === 'blocksVerified') names.add(event.fault === undefined ? 'Postponed' : 'Refused');
  if (event.type === 'blocksApplied' && event.hostFault === undefined) names.add('InvalidStateHash');
  if ('hostFault' in event) {
    names.add('HostFailed');
    names.delete('Postponed');
  }
  for (const effect of effects) {
    for (const name of ON_EFFECT[effect.type] ?? []) names.add(name);
    if (effect.type !== 'reportPeer') continue;
    if (effect.report.kind === 'requestEnded') names.add(REQUEST_ENDS[effect.report.result]);
    if (effect.report.kind === 'banned') names.add('Distrusted');
  }
  // A spare copy may take the place of a block that is no good.
  if (names.has('Refused') || names.has('InvalidStateHash') || names.has('Mislinked')) names.add('Received');
  return names;
}
