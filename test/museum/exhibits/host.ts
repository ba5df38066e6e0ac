import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';

/** The host loop, and time. */
export const HOST_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'state-not-stored',
    title: 'blocks are committed without the state they lead to',
    origin: {
      project: 'Tendermint, CometBFT',
      what: 'after a crash, state and block store were of different heights, and the node did not start',
      links: [github('tendermint/tendermint#409'), github('cometbft/cometbft#1077')],
    },
    changes: [
      {
        file: 'src/node/chain-work.ts',
        find: 'await store.commit(blocks, changes);',
        replace: 'await store.commit(blocks, changes.slice(1));',
      },
    ],
    clauses: ['APPLY-4'],
    stage: 'network',
    breaks: ['nothing-escapes', 'reaches-the-tip-in-bounded-time', 'host-starts-and-stops'],
  },
  {
    id: 'committed-before-stored',
    title: 'the executor is told that blocks are committed before they are stored',
    origin: {
      project: 'dymint',
      what: 'a failure in the middle of a commit left application and store at different heights',
      links: [github('dymensionxyz/dymint#265')],
    },
    changes: [
      {
        file: 'src/node/chain-work.ts',
        find: `await store.commit(blocks, changes);
      executor.committed(height);`,
        replace: `executor.committed(height);
      await store.commit(blocks, changes);`,
      },
    ],
    clauses: ['APPLY-4', 'APPLY-5'],
    stage: 'network',
    breaks: ['ports-are-used-as-promised', 'local-state-is-the-chains'],
  },
  {
    id: 'first-validator-set-for-all',
    title: 'every block is checked against the validator set that was there at the start',
    origin: {
      project: 'Celestia core',
      what: 'commits were not checked against the validator set of their own height',
      links: [github('celestiaorg/celestia-core#2884')],
    },
    changes: [
      {
        file: 'src/node/chain-work.ts',
        find: '  readonly #turns: Turns;',
        replace: '  #first: ChainTip | null = null;\n  readonly #turns: Turns;',
      },
      {
        file: 'src/node/chain-work.ts',
        find: 'const { stateHash, validators } = executor.head();',
        replace:
          'const { stateHash } = executor.head();\n      const { validators } = (this.#first ??= executor.head());',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'network',
    breaks: ['honest-peers-are-never-charged', 'honest-peers-are-never-banned', 'reaches-the-tip-in-bounded-time'],
  },
  {
    id: 'broken-verifier-blames-the-sender',
    title: 'when the verifier itself fails, the sender of the block is charged',
    origin: {
      project: 'Lodestar',
      what: 'faults of the own execution client and of peers could not be told apart',
      links: [github('ChainSafe/lodestar#10029'), github('ChainSafe/lodestar#9693')],
    },
    changes: [
      {
        file: 'src/node/findings.ts',
        find: "this.#tell({ type: 'blocksVerified', workId, valid, hostFault });",
        replace:
          "this.#tell({ type: 'blocksVerified', workId, valid, fault: { code: 'CERTIFICATE_MALFORMED', message: hostFault.message } });",
      },
    ],
    clauses: ['APPLY-5', 'APPLY-3'],
    stage: 'network',
    breaks: ['honest-peers-are-never-charged', 'honest-peers-are-never-banned', 'host-tells-outcomes-truly'],
  },
  {
    id: 'lost-send-failure',
    title: 'a send that fails is not told to the core',
    origin: {
      project: 'Zilliqa',
      what: 'failures were not always reported, and what was in flight stayed so',
      links: [github('Zilliqa/zq2#2445')],
    },
    changes: [
      {
        file: 'src/node/effects.ts',
        find: "this.#tell({ type: 'sendFailed', peer, requestId });",
        replace: 'void requestId;',
      },
    ],
    clauses: ['SYNC-4'],
    stage: 'network',
    breaks: ['host-answers-each-effect-once'],
  },
  {
    id: 'sleep-is-a-timeout',
    title: 'time that the process slept counts as time that peers did not answer',
    origin: {
      project: 'Zebra, bitcoin-s',
      what: 'after the laptop had slept, every peer had timed out and sync did not resume',
      links: [github('ZcashFoundation/zebra#1467'), github('bitcoin-s/bitcoin-s#4630')],
    },
    changes: [
      {
        file: 'src/core/clock.ts',
        find: 'if (due !== null && now > due + turn.config.clockLeapMs) {',
        replace: 'if (due !== null && now > due + 1_000_000 * turn.config.clockLeapMs) {',
      },
    ],
    clauses: ['SYNC-4'],
    stage: 'network',
    breaks: ['timeouts-are-fair', 'slots-come-back'],
  },
  {
    id: 'time-runs-back',
    title: "when the host's clock is set back, the core's time goes back with it",
    origin: {
      project: 'java-tron',
      what: 'the host clock jumped forward by hours and back again, and the node did not recover from it',
      links: [github('tronprotocol/java-tron#6935')],
    },
    changes: [
      { file: 'src/core/clock.ts', find: 'let now = Math.max(reading, clock.now);', replace: 'let now = reading;' },
    ],
    clauses: ['SYNC-4'],
    stage: 'network',
    breaks: ['time-never-goes-back', 'metadata-is-asked-of-everybody', 'timers-are-set'],
  },
];
