import type { BlockRequestEvent } from '../../machines/block-request.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import { blockRequestChart } from './advance.ts';
import type { Request, Span, WindowFacts } from './facts.ts';
import { maps } from './facts.ts';
import type { Turn } from './turn.ts';
import { inMode, nextHeight } from './turn.ts';

/** How many peers that failed a height are remembered with it. */
export const AVOID_MAX = 8;
/** What a block is taken to weigh before any was seen. A first block that is larger is taken all the same, if there is room. */
const BLOCK_BYTES_UNKNOWN = 65_536;

/** How far ahead of the local height blocks are asked for, and how many requests that takes (SYNC-2). */
export function windowBounds(turn: Pick<Turn, 'config'>): { readonly blocks: number; readonly inFlight: number } {
  const { strategy, bufferBlocksMax, inFlightMax, requestBlocksMax } = turn.config;
  return strategy === 'synchronous'
    ? { blocks: requestBlocksMax, inFlight: 1 }
    : { blocks: bufferBlocksMax, inFlight: inFlightMax };
}

/** The height to be applied next: above what is committed when blocks wait for their commit. */
export function headHeight(turn: { readonly window: Pick<WindowFacts, 'appliedTo'> }): number {
  return turn.window.appliedTo + 1;
}

/** The id of the newest applied block: what the block at the head must name as its parent. */
export function headId(turn: Pick<Turn, 'window' | 'local'>): string {
  const { appliedTo } = turn.window;
  if (appliedTo === turn.local.maxHeight) return turn.local.tipId;
  const span = spanHolding(turn, appliedTo);
  const block = span?.blocks[appliedTo - span.from];
  if (block === undefined) throw new Error(`height ${appliedTo} is applied, but not here`);
  return block.id;
}

export function spanAt(turn: Pick<Turn, 'window'>, from: number): Span | undefined {
  return maps.spans.get(turn.window.spans, from);
}

/** The span that holds this height, wanted or not; undefined beyond the frontier. */
export function spanHolding(turn: Pick<Turn, 'window'>, height: number): Span | undefined {
  const span = maps.spans.atOrBefore(turn.window.spans, height)?.value;
  return span !== undefined && span.to >= height ? span : undefined;
}

/** The spans that hold heights of `from..to`, lowest first. */
export function* spansWithin(turn: Pick<Turn, 'window'>, from: number, to: number): Generator<Span> {
  for (let span = spanHolding(turn, from) ?? spanAfter(turn, from); span !== undefined && span.from <= to;) {
    const { to: last } = span;
    yield span;
    span = spanAfter(turn, last);
  }
}

function spanAfter(turn: Pick<Turn, 'window'>, height: number): Span | undefined {
  return maps.spans.atOrAfter(turn.window.spans, height + 1)?.value;
}

/** The lowest wanted heights at or after `height` within the window; null when there are none. */
export function wantedFrom(turn: Turn, height: number): { readonly from: number; readonly to: number } | null {
  const end = turn.local.maxHeight + windowBounds(turn).blocks;
  const holding = spanHolding(turn, height);
  const gap = holding?.stage === 'wanted' ? height : maps.heights.atOrAfter(turn.window.wanted, height)?.key;
  if (gap !== undefined) return gap > end ? null : { from: gap, to: Math.min(end, spanHolding(turn, gap)?.to ?? gap) };
  const from = Math.max(height, turn.window.frontier);
  return from > end ? null : { from, to: end };
}

/** The first height to ask for, unless it is being waited with because the fault seems to be local (APPLY-3). */
export function firstWanted(turn: Pick<Turn, 'window'>): number {
  const head = headHeight(turn);
  return turn.window.trouble?.suspect?.retryAt == null ? head : head + 1;
}

/** What a block is taken to weigh that is not here yet. */
export function blockWeight({ window, config }: Pick<Turn, 'config' | 'window'>): number {
  return window.blockBytes ?? Math.min(config.blockBytesMax, BLOCK_BYTES_UNKNOWN);
}

/** What may still be asked for: what is buffered and what there is room kept for stay in bounds. */
export function roomLeft(turn: Pick<Turn, 'config' | 'window' | 'requests'>): {
  readonly blocks: number;
  readonly bytes: number;
} {
  const { bufferBytesMax, bufferBlocksMax } = turn.config;
  const { bufferedBlocks, bufferedBytes } = turn.window;
  const { inFlightBlocks, inFlightBytes } = turn.requests;
  return {
    blocks: Math.max(0, bufferBlocksMax - bufferedBlocks - inFlightBlocks),
    bytes: Math.max(0, bufferBytesMax - bufferedBytes - inFlightBytes),
  };
}

/**
 * Whether these blocks may be buffered. The one to be committed next always may, or nothing would ever drain the buffer;
 * the one at the head, when blocks below it wait for their commit, has to wait for that like any other. `keeps` is who else
 * owes them, and has room kept for them.
 */
export function hasRoomFor(turn: Turn, blocks: readonly SyncBlock[], keeps?: Request): boolean {
  if (blocks.length === 1 && blocks[0]?.height === nextHeight(turn)) return true;
  const room = roomLeft(turn);
  let bytes = 0;
  for (const block of blocks) bytes += block.bytes;
  return (keeps !== undefined || blocks.length <= room.blocks) && bytes <= room.bytes + (keeps?.bytesMax ?? 0);
}

/** Marks wanted heights as asked for. */
export function markRequested(turn: Turn, from: number, to: number, requestId: number): void {
  const span = carve(turn, from, to);
  replaceSpan(turn, span, { ...advance(span, 'Requested'), requestId });
}

/** Notes that a second peer is asked for heights that somebody owes; they lie in one span. */
export function markHedged(turn: Turn, from: number, to: number, requestId: number): void {
  const span = carve(turn, from, to);
  replaceSpan(turn, span, { ...span, hedgeId: requestId });
}

/** Nobody else is asked for them any more. */
export function endHedge(turn: Turn, span: Span, avoid: PeerId | null): void {
  replaceSpan(turn, span, { ...span, hedgeId: null, avoid: avoiding(span, avoid) });
}

/** Buffers blocks that are wanted or asked for (SYNC-3); their heights lie in one span, or beyond the frontier. */
export function receive(turn: Turn, blocks: readonly SyncBlock[], peer: PeerId, asked: boolean): void {
  const from = blocks[0]?.height ?? 0;
  const span = carve(turn, from, from + blocks.length - 1);
  const received = advance(span, 'Received');
  replaceSpan(turn, span, {
    ...received,
    requestId: null,
    hedgeId: null,
    blocks,
    peer,
    asked,
    waits: false,
    exact: false,
  });
  noteWeight(turn, blocks);
}

/** Quick to grow, slow to shrink: what is kept free for a block should rarely be too little. */
export function noteWeight(turn: Turn, blocks: readonly SyncBlock[]): void {
  let bytes = 0;
  for (const block of blocks) bytes += block.bytes;
  const average = bytes / blocks.length;
  const known = turn.window.blockBytes ?? 0;
  const { blockBytes } = turn.window;
  const next = Math.max(1, Math.ceil(average >= known ? average : known + (average - known) / 4));
  if (next !== blockBytes) turn.window = { ...turn.window, blockBytes: next };
}

/** The second peer alone owes them now; `avoid` is who failed. */
export function handOver(turn: Turn, span: Span, avoid: PeerId | null): void {
  replaceSpan(turn, span, { ...span, requestId: span.hedgeId, hedgeId: null, avoid: avoiding(span, avoid) });
}

/** Back to wanted; `avoid` is who should not be asked first. */
export function release(turn: Turn, span: Span, event: BlockRequestEvent, avoid: PeerId | null): void {
  const released: Span = {
    ...advance(span, event),
    requestId: null,
    hedgeId: null,
    workId: null,
    waits: false,
    peer: null,
    blocks: [],
    avoid: avoiding(span, avoid),
  };
  replaceSpan(turn, span, released);
  if (span.from === headHeight(turn)) useSpare(turn);
}

function avoiding(span: Span, peer: PeerId | null): readonly PeerId[] {
  return peer === null ? span.avoid : [...span.avoid.filter((id) => id !== peer), peer].slice(-AVOID_MAX);
}

/** `change` is what else becomes of the span. */
export function moveSpan(turn: Turn, span: Span, event: BlockRequestEvent, change: Partial<Span> = {}): Span {
  const moved = { ...advance(span, event), ...change };
  replaceSpan(turn, span, blockRequestChart.hasTag(moved.stage, 'over') ? null : moved);
  return moved;
}

/** It may be judged ahead now. */
export function waitNoLonger(turn: Turn, span: Span): void {
  replaceSpan(turn, span, { ...span, waits: false });
}

/** The first `count` blocks and the others, either of them null when it is empty. */
export function divide(turn: Turn, span: Span, count: number): [Span | null, Span | null] {
  if (count >= span.blocks.length) return [span, null];
  if (count <= 0) return [null, span];
  return splitSpan(turn, span, count);
}

/** Cuts a span of received blocks in two, so that its parts can go different ways. */
export function splitSpan(turn: Turn, span: Span, blocksInFirst: number): [first: Span, second: Span] {
  const cut = span.from + blocksInFirst;
  const first = { ...span, to: cut - 1, blocks: span.blocks.slice(0, blocksInFirst) };
  const second = { ...span, from: cut, exact: false, blocks: span.blocks.slice(blocksInFirst) };
  replaceSpan(turn, span, first);
  replaceSpan(turn, null, second);
  return [first, second];
}

/** Heights up to here are applied: the head is another, and spare copies of the one before are of no use. */
export function appliedUpTo(turn: Turn, height: number): void {
  if (height !== turn.window.appliedTo) turn.window = { ...turn.window, appliedTo: height, spares: [] };
}

/** The local height has grown: what was at or below it is over. */
export function dropUpTo(turn: Turn, height: number): void {
  for (;;) {
    const lowest = maps.spans.first(turn.window.spans)?.value;
    if (lowest === undefined || lowest.from > height) break;
    if (lowest.to > height) replaceSpan(turn, lowest, above(lowest, height));
    else moveSpan(turn, lowest, 'Dropped');
  }
  const { frontier, appliedTo, trouble } = turn.window;
  turn.window = {
    ...turn.window,
    frontier: Math.max(frontier, height + 1),
    appliedTo: Math.max(appliedTo, height),
    spares: appliedTo < height ? [] : turn.window.spares,
    trouble: trouble !== null && trouble.height <= height ? null : trouble,
  };
}

/** Sync is over: everything but what the executor has begun is let go (MODE-7). */
export function closeWindow(turn: Turn): void {
  const head = headHeight(turn);
  for (const { value: span } of maps.spans.entries(turn.window.spans)) {
    const { stage, from } = span;
    const keep = blockRequestChart.hasTag(stage, 'begun') || (from === head && blockRequestChart.hasTag(stage, 'held'));
    if (!keep) moveSpan(turn, span, 'Dropped');
  }
  const kept = maps.spans.last(turn.window.spans)?.value;
  turn.window = { ...turn.window, frontier: kept === undefined ? turn.local.maxHeight + 1 : kept.to + 1 };
}

/** What a banned peer sent and nobody has checked is wanted again, of somebody else. */
export function distrust(turn: Turn, peer: PeerId): void {
  const spares = turn.window.spares.filter((spare) => spare.peer !== peer);
  turn.window = { ...turn.window, spares };
  for (const { value: span } of maps.spans.entries(turn.window.spans)) {
    const unchecked = blockRequestChart.accepts(span.stage, 'Distrusted');
    if (span.peer === peer && unchecked) release(turn, span, 'Distrusted', peer);
  }
}

/** What is left of a span when consensus decided its first heights. */
function above(span: Span, height: number): Span {
  const from = height + 1;
  return { ...span, from, exact: false, blocks: span.blocks.slice(from - span.from) };
}

/** Takes a spare copy of the block at the head, which is missing, as soon as there is room. */
export function useSpare(turn: Turn): void {
  const [spare, ...spares] = turn.window.spares;
  if (spare === undefined || !inMode(turn, 'takesBlocks') || !hasRoomFor(turn, [spare.block])) return;
  turn.window = { ...turn.window, spares };
  receive(turn, [spare.block], spare.peer, spare.asked);
}

/** Cuts `from..to` out of the span without blocks that holds it, or out of the untouched heights at the frontier. */
export function carve(turn: Turn, from: number, to: number): Span {
  const known = spanHolding(turn, from);
  if (known === undefined) return carveFrontier(turn, from, to);
  if (known.blocks.length > 0 || known.to < to)
    throw new Error(`${from}..${to} cannot be cut out of ${known.from}..${known.to}`);
  const piece: Span = { ...known, from, to };
  if (known.from === from && known.to === to) return known;
  replaceSpan(turn, known, known.from < from ? { ...known, to: from - 1 } : piece);
  if (known.from < from) replaceSpan(turn, null, piece);
  if (known.to > to) replaceSpan(turn, null, { ...known, from: to + 1 });
  return piece;
}

function carveFrontier(turn: Turn, from: number, to: number): Span {
  const { frontier } = turn.window;
  if (from < frontier) throw new Error(`height ${from} is below the frontier ${frontier} and has no span`);
  const fresh = (first: number, last: number): Span => ({
    from: first,
    to: last,
    stage: blockRequestChart.initial,
    requestId: null,
    hedgeId: null,
    workId: null,
    waits: false,
    exact: false,
    peer: null,
    asked: false,
    blocks: [],
    avoid: [],
  });
  // Heights skipped because nobody there has them stay wanted.
  if (from > frontier) replaceSpan(turn, null, fresh(frontier, from - 1));
  const span = fresh(from, to);
  replaceSpan(turn, null, span);
  turn.window = { ...turn.window, frontier: to + 1 };
  return span;
}

function advance(span: Span, event: BlockRequestEvent): Span {
  const { accepted, value: stage } = blockRequestChart.advance(span.stage, event);
  if (!accepted) throw new Error(`heights ${span.from}..${span.to} are ${span.stage}, where ${event} cannot happen`);
  return { ...span, stage };
}

/** The one way the window's spans change: the spans, the indexes over them and the buffer's counts, in step. */
function replaceSpan(turn: Turn, before: Span | null, after: Span | null): void {
  const { window } = turn;
  let { spans, wanted, unverified, bufferedBlocks, bufferedBytes } = window;
  if (before !== null) {
    if (after?.from !== before.from) spans = maps.spans.delete(spans, before.from);
    if (before.stage === 'wanted') wanted = maps.heights.delete(wanted, before.from);
    if (isUnverified(before)) unverified = maps.heights.delete(unverified, before.from);
  }
  if (after !== null) {
    spans = maps.spans.set(spans, after.from, after);
    if (after.stage === 'wanted') wanted = maps.heights.set(wanted, after.from, null);
    if (isUnverified(after)) unverified = maps.heights.set(unverified, after.from, null);
  }
  if (before?.blocks !== after?.blocks) {
    bufferedBlocks += (after?.blocks.length ?? 0) - (before?.blocks.length ?? 0);
    bufferedBytes += (after === null ? 0 : bytesOf(after)) - (before === null ? 0 : bytesOf(before));
  }
  const { appliedTo, blockBytes, frontier, spares, trouble } = window;
  turn.window = {
    spans,
    wanted,
    unverified,
    appliedTo,
    blockBytes,
    frontier,
    bufferedBlocks,
    bufferedBytes,
    spares,
    trouble,
  };
}

function isUnverified(span: Span): boolean {
  return span.stage === 'received' && !span.waits;
}

function bytesOf(span: Span): number {
  let bytes = 0;
  for (const block of span.blocks) bytes += block.bytes;
  return bytes;
}
