import type { Bug } from '../bug.ts';

/** In what is verified, applied, committed, announced and served. */
export const PLANTED_IN_PIPELINE: readonly Bug[] = [
  {
    id: 'serve-range',
    title: 'a range asked of us is served however long it is',
    changes: [
      {
        file: 'src/core/serve.ts',
        find: 'Math.min(event.to, maxHeight, from + serveRangeBlocksMax - 1)',
        replace: 'Math.min(event.to, maxHeight)',
      },
    ],
    stage: 'network',
    breaks: ['serving-is-bounded'],
  },
  {
    id: 'live-oversize',
    title: 'an announced block may be twice as large as the limit',
    changes: [
      {
        file: 'src/core/live.ts',
        find: "  if (block.bytes > turn.config.blockBytesMax) {\n    return charge(turn, peer, 'INVALID_BLOCK', `announced",
        replace:
          "  if (block.bytes > 2 * turn.config.blockBytesMax) {\n    return charge(turn, peer, 'INVALID_BLOCK', `announced",
      },
    ],
    stage: 'network',
    breaks: ['work-is-bounded'],
  },
  {
    id: 'own-acquit',
    title: 'who was charged with the block that consensus then decided stays charged',
    changes: [{ file: 'src/core/own-chain.ts', find: '    acquit(turn, contentId);\n', replace: '' }],
    stage: 'network',
    breaks: ['the-chains-own-block-acquits'],
  },
  {
    id: 'verify-max',
    title: 'more blocks than configured go to the verifier at once',
    changes: [
      {
        file: 'src/core/pipeline.ts',
        find: 'runFrom(turn, first, turn.config.verifyBlocksMax)',
        replace: 'runFrom(turn, first, 32)',
      },
    ],
    stage: 'network',
    breaks: ['work-is-bounded'],
  },
  {
    id: 'apply-max',
    title: 'more blocks than configured go to the executor at once',
    changes: [{ file: 'src/core/pipeline.ts', find: 'turn.config.applyBlocksMax', replace: '64' }],
    stage: 'network',
    breaks: ['work-is-bounded'],
  },
  {
    id: 'succeeded-any',
    title: 'the success of other work ends the back-off of what fails',
    changes: [{ file: 'src/core/host-faults.ts', find: 'if (turn.host.failedIn === kind) turn', replace: 'turn' }],
    stage: 'network',
    breaks: ['failing-work-waits-longer'],
  },
  {
    id: 'prop-unlinked',
    title: 'a proposal on top of another chain is verified',
    changes: [
      {
        file: 'src/core/live.ts',
        find: 'if (block.parentId !== turn.local.tipId) {',
        replace: 'if (false as boolean) {',
      },
    ],
    stage: 'network',
    breaks: ['proposals-reach-consensus-checked'],
  },
  {
    id: 'hearsay-not',
    title: 'who announces blocks far ahead is not asked what it has',
    changes: [{ file: 'src/core/live.ts', find: '  askIfOlderThan(turn, event.peer, HEARSAY_MS);\n', replace: '' }],
    stage: 'network',
    breaks: ['who-is-not-known-well-is-asked'],
  },
  {
    id: 'strangers-free',
    title: 'authors whom nobody knows are let through at any rate',
    changes: [{ file: 'src/core/live.ts', find: '  return drawn;\n', replace: '  return drawn || true;\n' }],
    stage: 'network',
    breaks: ['strangers-keep-to-a-rate'],
  },
  {
    id: 'credit-unasked',
    title: 'announced blocks prove a claim as if they had been asked for',
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: '  if (span.asked) proveClaim(turn, peer.id, span.to);',
        replace: '  proveClaim(turn, peer.id, span.to);',
      },
    ],
    stage: 'network',
    breaks: ['only-proof-ends-a-dispute'],
  },
  {
    id: 'recent-short',
    title: 'every recent height has the id of the first of its run',
    changes: [
      { file: 'src/core/recent.ts', find: 'return run?.value[height - run.key];', replace: 'return run?.value[0];' },
    ],
    stage: 'network',
    breaks: ['the-facts-agree'],
  },
  {
    id: 'suspect-forever',
    title: 'the wait for a suspect state fires again and again',
    changes: [
      {
        file: 'src/core/host-faults.ts',
        find: 'suspect: { ...trouble.suspect, retryAt: null }',
        replace: 'suspect: { ...trouble.suspect }',
      },
    ],
    stage: 'network',
    breaks: ['never-spins'],
  },
  {
    id: 'retry-no-double',
    title: 'the wait after a host fault never grows',
    changes: [{ file: 'src/core/host-faults.ts', find: 'failures: turn.host.failures + 1', replace: 'failures: 1' }],
    stage: 'network',
    breaks: ['failing-work-waits-longer'],
  },
  {
    id: 'clock-skew-lost',
    title: 'what the clock leapt before is forgotten at the next leap',
    changes: [
      { file: 'src/core/clock.ts', find: 'skewMs: clock.skewMs + (reading - now)', replace: 'skewMs: clock.skewMs' },
    ],
    stage: 'network',
    breaks: ['core-time-is-host-time'],
  },
  {
    id: 'leap-early',
    title: 'a long sleep of the process is not noticed',
    changes: [
      {
        file: 'src/core/clock.ts',
        find: 'now > due + turn.config.clockLeapMs',
        replace: 'now > due + turn.config.clockLeapMs * 100',
      },
    ],
    stage: 'network',
    breaks: ['slots-come-back', 'leaps-are-not-time'],
  },
  {
    id: 'prop-oversize',
    title: 'a proposal may be twice as large as the limit',
    changes: [
      {
        file: 'src/core/live.ts',
        find: "  if (block.bytes > turn.config.blockBytesMax) {\n    return charge(turn, peer, 'INVALID_BLOCK', `proposed",
        replace:
          "  if (block.bytes > 2 * turn.config.blockBytesMax) {\n    return charge(turn, peer, 'INVALID_BLOCK', `proposed",
      },
    ],
    stage: 'network',
    breaks: ['work-is-bounded'],
  },
  {
    id: 'serve-zero',
    title: 'a node without blocks serves block 0',
    changes: [
      {
        file: 'src/core/serve.ts',
        find: 'if (from < minHeight || from > maxHeight || from < 1) {',
        replace: 'if (from < minHeight || from > maxHeight) {',
      },
    ],
    stage: 'network',
    breaks: ['what-is-not-there-is-denied'],
  },
  {
    id: 'certified-proves-not',
    title: 'a block certified in its turn proves nothing before it is committed',
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: 'if (certified.peer !== null && certified.asked) {',
        replace: 'if (certified.peer !== null && certified.asked && !exact) {',
      },
    ],
    stage: 'network',
    breaks: ['certified-blocks-prove'],
  },
  {
    id: 'at-odds-again-at-once',
    title: 'an executor at odds with the verifier is asked again without a wait',
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: "return first.exact ? retryLater(turn, AT_ODDS, 'apply') : undefined;",
        replace: 'return;',
      },
    ],
    stage: 'walks',
    breaks: ['host-faults-are-of-the-host'],
  },
  {
    id: 'settle-not-ahead',
    title: 'a block certified ahead of its turn does not end the dispute about it',
    changes: [
      {
        file: 'src/core/work-done.ts',
        find: '        else settleDispute(turn, certified.peer, certified.to);\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['certified-blocks-prove'],
  },
  {
    id: 'late-decision-rejected',
    title: 'a decision of consensus about a height that is here already is rejected',
    changes: [{ file: 'src/core/own-chain.ts', find: '    if (height < nextHeight(turn)) return;\n', replace: '' }],
    stage: 'network',
    breaks: ['rejections-have-a-cause'],
  },
  {
    id: 'gap-taken-quietly',
    title: 'a decision of consensus that leaves a height out is passed over in silence',
    changes: [
      {
        file: 'src/core/own-chain.ts',
        find: '    if (height < nextHeight(turn)) return;\n',
        replace: '    if (height > 0) return;\n',
      },
    ],
    stage: 'walks',
    breaks: ['rejections-have-a-cause'],
  },
  {
    id: 'stop-keeps-timers',
    title: 'after a stop the core takes timers for set that are not',
    changes: [
      {
        file: 'src/core/clock.ts',
        find: '  turn.clock = { ...turn.clock, armed: NOT_ARMED };\n}\n\nfunction dueAt',
        replace: '}\n\nfunction dueAt',
      },
    ],
    stage: 'network',
    breaks: ['timers-are-set'],
  },
  {
    id: 'pace-unmeasured',
    title: 'how fast the height and the target grow is never measured',
    changes: [
      {
        file: 'src/core/step.ts',
        find: '  measurePace(turn);\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['pace-is-what-was-gained'],
  },
  {
    id: 'proposal-fault-untold',
    title: 'nobody is told that the verifier failed at a proposal',
    changes: [
      {
        file: 'src/core/live.ts',
        find: "    emit(turn, { type: 'hostFaulted', fault: event.hostFault, height: block.height, retryInMs: 0 });\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['host-faults-are-of-the-host'],
  },
  {
    id: 'timers-at-rest',
    title: 'a node that is stopped sets timers',
    changes: [
      {
        file: 'src/core/step.ts',
        find: "  if (inMode(turn, 'running')) armTimers(turn);",
        replace: '  armTimers(turn);',
      },
    ],
    stage: 'network',
    breaks: ['timers-are-set'],
  },
  {
    id: 'retry-at-any-timer',
    title: 'any host timer ends the wait after a failure',
    changes: [
      {
        file: 'src/core/host-faults.ts',
        find: 'if (turn.host.retryAt !== null && turn.host.retryAt <= now)',
        replace: 'if (turn.host.retryAt !== null)',
      },
    ],
    stage: 'network',
    breaks: ['host-faults-back-off'],
  },
];
