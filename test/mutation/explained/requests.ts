import { FOR_THE_TYPE, INVARIANT, linesOf } from './line.ts';

const answers = linesOf('src/core/answers.ts');
const askSize = linesOf('src/core/ask-size.ts');
const clock = linesOf('src/core/clock.ts');
const hedge = linesOf('src/core/hedge.ts');
const live = linesOf('src/core/live.ts');
const recent = linesOf('src/core/recent.ts');
const requests = linesOf('src/core/requests.ts');
const schedule = linesOf('src/core/schedule.ts');
const serve = linesOf('src/core/serve.ts');
const silence = linesOf('src/core/silence.ts');

export const REQUEST_SURVIVORS = [
  answers(
    'it takes a late answer of a third peer, without room for it, while a second request is under way: that one is sent again then',
    'else if (hedgeId === request.id) endHedge(turn, carve(turn, from, to), null);',
  ),
  answers(
    'same outcome: only spans without blocks within the answer are gone through, and none of them begins above it',
    'const last = first + blocks.length - 1;',
  ),
  answers(
    'what is owed has its room; without that the same room is found free, unless the buffer is full just then',
    'const owed = span.requestId === request.id && request.deadline !== null && bytes <= request.bytesMax;',
  ),
  answers(
    'same outcome: no block at all always has room',
    'while (!owed && fits > 0 && !hasRoomFor(turn, missing.slice(0, fits), keeps)) fits--;',
  ),
  answers(FOR_THE_TYPE, 'if (isCertified && held.blocks[block.height - held.from]?.contentId === block.contentId) {'),
  answers(
    'same outcome: above the head nothing is undefined that was just taken, and what was not has no certificate',
    "const isCertified = held !== undefined && blockRequestChart.hasTag(held.stage, 'certified');",
  ),
  answers(
    'same outcome: an answer comes only of who is connected',
    'if (peer !== undefined && block.height >= (peer.disputedFrom ?? Infinity))',
  ),

  askSize(
    'a matter of speed: how much a peer of unknown speed is asked for at first',
    'return Math.min(most, inFlight === 0 ? requestBlocksFirst : Math.max(1, Math.floor(requestBlocksFirst / 2)));',
  ),

  clock(
    'a timer that is not set is cleared once more, which does nothing',
    "for (const timer of TIMERS) if (armed[timer] !== null) emit(turn, { type: 'clearTimer', timer });",
  ),
  clock('shortcut: the timers are looked at, and are all set', 'if (nothingIsDueOtherwise(turn)) return;'),
  clock(
    'shortcut, as above',
    'function nothingIsDueOtherwise({ before, control, clock, peers, requests, host, window }: Turn): boolean {',
  ),
  clock('shortcut, as above', 'if (control !== before.control || clock.armed !== before.clock.armed) return false;'),
  clock(
    'shortcut, as above; and whatever changes a request changes its peer',
    'if (peers !== before.peers || requests !== before.requests) return false;',
  ),
  clock(
    'shortcut, as above; a suspect state is noted with what changes the peers',
    'return host === before.host && window === before.window;',
  ),

  hedge('shortcut: there is no spare to use', 'if (turn.window.spares.length === 0) return;'),
  hedge(
    'same outcome: a head that is wanted takes its spare at once, in `release`; this is for one that had no room then',
    "if (head === undefined || head.stage === 'wanted') return useSpare(turn);",
  ),
  hedge(FOR_THE_TYPE, 'return last !== undefined && (last[0].skipped || overdueAt(...last) <= turn.clock.now);'),
  hedge(
    'how many are looked at: no test has more than 64 spans in flight with nothing left to ask for',
    'if (++looked > HEDGE_LOOK_MAX || !mayHedge(turn)) return;',
  ),
  hedge(
    'same outcome: of what is not in flight nothing is owed, and what is asked of two already is asked of no third that is much sooner than both',
    "if (span.stage === 'requested' && span.hedgeId === null) hedgeSpan(turn, span);",
  ),
  hedge(
    'a matter of speed, when the very last height is all that is left',
    'return wanted !== null && wanted.from <= (turn.aggregate?.maxHeight ?? 0) ? wanted.from : null;',
  ),
  hedge(
    'a matter of speed, when there is room for one block and nobody to ask for it',
    'return next !== null && roomFor(turn, next).blocks >= 1;',
  ),
  hedge(FOR_THE_TYPE, 'if (last === undefined) return;'),
  hedge(FOR_THE_TYPE, 'const to = Math.min(span.to, span.from + blocks - 1, peer.claim?.maxHeight ?? 0);'),
  hedge(
    'a matter of speed: how long the second peer is thought to take',
    'const soonerMs = expectedMs(peer, (span.to - span.from + 1) * blockWeight(turn));',
  ),
  hedge(
    'a matter of speed: whether a few milliseconds are worth a request',
    'return soonerMs <= leftMs * HEDGE_SHARE && leftMs - soonerMs >= HEDGE_SAVES_MS;',
  ),
  hedge(
    'same outcome: what is not a request has no last one that could be overdue',
    "const owed = head?.stage === 'requested' ? owedOf(facts, head) : [];",
  ),
  hedge(
    'a timer that fires too early finds nothing due',
    'const isOther = (id: PeerId) => owed.every(([{ peer }]) => peer !== id);',
  ),

  live(
    'same outcome: the verdict then goes to the pipeline, which drops it: its id is not that of any work in hand',
    'return true;',
  ),
  live(
    'same outcome: only called for heights that are not the next one',
    "if (event.block.height < next) return reject(turn, event, 'DUPLICATE');",
  ),

  recent(FOR_THE_TYPE, 'const first = blocks[0]?.height ?? 0;'),

  requests(INVARIANT, 'if (peer !== undefined && isGivingOthers(turn, peer, request)) return false;'),
  requests(
    'same outcome: nothing was sent before 0, which null is compared as',
    'return peer.flow.heardAt !== null && peer.flow.heardAt > request.sentAt;',
  ),
  requests(
    'same outcome: only of a refuted claim is there a time for a probe, and only by a probe may such a peer be asked',
    "putPeer(turn, purpose === 'probe' ? { ...owing, probeAt: null, probeDue: false } : owing);",
  ),
  requests(
    'same outcome: a deadline that stays the same is deleted and set again; a part of a late answer has none to move',
    'const isMoved = rest.deadline !== null && request.deadline !== null && rest.deadline !== request.deadline;',
  ),
  requests(
    'same outcome: other requests are not of peers whose claim is refuted and has no probe to come',
    '} else if (isTrial(request)) {',
  ),
  requests(
    'same outcome: a span that this request does not hedge ends no hedge that is in flight',
    'if (span.hedgeId === request.id) endHedge(turn, span, avoid);',
  ),
  requests(
    'same outcome: a hedge is for one span, or for its beginning, which is cut off then',
    'return hedge !== undefined && hedge.from <= from && to <= hedge.to ? hedge : undefined;',
  ),
  requests('same outcome: a request that is one already is made one again', "if (hedge.purpose !== 'hedge') return;"),
  requests('same outcome: the request that was answered is closed by then', 'if (id >= answered.id) return;'),
  requests(
    `${INVARIANT}; and who is late already has no deadline that could be skipped`,
    'if (request === undefined || request.deadline === null || request.begun || isTrial(request)) continue;',
  ),
  requests(
    'same outcome: nothing is expected of it any more, so that nothing is taken off twice',
    'if (request.skipped) return;',
  ),
  requests(
    'a default: a probe that decided nothing is sent again later than it could be',
    'export function trialUndecided(turn: Turn, request: Request, ofNoUse = false): void {',
  ),
  requests(
    'same outcome: trials are of the connected, and who has a time for its probe has no trial under way',
    "if (peer === undefined || !peerIs(peer, 'claimRefuted') || peer.probeAt !== null) return;",
  ),
  requests(
    FOR_THE_TYPE,
    "if (result === 'sendFailed') return isTrial(request) || (peer?.sendFailures ?? 0) >= SEND_FAILURES_MAX;",
  ),
  requests(
    'same outcome: who left owes nothing that could time out',
    "return isHead || isTrial(request) || (peer !== undefined && !peerIs(peer, 'claimTested'));",
  ),
  requests(
    'shortcut: to delete what is not there changes nothing',
    'deadlines: request.deadline === null ? deadlines : maps.deadlines.delete(deadlines, [request.deadline, request.id]),',
  ),
  requests(
    'shortcut: only a request that is over late adds to what is remembered',
    'if (expires) forgetOldExpired(turn, request.peer);',
  ),

  schedule(
    'same outcome: who is refuted while it owes as much as it may has sent a bad block, and is not asked for a while',
    'return isNext && peer.inFlight < turn.config.inFlightPerPeerMax;',
  ),
  schedule(
    'same outcome: nobody may be asked in the other modes, and no claim is due',
    "if (!inMode(turn, 'takesBlocks')) return;",
  ),
  schedule('nobody is called that', 'const avoid = spanHolding(turn, run.from)?.avoid ?? [];'),
  schedule(FOR_THE_TYPE, 'const to = Math.min(run.to, run.from + blocksMax - 1, peer.claim?.maxHeight ?? run.from);'),
  schedule(
    'same outcome: the lowest wanted height at or after it is looked for, and those just asked for are not wanted',
    'from = to + 1;',
  ),
  schedule(
    'a claim is tested a little early by a block that the node suspects: the answer waits for its time',
    'if (turn.window.trouble?.suspect?.retryAt != null) return;',
  ),
  schedule(
    'shortcut: the search that it saves finds nobody',
    'if (!anyClaims(turn.peers.untested, next) || !anyClaims(turn.peers.starts, next)) return;',
  ),
  schedule(
    'same outcome: claims are tested in settled modes, in which nothing else is asked for',
    'const testing = () => turn.requests.inFlight - turn.requests.inFlightSync;',
  ),
  schedule(
    'as above; there are fewer tests at a time than requests may be in flight, unless those are fewer than four',
    'while (testing() < testsMax && turn.requests.inFlight < inFlightMax) {',
  ),
  schedule(
    'same outcome: a claim that is tested counts in the target, so that the node is not settled below it',
    "return !peerIs(peer, 'claimTested') && peer.trial === null;",
  ),
  schedule(
    'same outcome: whose probe is due is connected, may be asked and claims, or its claim is looked at when it comes due',
    "if (peer.claim === null || !peerIs(peer, 'mayBeAsked')) return null;",
  ),
  serve(
    'same outcome: there is a line and room at once only beyond the 64 that are looked at',
    'if (peer.queued === 0 && begin(turn, request)) return;',
  ),
  serve('same outcome: who is being served is remembered until it has been', 'if (peer !== undefined) {'),
  serve(
    'shortcut: the search that it saves finds nothing; only called for peers that are known',
    'if (peer === undefined || peer.queued === 0) return;',
  ),
  serve(
    'same outcome: what a peer has in line goes when it leaves, so whoever is in line is known',
    'if (peer !== undefined) putPeer(turn, { ...peer, queued: peer.queued - 1 });',
  ),
  serve(
    'same outcome: what a peer has in line goes when it leaves, so whoever is in line is connected',
    'if (peer === undefined || servingRoom(turn, peer) < 1) return false;',
  ),
  silence('a matter of speed: how many requests are looked at', 'if (++requests > LOOK_MAX) return;'),
] as const;
