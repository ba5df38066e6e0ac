import { FOR_THE_TYPE, INVARIANT, linesOf, TEXT } from './line.ts';

const spares = linesOf('src/core/spares.ts');
const hostFaults = linesOf('src/core/host-faults.ts');
const ownChain = linesOf('src/core/own-chain.ts');
const workDone = linesOf('src/core/work-done.ts');
const blame = linesOf('src/core/blame.ts');
const pipeline = linesOf('src/core/pipeline.ts');
const trouble = linesOf('src/core/trouble.ts');
const window = linesOf('src/core/window.ts');

const WORK_ID =
  'same outcome: the number of a work that is over is of no other, so that nothing is taken for a part of it again';
const SEARCHED = 'shortcut: to delete what is not there changes nothing';

export const BLOCK_SURVIVORS = [
  blame('same outcome: blocks that were checked have a sender', 'if (peer !== null) {'),
  blame(
    `${INVARIANT}, and its text`,
    "if (peer === null || block === undefined) throw new Error('blocks that were checked have a sender');",
  ),
  blame(
    'same outcome: what went wrong is remembered of the head, and this is the head',
    'const before = turn.window.trouble?.height === span.from ? turn.window.trouble : null;',
  ),
  blame(INVARIANT, 'if (trouble === null) return;'),
  blame(
    'same outcome: only called where something went wrong; and no charge is of an entry that is none',
    'for (const each of turn.window.trouble?.unapplied ?? []) {',
  ),

  trouble(
    'same outcome: what is remembered is of the head, or goes when the head moves',
    'const trouble = turn.window.trouble?.height === height ? turn.window.trouble : null;',
  ),

  pipeline(
    'same outcome: `exact` is read of verification only',
    "turn.work = { ...turn.work, executing: { id: workId, kind: 'rollback', from, to: from, exact: false } };",
  ),
  pipeline(
    'same outcome: `exact` is read of verification only',
    "turn.work = { ...turn.work, executing: { id: workId, kind: 'apply', from, to, exact: true } };",
  ),
  pipeline(
    'same outcome: `exact` is read of verification only',
    "turn.work = { ...turn.work, committing: { id: workId, kind: 'commit', from, to, exact: true } };",
  ),
  pipeline(
    'same outcome: while something is executed the block at the head is not verified but applying; what is to be rolled back is being rolled back by now',
    'if (turn.work.executing !== null || turn.host.rollbackTo !== null) return;',
  ),
  pipeline(
    'same outcome: as above; each of the two conditions holds when the other does, as far as the block at the head is received',
    'const isSettled = turn.work.executing === null && turn.host.rollbackTo === null;',
  ),
  pipeline(
    'a matter of speed: what does not link is in another piece of work, while it is verified too',
    "if (!follows || (first.stage === 'verified' && !isLinked(run[run.length - 1], next))) break;",
  ),
  pipeline(FOR_THE_TYPE, 'return { from: run[0]?.from ?? 0, to: run[run.length - 1]?.to ?? 0, blocks };'),
  pipeline(FOR_THE_TYPE, 'let parentId = before?.blocks[before.blocks.length - 1]?.id;'),
  pipeline(FOR_THE_TYPE, 'const block = bad?.blocks[0];'),
  pipeline(FOR_THE_TYPE, 'if (bad === null || block === undefined) return;'),
  workDone('same outcome: blocks that were checked have a sender', 'if (certified.peer !== null && certified.asked) {'),
  workDone(FOR_THE_TYPE, "settleSpares(turn, span.blocks[0]?.contentId ?? '');"),
  workDone(WORK_ID, "moveSpan(turn, refused, 'HostFailed', { workId: null });"),
  workDone(WORK_ID, "if (others !== null) moveSpan(turn, others, 'Postponed', { workId: null });"),
  workDone(FOR_THE_TYPE, 'if (first === null) return;'),
  workDone(
    'same outcome: the number alone says which work it was',
    "if (work?.id !== event.workId || work.kind !== 'apply') return;",
  ),
  workDone(
    'same outcome: the number alone says which work it was',
    "if (work?.id !== event.workId || work.kind !== 'rollback') return;",
  ),
  workDone(
    'same outcome: past the last block both sides are undefined once, and a count above the length is taken as the length',
    'while (matching < span.blocks.length && computed(span.from + matching) === span.blocks[matching]?.id) matching++;',
  ),
  workDone(
    'same outcome: whether it was checked in its turn is set anew when it is verified; and the number, as above',
    "moveSpan(turn, first, 'Outdated', { workId: null, exact: false });",
  ),
  workDone('same outcome: who does not wait does not wait', 'else if (span.waits) waitNoLonger(turn, span);'),
  workDone(
    'same outcome: the block at the head is received, and does not wait; the one below it is applied',
    'for (const span of [...spansWithin(turn, headHeight(turn) + 1, turn.window.frontier)]) {',
  ),
  workDone(
    'what went wrong is of the head, and above what is passed only where consensus had some undone: then it is forgotten a little sooner',
    'if (trouble === null || trouble.height > span.to) return;',
  ),
  workDone(FOR_THE_TYPE, 'if (block !== undefined) acquit(turn, block.contentId);'),
  workDone('same outcome: with no block left of it there is nothing to add', 'if (spans.length === 0) return;'),
  workDone(FOR_THE_TYPE, "const id = blocks[blocks.length - 1]?.id ?? '';"),
  workDone(
    'same outcome: nobody is called null',
    'const peer = span.peer === null ? undefined : connectedPeer(turn, span.peer);',
  ),
  workDone(
    'same outcome: null is below any height, and null is then set to null',
    'rollbackTo: rollbackTo !== null && rollbackTo < work.from - 1 ? rollbackTo : null,',
    'true',
  ),
  ownChain('same outcome: the two are known to differ there', 'if (height < nextHeight(turn)) return;'),
  hostFaults(
    'same outcome: null is before now, and null is then set to null',
    'if (turn.host.retryAt !== null && turn.host.retryAt <= now) turn.host = { ...turn.host, retryAt: null };',
  ),
  hostFaults(
    'same outcome: null is before now, and null is then set to null',
    'if (trouble?.suspect != null && trouble.suspect.retryAt !== null && trouble.suspect.retryAt <= now) {',
  ),
  workDone(
    'the words of a charge; that there is one is tested',
    "const message = `executing height ${span.from} gave ${computed ?? 'no state'}, its header names ${block?.id ?? '?'}`;",
  ),
  ownChain(
    `${INVARIANT}, and its text`,
    'if (height !== maxHeight + 1) throw new Error(`height ${height} cannot follow ${maxHeight}`);',
  ),
  ownChain('same outcome: nobody was charged with content without a name', 'if (contentId !== undefined) {'),

  window(
    `${INVARIANT}, and its text`,
    'if (block === undefined) throw new Error(`height ${appliedTo} is applied, but not here`);',
  ),
  window(FOR_THE_TYPE, 'const block = span?.blocks[appliedTo - span.from];'),
  window(
    'same outcome: `firstWanted` gives the head, whose span begins there, and what follows begins where a span does',
    "const gap = holding?.stage === 'wanted' ? height : maps.heights.atOrAfter(turn.window.wanted, height)?.key;",
  ),
  window(
    'same outcome: nothing beyond the end of the window is ever wanted, and a wanted height has its span',
    'if (gap !== undefined) return gap > end ? null : { from: gap, to: Math.min(end, spanHolding(turn, gap)?.to ?? gap) };',
  ),
  window(FOR_THE_TYPE, 'if (blocks.length === 1 && blocks[0]?.height === nextHeight(turn)) return true;'),
  window(
    'as with the room that is left; and who else owes the blocks has kept room for at least these',
    'return (keeps !== undefined || blocks.length <= room.blocks) && bytes <= room.bytes + (keeps?.bytesMax ?? 0);',
  ),
  window(FOR_THE_TYPE, 'const from = blocks[0]?.height ?? 0;'),
  window('same outcome: it is set when it is verified, and read only after', 'exact: false,'),
  window(
    'same outcome: equal weights give the same mean',
    'const next = Math.max(1, Math.ceil(average >= known ? average : known + (average - known) / 4));',
  ),
  window(
    'shortcut: the same weight is noted again',
    'if (next !== blockBytes) turn.window = { ...turn.window, blockBytes: next };',
  ),
  window('same outcome: it is set when blocks come, and read only after', 'waits: false,'),
  window(
    'same outcome: at the same height there are no spares but of that height, which then were let go for nothing',
    'if (height !== turn.window.appliedTo) turn.window = { ...turn.window, appliedTo: height, spares: [] };',
  ),
  spares("callers only ask whether it was 'unwanted'", "if (!hasRoomFor(turn, [block])) return 'unwanted';"),
  spares("callers only ask whether it was 'unwanted'", "return 'taken';"),
  spares("callers only ask whether it was 'unwanted'", "return 'spare';"),
  window(
    'same outcome: blocks are applied before they are committed, and spares go then; consensus, which commits without, leaves the head where `appliedUpTo` puts it',
    'spares: appliedTo < height ? [] : turn.window.spares,',
  ),
  window(
    'the rest of a span of which consensus decided the first heights: it is verified again before anything asks',
    'return { ...span, from, exact: false, blocks: span.blocks.slice(from - span.from) };',
  ),
  window(
    'same outcome: the block at the head has room unless others below it wait for their commit',
    "if (spare === undefined || !inMode(turn, 'takesBlocks') || !hasRoomFor(turn, [spare.block])) return;",
  ),
  window(INVARIANT, 'if (known.blocks.length > 0 || known.to < to)'),
  window(TEXT, 'throw new Error(`${from}..${to} cannot be cut out of ${known.from}..${known.to}`);'),
  window(
    'shortcut: the whole of a span is cut out of itself',
    'if (known.from === from && known.to === to) return known;',
  ),
  window(
    'same outcome: an empty piece is written over at once',
    'replaceSpan(turn, known, known.from < from ? { ...known, to: from - 1 } : piece);',
  ),
  window(
    'same outcome: a piece that begins where its span did is written twice',
    'if (known.from < from) replaceSpan(turn, null, piece);',
  ),
  window(
    'same outcome: an empty piece is written over at once',
    'if (known.to > to) replaceSpan(turn, null, { ...known, from: to + 1 });',
  ),
  window(
    `${INVARIANT}, and its text`,
    'if (from < frontier) throw new Error(`height ${from} is below the frontier ${frontier} and has no span`);',
  ),
  window('same outcome: it is set when blocks come, and read only after', 'asked: false,'),
  window(
    'same outcome: an empty piece at the frontier is written over at once',
    'if (from > frontier) replaceSpan(turn, null, fresh(frontier, from - 1));',
  ),
  window(
    `${INVARIANT}, and its text`,
    'if (!accepted) throw new Error(`heights ${span.from}..${span.to} are ${span.stage}, where ${event} cannot happen`);',
  ),
  window(
    'shortcut: deleted and set again',
    'if (after?.from !== before.from) spans = maps.spans.delete(spans, before.from);',
  ),
  window(SEARCHED, "if (before.stage === 'wanted') wanted = maps.heights.delete(wanted, before.from);"),
  window(SEARCHED, 'if (isUnverified(before)) unverified = maps.heights.delete(unverified, before.from);'),
  window('shortcut: the same blocks are taken off and added again', 'if (before?.blocks !== after?.blocks) {'),
] as const;
