import type { Bug } from '../bug.ts';

/** In the loop around the core. */
export const PLANTED_IN_HOST: readonly Bug[] = [
  {
    id: 'serve-room',
    title: 'nothing is sent where the first block asked for is larger than the room for it',
    changes: [
      { file: 'src/node/serving.ts', find: 'block.bytes > room && block.height > from', replace: 'block.bytes > room' },
    ],
    stage: 'network',
    breaks: ['host-carries-out-effects'],
  },
  {
    id: 'timer-not-replaced',
    title: 'a timer that is set anew fires at its old time too',
    changes: [
      {
        file: 'src/node/effects.ts',
        find: '    this.#clearTimer(timer);\n    const cancel',
        replace: '    const cancel',
      },
    ],
    stage: 'network',
    breaks: ['host-keeps-timers'],
  },
  {
    id: 'ahead-final',
    title: 'a verdict reached ahead of time is final, whatever validators follow',
    changes: [
      { file: 'src/node/chain-work.ts', find: 'final: known || verdict.always === true', replace: 'final: true' },
    ],
    stage: 'network',
    breaks: ['honest-peers-are-never-charged'],
  },
  {
    id: 'commit-validator-early',
    title: 'whether the node is a validator is told as of before the commit',
    changes: [
      {
        file: 'src/node/chain-work.ts',
        find: '      await store.commit(blocks, changes);\n      executor.committed(height);\n      this.#verified.forgetUpTo(height);\n      const validator = executor.tip().validators.some(({ address }) => address === transport.self);',
        replace:
          '      const validator = executor.tip().validators.some(({ address }) => address === transport.self);\n      await store.commit(blocks, changes);\n      executor.committed(height);\n      this.#verified.forgetUpTo(height);',
      },
    ],
    stage: 'network',
    breaks: ['validator-is-who-signs'],
  },
  {
    id: 'node-validator-old',
    title: 'who was a validator before a finalized block counts as one after it',
    changes: [
      {
        file: 'src/node/state-sync-node.ts',
        find: "    const validator = this.#isValidator();\n    this.#dispatch({\n      type: 'blockFinalized',",
        replace:
          "    const validator = this.state.local.validator;\n    this.#dispatch({\n      type: 'blockFinalized',",
      },
    ],
    stage: 'network',
    breaks: ['validator-is-who-signs'],
  },
  {
    id: 'node-stop-early',
    title: 'the node closes its store before its work is done',
    changes: [
      {
        file: 'src/node/state-sync-node.ts',
        find: '    await this.#effects.idle();\n    await this.#options.store.close();',
        replace: '    await this.#options.store.close();',
      },
    ],
    stage: 'whole nodes',
    breaks: ['host-answers-each-effect-once'],
  },
  {
    id: 'node-range-one',
    title: "a peer of Pocket's protocol is asked for ranges",
    changes: [
      {
        file: 'src/node/state-sync-node.ts',
        find: "wire === 'pocket-state-sync' ? this.#config.requestBlocksMax : 1",
        replace: 'this.#config.requestBlocksMax',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-what-ports-tell'],
  },
  {
    id: 'findings-count',
    title: 'blocks behind one that is not yet judged are told valid',
    changes: [
      {
        file: 'src/node/findings.ts',
        find: "while (this.#found[this.#valid] === 'valid') this.#valid++;\n    const valid = this.#valid;",
        replace:
          "while (this.#found[this.#valid] === 'valid') this.#valid++;\n    const valid = this.#found.filter((each) => each === 'valid').length;",
      },
    ],
    stage: 'network',
    breaks: ['host-tells-outcomes-truly'],
  },
  {
    id: 'findings-thrown-valid',
    title: 'a verifier that threw is told as no verdict at all',
    changes: [
      {
        file: 'src/node/findings.ts',
        find: "return this.#tell({ type: 'blocksVerified', workId, valid, hostFault });",
        replace: "return this.#tell({ type: 'blocksVerified', workId, valid });",
      },
    ],
    stage: 'network',
    breaks: ['host-tells-outcomes-truly'],
  },
  {
    id: 'apply-any-set',
    title: 'blocks are applied that were verified with another validator set',
    changes: [
      {
        file: 'src/node/chain-work.ts',
        find: '        if (!sameValidators(this.#verified.validatorsOf(block), executor.head().validators)) break;\n',
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['local-state-is-the-chains'],
  },
  {
    id: 'parts-unbounded',
    title: 'a part of an answer is far larger than a message may be',
    changes: [
      {
        file: 'src/node/serving.ts',
        find: '    this.#partBytesMax = Math.min(PART_BYTES_MAX, blockBytesMax);\n',
        replace: '    this.#partBytesMax = 100 * Math.min(PART_BYTES_MAX, blockBytesMax);\n',
      },
    ],
    stage: 'network',
    breaks: ['served-is-what-was-asked-for'],
  },
  {
    id: 'status-refutations',
    title: 'the status leaves out how often a peer had no block',
    changes: [
      {
        file: 'src/node/status.ts',
        find: 'refutations: peer.absences + peer.refutations',
        replace: 'refutations: peer.refutations',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
];
