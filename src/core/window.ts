import type { BlockRequestEvent } from '../../machines/block-request.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import { blockRequestChart } from './advance.ts';
import type { Span, Trouble } from './facts.ts';
import { maps } from './facts.ts';
import type { Turn } from './turn.ts';
import { inMode, nextHeight } from './turn.ts';

/** How many peers that failed a height are remembered with it, and how many spare copies of the next block are kept. */
const AVOID_MAX = 8;
const SPARES_MAX = 4;

/** How far ahead of the local height blocks are asked for, and how many requests that takes (SYNC-2). */
export function windowBounds(turn: Pick<Turn, 'config'>): { readonly blocks: number; readonly inFlight: number } {
  const { strategy, bufferBlocksMax, inFlightMax, requestBlocksMax } = turn.config;
  return strategy === 'synchronous'
    ? { blocks: requestBlocksMax, inFlight: 1 }
    : { blocks: bufferBlocksMax, inFlight: inFlightMax };
}

export function spanAt(turn: Pick<Turn, 'window'>, from: number): Span | undefined {
  return maps.spans.get(turn.window.spans, from);
}

/** The span that holds this height, wanted or not; undefined beyond the frontier. */
export function spanHolding(turn: Pick<Turn, 'window'>, height: number): Span | undefined {
  const span = maps.spans.atOrBefore(turn.window.spans, height)?.value;
  return span !== undefined && span.to >= height ? span : undefined;
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

/** Bytes that may still be asked for: what is buffered and what is in flight, taken at its largest, stays in bounds. */
export function blocksOfRoom(turn: Turn): number {
  const { bufferBytesMax, bufferBlocksMax, blockBytesMax } = turn.config;
  const { bufferedBlocks, bufferedBytes } = turn.window;
  const { inFlightBlocks } = turn.requests;
  const byBytes = Math.floor((bufferBytesMax - bufferedBytes) / blockBytesMax) - inFlightBlocks;
  return Math.max(0, Math.min(byBytes, bufferBlocksMax - bufferedBlocks - inFlightBlocks));
}

/** Marks wanted heights as asked for. */
export function markRequested(turn: Turn, from: number, to: number, requestId: number): void {
  const span = takeWanted(turn, from, to);
  replaceSpan(turn, span, { ...advance(span, 'Requested'), requestId });
}

/** Buffers blocks that were wanted or asked for (SYNC-3). */
export function receive(turn: Turn, from: number, blocks: readonly SyncBlock[], peer: PeerId, asked: boolean): void {
  const to = from + blocks.length - 1;
  const held = spanAt(turn, from);
  const span = held === undefined || held.stage === 'wanted' ? takeWanted(turn, from, to) : shorten(turn, held, to);
  replaceSpan(turn, span, { ...advance(span, 'Received'), requestId: null, blocks, peer, asked });
}

/** Back to wanted; `avoid` is who should not be asked first. */
export function release(turn: Turn, span: Span, event: BlockRequestEvent, avoid: PeerId | null): void {
  const others = span.avoid.filter((id) => id !== avoid);
  const released: Span = {
    ...advance(span, event),
    requestId: null,
    peer: null,
    blocks: [],
    avoid: avoid === null ? others : [...others, avoid].slice(-AVOID_MAX),
  };
  replaceSpan(turn, span, released);
  if (span.from === nextHeight(turn)) useSpare(turn);
}

export function moveSpan(turn: Turn, span: Span, event: BlockRequestEvent): Span {
  const moved = advance(span, event);
  replaceSpan(turn, span, blockRequestChart.hasTag(moved.stage, 'over') ? null : moved);
  return moved;
}

/** Cuts a span of received blocks in two, so that its parts can go different ways. */
export function splitSpan(turn: Turn, span: Span, blocksInFirst: number): [first: Span, second: Span] {
  const cut = span.from + blocksInFirst;
  const first = { ...span, to: cut - 1, blocks: span.blocks.slice(0, blocksInFirst) };
  const second = { ...span, from: cut, blocks: span.blocks.slice(blocksInFirst) };
  replaceSpan(turn, span, first);
  replaceSpan(turn, null, second);
  return [first, second];
}

/**
 * A copy of the next block from whoever had it: used when nothing better is in work, else kept as a spare. Copies that
 * were asked for go before announced ones, and push them out, so that no announcement can crowd an answer out (A35).
 */
export function offerNextBlock(
  turn: Turn,
  peer: PeerId,
  block: SyncBlock,
  asked: boolean,
): 'taken' | 'spare' | 'unwanted' {
  const span = spanHolding(turn, block.height);
  if (span === undefined || span.stage === 'wanted' || (span.stage === 'requested' && span.to === span.from)) {
    receive(turn, block.height, [block], peer, asked);
    return 'taken';
  }
  const { spares } = turn.window;
  const twice = span.peer === peer || spares.some((spare) => spare.peer === peer);
  const before = spares.filter((spare) => spare.asked || !asked);
  if (twice || before.length >= SPARES_MAX) return 'unwanted';
  const after = spares.filter((spare) => !before.includes(spare));
  turn.window = { ...turn.window, spares: [...before, { peer, block, asked }, ...after].slice(0, SPARES_MAX) };
  return 'spare';
}

/** The local height has grown: what was at or below it is over. */
export function dropUpTo(turn: Turn, height: number): void {
  for (;;) {
    const lowest = maps.spans.first(turn.window.spans)?.value;
    if (lowest === undefined || lowest.from > height) break;
    if (lowest.to > height) replaceSpan(turn, lowest, above(lowest, height));
    else moveSpan(turn, lowest, 'Dropped');
  }
  const frontier = Math.max(turn.window.frontier, height + 1);
  turn.window = { ...turn.window, frontier, spares: [], trouble: null };
}

/** Sync is over: everything but what the executor is at is let go (MODE-7). */
export function closeWindow(turn: Turn): void {
  for (const { value: span } of maps.spans.entries(turn.window.spans)) {
    const keep = span.from === nextHeight(turn) && blockRequestChart.hasTag(span.stage, 'held');
    if (!keep) moveSpan(turn, span, 'Dropped');
  }
  const kept = maps.spans.last(turn.window.spans)?.value;
  turn.window = { ...turn.window, frontier: kept === undefined ? nextHeight(turn) : kept.to + 1 };
}

/** Notes what went wrong at the next height, for `whyNotSynced()` and the choice of peers. */
export function noteTrouble(turn: Turn, code: Trouble['code'], peer: PeerId, more: Partial<Trouble> = {}): void {
  const { trouble } = turn.window;
  const peers = [...(trouble?.peers ?? []).filter((id) => id !== peer), peer].slice(-2 * AVOID_MAX);
  turn.window = {
    ...turn.window,
    trouble: {
      height: nextHeight(turn),
      code,
      peers,
      unapplied: trouble?.unapplied ?? [],
      suspect: trouble?.suspect ?? null,
      ...more,
    },
  };
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

/** What is left of a span when consensus decided its first heights: only what nobody has begun to work on is kept. */
function above(span: Span, height: number): Span {
  const rest = { ...span, from: height + 1, requestId: null };
  if (span.stage === 'received') return { ...rest, blocks: span.blocks.slice(rest.from - span.from) };
  return { ...rest, stage: blockRequestChart.initial, peer: null, blocks: [] };
}

function useSpare(turn: Turn): void {
  const [spare, ...spares] = turn.window.spares;
  if (spare === undefined || !inMode(turn, 'takesBlocks')) return;
  turn.window = { ...turn.window, spares };
  receive(turn, spare.block.height, [spare.block], spare.peer, spare.asked);
}

/** Carves `from..to` out of the wanted span that holds it, or out of the untouched heights at the frontier. */
function takeWanted(turn: Turn, from: number, to: number): Span {
  const known = spanHolding(turn, from);
  if (known !== undefined) {
    const rest = { ...known, from };
    if (known.from < from) {
      replaceSpan(turn, known, { ...known, to: from - 1 });
      replaceSpan(turn, null, rest);
    }
    return shorten(turn, rest, to);
  }
  const { frontier } = turn.window;
  if (from < frontier) throw new Error(`height ${from} is below the frontier ${frontier} and has no span`);
  const fresh = (first: number, last: number): Span => ({
    from: first,
    to: last,
    stage: blockRequestChart.initial,
    requestId: null,
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

/** Cuts the span off after `to`; the rest is wanted again. */
function shorten(turn: Turn, span: Span, to: number): Span {
  if (span.to <= to) return span;
  const rest: Span = { ...span, from: to + 1, stage: blockRequestChart.initial, requestId: null };
  const head: Span = { ...span, to };
  replaceSpan(turn, span, head);
  replaceSpan(turn, null, rest);
  return head;
}

function advance(span: Span, event: BlockRequestEvent): Span {
  const { accepted, value: stage } = blockRequestChart.advance(span.stage, event);
  if (!accepted) throw new Error(`heights ${span.from}..${span.to} are ${span.stage}, where ${event} cannot happen`);
  return { ...span, stage };
}

/** The one way the window's spans change: the spans, the index of wanted ones and the buffer's counts, in step. */
function replaceSpan(turn: Turn, before: Span | null, after: Span | null): void {
  const { frontier, spares, trouble } = turn.window;
  let { spans, wanted, bufferedBlocks, bufferedBytes } = turn.window;
  if (before !== null) {
    if (after === null || after.from !== before.from) spans = maps.spans.delete(spans, before.from);
    if (before.stage === 'wanted') wanted = maps.heights.delete(wanted, before.from);
  }
  if (after !== null) {
    spans = maps.spans.set(spans, after.from, after);
    if (after.stage === 'wanted') wanted = maps.heights.set(wanted, after.from, null);
  }
  if (before?.blocks !== after?.blocks) {
    bufferedBlocks += (after?.blocks.length ?? 0) - (before?.blocks.length ?? 0);
    bufferedBytes += (after === null ? 0 : bytesOf(after)) - (before === null ? 0 : bytesOf(before));
  }
  turn.window = { spans, wanted, frontier, bufferedBlocks, bufferedBytes, spares, trouble };
}

function bytesOf(span: Span): number {
  let bytes = 0;
  for (const block of span.blocks) bytes += block.bytes;
  return bytes;
}
