import type { Bug } from '../bug.ts';

/** In what peers claim, what follows from it, and the modes. */
export const PLANTED_IN_CLAIMS: readonly Bug[] = [
  {
    id: 'disputed-latest',
    title: 'a later failure moves the disputed height up, so that less has to be proven',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'disputedFrom: Math.min(height, peer.disputedFrom ?? height),',
        replace: 'disputedFrom: height,',
      },
    ],
    stage: 'network',
    breaks: ['disputes-reach-down'],
  },
  {
    id: 'prove-any',
    title: 'any block proves a refuted claim, also one below what is disputed',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: '  if (refuted && height < (peer.disputedFrom ?? 0)) return;\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['only-proof-ends-a-dispute'],
  },
  {
    id: 'confirm-proves',
    title: 'a block that is committed here already proves a claim of more',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'if (peer.claim.maxHeight <= turn.local.maxHeight) proveClaim',
        replace: 'if (true) proveClaim',
      },
    ],
    stage: 'network',
    breaks: ['only-proof-ends-a-dispute'],
  },
  {
    id: 'leaves-for-applied',
    title: 'a settled node leaves for blocks that it is just applying',
    changes: [
      {
        file: 'src/core/mode.ts',
        find: 'const reach = settled ? certifiedUpTo(facts) : local.maxHeight;',
        replace: 'const reach = local.maxHeight;',
      },
    ],
    stage: 'network',
    breaks: ['settled-leaves-only-on-evidence'],
  },
  {
    id: 'agg-all-count',
    title: 'peers count towards the target that claim what cannot be reached',
    changes: [
      {
        file: 'src/core/aggregate.ts',
        find: 'const peers = below.tested.count + below.untested.count;',
        replace: 'const peers = count;',
      },
    ],
    stage: 'network',
    breaks: ['the-target-adds-up'],
  },
  {
    id: 'agg-evidence-not',
    title: 'untested claims count though evidence is asked for',
    changes: [
      {
        file: 'src/core/aggregate.ts',
        find: 'const untestedMax = evidenceOnly ? Math.min(below.untested.max, local) : below.untested.max;',
        replace: 'const untestedMax = below.untested.max;',
      },
    ],
    stage: 'network',
    breaks: ['the-target-adds-up'],
  },
  {
    id: 'finalize-stop-not',
    title: 'consensus goes on when the node is no validator any more',
    changes: [
      {
        file: 'src/core/mode.ts',
        find: "    leave: (turn: Turn) => emit(turn, { type: 'stopConsensus' }),",
        replace:
          "    leave: (turn: Turn) => (turn.local.validator ? emit(turn, { type: 'stopConsensus' }) : undefined),",
      },
    ],
    stage: 'network',
    breaks: ['consensus-runs-in-pacemaker'],
  },
  {
    id: 'unsynced-takes-not',
    title: 'blocks are not taken while the node is Unsynced',
    changes: [
      {
        file: 'machines/operation-mode.ts',
        find: "          tags: ['running', 'takesBlocks'],\n          on: {\n            Consensus_IsUnsynced: reducing(\n              'Consensus_Unsynced',\n              'Peers have",
        replace:
          "          tags: ['running'],\n          on: {\n            Consensus_IsUnsynced: reducing(\n              'Consensus_Unsynced',\n              'Peers have",
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'pacemaker-not-settled',
    title: 'a node in Pacemaker leaves for the first word of more blocks',
    changes: [
      {
        file: 'machines/operation-mode.ts',
        find: "tags: ['running', 'takesBlocks', 'settled', 'runsConsensus']",
        replace: "tags: ['running', 'takesBlocks', 'runsConsensus']",
      },
    ],
    stage: 'network',
    breaks: ['settled-leaves-only-on-evidence'],
  },
  {
    id: 'why-probe-wait',
    title: 'a suspected local state is not told as the reason',
    changes: [
      {
        file: 'src/core/why.ts',
        find: "  if (window.trouble?.suspect != null) return 'LOCAL_STATE_SUSPECT';\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'why-nodeadline',
    title: 'when metadata is asked for again is not told',
    changes: [{ file: 'src/core/why.ts', find: '    maps.byTime.first(peers.asks)?.key[0] ?? null,\n', replace: '' }],
    stage: 'network',
    breaks: ['every-wait-has-a-reason'],
  },
  {
    id: 'closewindow-not',
    title: 'the window is not closed when Sync ends',
    changes: [{ file: 'src/core/mode.ts', find: '    leave: closeWindow,\n', replace: '' }],
    stage: 'network',
    breaks: ['sync-leaves-nothing-behind'],
  },
  {
    id: 'pace-outrun',
    title: 'a target that grew no faster than the node counts as running away',
    changes: [
      {
        file: 'src/core/mode.ts',
        find: 'outrun: grown > 0 && targetGrown >= grown ? turn.pace.outrun + 1 : 0',
        replace: 'outrun: targetGrown >= grown ? turn.pace.outrun + 1 : 0',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true', 'pace-is-what-was-gained'],
  },
  {
    id: 'heard-not',
    title: 'that a peer told its metadata is not noted',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: 'claim: { minHeight, maxHeight }, heardAt: turn.clock.now });\n}\n\nfunction misclaim',
        replace: 'claim: { minHeight, maxHeight } });\n}\n\nfunction misclaim',
      },
    ],
    stage: 'network',
    breaks: ['who-is-not-known-well-is-asked'],
  },
  {
    id: 'server-again',
    title: 'the server is switched on again by every start, though it was switched off',
    changes: [
      {
        file: 'src/core/mode.ts',
        find: 'turn.config.serverEnabled && !turn.serverChosen',
        replace: 'turn.config.serverEnabled',
      },
    ],
    stage: 'walks',
    breaks: ['server-mode-is-as-chosen'],
  },
  {
    id: 'good-probe-in-vain',
    title: 'who answers a probe with the committed block is not believed again',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: "  else if (peerIs(peer, 'claimRefuted') && height >= (peer.disputedFrom ?? 0)) endDispute(turn, peer);\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['good-probes-settle'],
  },
  {
    id: 'why-though-synced',
    title: 'a node that is synced tells a reason why it is not',
    changes: [
      {
        file: 'src/core/why.ts',
        find: "  if (standing(facts) === 'synced' && inMode(facts, 'running')) return null;\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'why-tries-now',
    title: 'the next try is always told to be now',
    changes: [
      {
        file: 'src/core/why.ts',
        find: 'Math.max(0, retryAt - facts.clock.now)',
        replace: 'Math.min(0, retryAt - facts.clock.now)',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'others-excuse-untested',
    title: 'an untested claim is believed on while its owner gives other blocks',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "|| !mayAskTwice(turn) || !peerIs(peer, 'claimTested')) return false;",
        replace: '|| !mayAskTwice(turn)) return false;',
      },
    ],
    stage: 'network',
    breaks: ['failures-refute'],
  },
  {
    id: 'others-excuse-alone',
    title: 'who gives others is believed on where what it withholds may not be asked of a second peer',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "if (isTrial(request) || !mayAskTwice(turn) || !peerIs(peer, 'claimTested')) return false;",
        replace: "if (isTrial(request) || !peerIs(peer, 'claimTested')) return false;",
      },
    ],
    stage: 'network',
    breaks: ['failures-refute'],
  },
  {
    id: 'others-long-ago',
    title: 'who has ever given blocks is believed on, whatever it does not give now',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'return peer.flow.heardAt !== null && peer.flow.heardAt > request.sentAt;',
        replace: 'return peer.flow.heardAt !== null;',
      },
    ],
    stage: 'network',
    breaks: ['failures-refute'],
  },
  {
    id: 'others-never-excuse',
    title: 'one answer that was lost refutes a tested claim, however much else comes',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: 'return peer.flow.heardAt !== null && peer.flow.heardAt > request.sentAt;',
        replace: 'return false;',
      },
    ],
    stage: 'network',
    breaks: ['who-gives-others-is-believed'],
  },
  {
    id: 'same-claim-anew',
    title: 'a claim that is made again counts as one of more, so that nobody stays credible',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: "raised ? advancePeer(peer, 'ClaimRaised') : peer",
        replace: "advancePeer(peer, 'ClaimRaised')",
      },
    ],
    stage: 'network',
    breaks: ['claims-are-tested-anew-when-raised'],
  },
  {
    id: 'error-of-others',
    title: 'the last error that is told is that of any height but the next',
    changes: [
      {
        file: 'src/core/why.ts',
        find: 'facts.window.trouble?.height === height',
        replace: 'facts.window.trouble?.height !== height',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'host-error-as-peers',
    title: 'where the host failed, the error that is told is that of the peers',
    changes: [
      {
        file: 'src/core/why.ts',
        find: "code === 'HOST_FAULT' ? (facts.host.fault?.code ?? null) : (trouble?.code ?? null)",
        replace: 'trouble?.code ?? null',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'drop-untold',
    title: 'nobody is told that a claim was taken back',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: "  if (!refuted) emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'claimDropped', why } });\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['what-becomes-of-peers-is-told'],
  },
  {
    id: 'settled-untold',
    title: 'nobody is told that a dispute is over',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: "  emit(turn, { type: 'reportPeer', peer: peer.id, report: { kind: 'disputeSettled' } });\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['what-becomes-of-peers-is-told'],
  },
  {
    id: 'pruned-if-any',
    title: 'the next height is said to be pruned whenever nothing more telling is wrong',
    changes: [
      {
        file: 'src/core/why.ts',
        find: 'if (aggregate.pruned) return',
        replace: 'if (aggregate.maxHeight > 0) return',
      },
    ],
    stage: 'network',
    breaks: ['reasons-are-true'],
  },
  {
    id: 'refuted-anew',
    title: 'what was under way before its claim was refuted makes its wait longer',
    changes: [
      {
        file: 'src/core/claims.ts',
        find: "  if (peerIs(peer, 'claimRefuted') && !byTrial) return;\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['only-trials-refute-again'],
  },
  {
    id: 'wrong-is-believed',
    title: 'who answers with something else is believed as before',
    changes: [
      {
        file: 'src/core/requests.ts',
        find: "  if (result === 'refused') return true;\n",
        replace: "  if (result === 'refused') return false;\n",
      },
    ],
    stage: 'network',
    breaks: ['wrong-answers-refute'],
  },
];
