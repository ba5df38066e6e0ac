import type { Bug } from '../bug.ts';

/** In who is connected, and what conduct costs. */
export const PLANTED_IN_PEERS: readonly Bug[] = [
  {
    id: 'lat-abs',
    title: 'answers that come early make the deviation negative, and timeouts too short',
    changes: [
      {
        file: 'src/core/peers.ts',
        find: '(Math.abs(error) - peer.deviationMs)',
        replace: '(error - peer.deviationMs)',
      },
    ],
    stage: 'network',
    breaks: ['the-facts-agree'],
  },
  {
    id: 'queued-kept',
    title: 'requests of a peer that left stay in the line',
    changes: [{ file: 'src/core/connections.ts', find: '  dropQueued(turn, id);\n', replace: '' }],
    stage: 'network',
    breaks: ['serving-room-comes-back'],
  },
  {
    id: 'banned-back',
    title: 'a banned peer is let in again when it was banned once',
    changes: [
      {
        file: 'src/core/connections.ts',
        find: "known !== undefined && peerIs(known, 'banned')",
        replace: "known !== undefined && peerIs(known, 'banned') && known.bans > 1",
      },
    ],
    stage: 'network',
    breaks: ['banned-peers-stay-out'],
  },
  {
    id: 'desertion-never',
    title: 'who leaves again and again without answering stays believed',
    changes: [
      {
        file: 'src/core/connections.ts',
        find: "  if (peer.desertions > 0) refuteClaim(turn, peer.id, next, 'LEFT');\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['leaving-again-refutes'],
  },
  {
    id: 'refuted-counts',
    title: 'refuted claims count towards the target',
    changes: [
      {
        file: 'machines/peer.ts',
        find: "          tags: ['claimRefuted'],",
        replace: "          tags: ['claimRefuted', 'claimCounts'],",
      },
    ],
    stage: 'network',
    breaks: ['the-target-adds-up', 'refuted-peers-are-only-probed'],
  },
  {
    id: 'cool-may-be-asked',
    title: 'who is cooling down is asked all the same',
    changes: [
      {
        file: 'machines/peer.ts',
        find: "        CoolingDown: {\n          description: 'It is not asked until some time has passed.',\n          meta: { clauses: ['PEER-1'] },\n",
        replace:
          "        CoolingDown: {\n          description: 'It is not asked until some time has passed.',\n          meta: { clauses: ['PEER-1'] },\n          tags: ['mayBeAsked'],\n",
      },
    ],
    stage: 'network',
    breaks: ['asks-only-what-is-claimed', 'the-facts-agree'],
  },
  {
    id: 'raised-stays',
    title: 'a proven claim that is raised counts as proven',
    changes: [
      {
        file: 'machines/peer.ts',
        find: "            ClaimRaised: edge('Untested',",
        replace: "            ClaimRaised: edge('Credible',",
      },
    ],
    stage: 'network',
    breaks: ['settled-leaves-only-on-evidence'],
  },
  {
    id: 'settled-proves',
    title: 'a settled dispute counts as proof of the whole claim',
    changes: [
      {
        file: 'machines/peer.ts',
        find: "            DisputeSettled: edge(\n              'Untested',",
        replace: "            DisputeSettled: edge(\n              'Credible',",
      },
    ],
    stage: 'network',
    breaks: ['settled-leaves-only-on-evidence'],
  },
  {
    id: 'timeouts-at-most',
    title: 'every request has the longest time there is, however quick its peer is',
    changes: [
      {
        file: 'src/core/peers.ts',
        find: 'if (peer.latencyMs === null) return requestTimeoutMsMax;',
        replace: 'if (peer.latencyMs !== undefined) return requestTimeoutMsMax;',
      },
    ],
    stage: 'network',
    breaks: ['timeouts-follow-answers'],
  },
  {
    id: 'history-one-for-another',
    title: 'one kind of history makes up for another, and who has both is forgotten',
    changes: [
      {
        file: 'src/core/peers.ts',
        find: 'absences + refutations + desertions',
        replace: 'absences + refutations - desertions',
      },
    ],
    stage: 'network',
    breaks: ['history-outlives-connections'],
  },
  {
    id: 'latency-unsmoothed',
    title: 'the last answer alone is how fast a peer is',
    changes: [
      {
        file: 'src/core/peers.ts',
        find: '  if (peer.latencyMs === null) return { ...peer, latencyMs: sampleMs, deviationMs: sampleMs / 2 };\n',
        replace:
          '  if (peer.latencyMs !== undefined) return { ...peer, latencyMs: sampleMs, deviationMs: sampleMs / 2 };\n',
      },
    ],
    stage: 'network',
    breaks: ['speed-is-what-was-measured'],
  },
  {
    id: 'cool-down-at-once',
    title: 'any offence, however small, means a cool-down',
    changes: [
      {
        file: 'src/core/conduct.ts',
        find: "score <= turn.config.scoreCoolDown && canAdvance(charged, 'CoolDown')",
        replace: "canAdvance(charged, 'CoolDown')",
      },
    ],
    stage: 'network',
    breaks: ['scores-add-up'],
  },
  {
    id: 'strangers-propose',
    title: 'authors whom nobody knows have every proposal checked, however many',
    changes: [
      {
        file: 'src/core/live.ts',
        find: "  if (!admitAuthor(turn, peer)) return reject(turn, event, 'FLOOD');\n  if (turn.proposals",
        replace: '  if (turn.proposals',
      },
    ],
    stage: 'network',
    breaks: ['strangers-keep-to-a-rate'],
  },
  {
    id: 'misconduct-unheard',
    title: 'what the transport finds wrong with a peer is not charged',
    changes: [
      {
        file: 'src/core/conduct.ts',
        find: '  charge(turn, event.peer, event.offence, event.detail);\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['offences-are-charged'],
  },
];
