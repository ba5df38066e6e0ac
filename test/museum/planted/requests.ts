import type { Bug } from '../bug.ts';

/** In what is asked of whom, and until when. */
export const PLANTED_IN_REQUESTS: readonly Bug[] = [
  {
    id: 'drip',
    title: 'every part of an answer extends its deadline, without end',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'Math.min(now + requestTimeoutMs(turn, peer, 0), request.sentAt + requestTimeoutMsMax)',
        replace: 'now + requestTimeoutMs(turn, peer, 0)',
      },
    ],
    stage: 'network',
    breaks: ['requests-end-in-time'],
  },
  {
    id: 'send-failures-sum',
    title: 'sends that failed are never forgotten, whatever the peer answers in between',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "result === 'answered' ? 0 : peer.sendFailures",
        replace: 'peer.sendFailures',
      },
    ],
    stage: 'network',
    breaks: ['few-failed-sends-are-forgiven'],
  },
  {
    id: 'begun-refutes',
    title: 'who has begun to answer is refuted by silence',
    changes: [{ file: 'src/core/requests.ts', find: '  if (request.begun) return false;\n', replace: '' }],
    stage: 'network',
    breaks: ['timeouts-are-fair'],
  },
  {
    id: 'expired-many',
    title: 'hundreds of overdue requests of a peer are remembered',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'const EXPIRED_PER_PEER_MAX = 8;',
        replace: 'const EXPIRED_PER_PEER_MAX = 800;',
      },
    ],
    stage: 'network',
    breaks: ['the-facts-agree'],
  },
  {
    id: 'inflight-hedge',
    title: 'second requests are sent beyond the bound on all that are in flight',
    changes: [
      {
        file: 'src/core/hedge.ts',
        find: 'requests.hedged < config.hedgesMax && requests.inFlight < config.inFlightMax',
        replace: 'requests.hedged < config.hedgesMax',
      },
    ],
    stage: 'network',
    breaks: ['asks-are-bounded'],
  },
  {
    id: 'probe-beyond-never',
    title:
      'who failed a block beyond the window, before the mode changed, is not probed until somebody else gives what is next',
    changes: [
      {
        file: 'src/core/schedule.ts',
        find: 'const judged = height >= head || ',
        replace: 'const judged = (height >= head && !(isBeyond && lowest > head)) || ',
      },
    ],
    stage: 'network',
    breaks: ['probes-are-not-put-off', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'mute-newcomers-first',
    title: 'who never gave a block counts as quick, however many requests it has let run out',
    changes: [
      {
        file: 'src/core/flow.ts',
        find: 'return hasAnswered(peer) ? ms : Math.max(ms, peer.latencyMs ?? 0);',
        replace: 'return ms;',
      },
    ],
    stage: 'network',
    breaks: ['the-best-is-asked'],
  },
  {
    id: 'hedges-to-newcomers',
    title: 'what everything waits for is asked again of peers that never answered',
    changes: [
      {
        file: 'src/core/hedge.ts',
        find: 'const isProven = (peer: Peer) => isAnother(peer) && hasAnswered(peer);',
        replace: 'const isProven = isAnother;',
      },
    ],
    stage: 'network',
    breaks: ['second-requests-go-to-those-who-answer'],
  },
  {
    id: 'probe-below-min',
    title: 'a refuted peer is probed below what it claims',
    changes: [
      {
        file: 'src/core/schedule.ts',
        find: 'return judged && height >= peer.claim.minHeight ? height : null;',
        replace: 'return judged ? height : null;',
      },
    ],
    stage: 'network',
    breaks: ['asks-only-what-is-claimed'],
  },
  {
    id: 'press-past-max',
    title: 'a peer is pressed beyond its bound of requests',
    changes: [
      {
        file: 'src/core/best-peer.ts',
        find: '    if (peer.inFlight >= turn.config.inFlightPerPeerMax) continue;\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['asks-are-bounded'],
  },
  {
    id: 'giveup-head',
    title: 'the request that tests a claim is given up like any other',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: '    if (isForHead(turn, request)) noteSkipped(turn, request);\n    else giveUp(turn, request);',
        replace: '    giveUp(turn, request);',
      },
    ],
    stage: 'network',
    breaks: ['giving-up-is-fair'],
  },
  {
    id: 'flow-owed-leak',
    title: 'half of the bytes a peer has delivered count as owed still',
    changes: [
      {
        file: 'src/core/flow.ts',
        find: 'return { ...flow, owedBytes: Math.max(0, flow.owedBytes - bytes) };',
        replace: 'return { ...flow, owedBytes: Math.max(0, flow.owedBytes - bytes / 2) };',
      },
    ],
    stage: 'network',
    breaks: ['the-facts-agree'],
  },
  {
    id: 'silent-first',
    title: 'one request in vain counts as a long silence',
    changes: [
      {
        file: 'src/core/silence.ts',
        find: 'at + (at - request.sentAt) * (2 ** inVain - 1) <= turn.clock.now',
        replace: 'at <= turn.clock.now',
      },
    ],
    stage: 'network',
    breaks: ['giving-up-is-fair'],
  },
  {
    id: 'tests-while-held',
    title: 'claims are tested by a block that is here already',
    changes: [
      {
        file: 'src/core/schedule.ts',
        find: "  if (held !== undefined && blockRequestChart.hasTag(held.stage, 'held')) return;\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['tests-are-of-what-is-missing'],
  },
  {
    id: 'suspect-tests',
    title: 'a block is asked for before the wait for a suspect state is over',
    changes: [
      {
        file: 'src/core/schedule.ts',
        find: '  if (turn.window.trouble?.suspect?.retryAt != null) return;\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['suspicion-waits-longer'],
  },
  {
    id: 'order-forgiven',
    title: 'one answer out of order does not end the trust in the order',
    changes: [
      {
        file: 'src/core/flow.ts',
        find: 'isLate ? -OUT_OF_ORDER : Math.min',
        replace: 'isLate ? flow.inOrder : Math.min',
      },
    ],
    stage: 'network',
    breaks: ['order-is-what-was-seen'],
  },
  {
    id: 'order-not-noted',
    title: 'which request was answered last is noted once, and never again',
    changes: [
      {
        file: 'src/core/flow.ts',
        find: 'answeredSentAt: isLate ? flow.answeredSentAt : sentAt };',
        replace: 'answeredSentAt: flow.answeredSentAt ?? sentAt };',
      },
    ],
    stage: 'network',
    breaks: ['order-is-what-was-seen'],
  },
  {
    id: 'probe-share',
    title: 'probes may take all slots while blocks are asked for',
    changes: [
      {
        file: 'src/core/schedule.ts',
        find: 'turn.requests.inFlightSync > 0 ? Math.max(1, Math.floor(inFlightMax * PROBE_SHARE)) : inFlightMax',
        replace: 'inFlightMax',
      },
    ],
    stage: 'network',
    breaks: ['probes-leave-room'],
  },
  {
    id: 'probe-head-always',
    title: 'probes ask for the head, whatever is disputed',
    changes: [
      {
        file: 'src/core/schedule.ts',
        find: 'const lowest = Math.max(head, peer.disputedFrom ?? head);',
        replace: 'const lowest = head;',
      },
    ],
    stage: 'network',
    breaks: ['probes-ask-what-is-disputed'],
  },
  {
    id: 'slots-never-less',
    title: 'a timeout does not lower how much a peer is asked for at a time',
    changes: [
      {
        file: 'src/core/flow.ts',
        find: 'const slots = Math.max(Math.min(SLOTS_MIN, flow.slots), Math.floor(flow.slots / 2));',
        replace: 'const { slots } = flow;',
      },
    ],
    stage: 'network',
    breaks: ['timeouts-halve-what-is-owed'],
  },
  {
    id: 'late-refutes',
    title: 'a late answer refutes what its timeout refuted before',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'if (refutes !== null && !late && refutesClaim',
        replace: 'if (refutes !== null && refutesClaim',
      },
    ],
    stage: 'walks',
    breaks: ['refutations-have-a-cause'],
  },
  {
    id: 'pruned-ignored',
    title: 'blocks are asked for though the next one is pruned everywhere',
    changes: [{ file: 'src/core/schedule.ts', find: '  if (turn.aggregate?.pruned === true) return;\n', replace: '' }],
    stage: 'network',
    breaks: ['nothing-is-asked-over-a-gap'],
  },
  {
    id: 'in-vain-ignored',
    title: 'a probe that was in vain ahead of the head is sent again for the same height, for ever',
    changes: [
      { file: 'src/core/schedule.ts', find: 'peer.aheadInVain || isBeyond ? head', replace: 'isBeyond ? head' },
    ],
    stage: 'network',
    breaks: ['probes-in-vain-turn-to-the-head'],
  },
  {
    id: 'hedge-unmarked',
    title: 'what is asked of a second peer is not noted, and asked again and again',
    changes: [
      { file: 'src/core/requests.ts', find: "if (purpose === 'hedge') markHedged(turn, from, to, id);", replace: '' },
    ],
    stage: 'network',
    breaks: ['asked-twice-is-bounded'],
  },
  {
    id: 'send-failures-wrong',
    title: 'sends that worked count as failed, and those that failed do not',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "sendFailures: result === 'sendFailed' ?",
        replace: "sendFailures: result !== 'sendFailed' ?",
      },
    ],
    stage: 'network',
    breaks: ['host-never-spins'],
  },
  {
    id: 'end-of-parts',
    title: 'an answer in parts that ends with nothing leaves the rest of its range asked for, of nobody',
    changes: [
      {
        file: 'src/core/answers.ts',
        find: "  answerRequest(turn, request, 0);\n  releaseOwed(turn, request, 'Shortened', null);\n",
        replace: '  answerRequest(turn, request, 0);\n',
      },
    ],
    stage: 'network',
    breaks: ['the-window-adds-up'],
  },
  {
    id: 'end-untold',
    title: 'a request that was given up ends without a word',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: '  if (inFlight) {\n    emit(turn',
        replace: "  if (inFlight && result !== 'skipped') {\n    emit(turn",
      },
    ],
    stage: 'network',
    breaks: ['ended-requests-are-told'],
  },
  {
    id: 'trouble-elsewhere',
    title: 'who failed to give any height is named for the next one',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'if (trouble !== null && isHead && !late)',
        replace: 'if (trouble !== null && !late)',
      },
    ],
    stage: 'network',
    breaks: ['troubles-have-a-cause'],
  },
  {
    id: 'part-is-nothing',
    title: 'an answer that ends after some blocks is taken for none',
    changes: [
      {
        file: 'src/core/answers.ts',
        find: "  if (!request.begun) return failRequest(turn, request, 'absent');\n  answerRequest(turn, request, 0);\n  releaseOwed(turn, request, 'Shortened', null);",
        replace: "  failRequest(turn, request, 'absent');",
      },
    ],
    stage: 'network',
    breaks: ['ended-requests-are-told'],
  },
  {
    id: 'overdue-unasked',
    title: 'the next block is asked of a second peer only when the first has passed it over',
    changes: [
      {
        file: 'src/core/hedge.ts',
        find: '(last[0].skipped || overdueAt(...last) <= turn.clock.now)',
        replace: 'last[0].skipped',
      },
    ],
    stage: 'network',
    breaks: ['what-is-lost-is-asked-again'],
  },
];
