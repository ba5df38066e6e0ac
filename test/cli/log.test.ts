import { pino } from 'pino';
import type { Logger } from 'pino';
import { describe, expect, it } from 'vitest';
import { logEffect, logStatus } from '../../src/cli/node/log-effects.ts';
import type { Effect, PeerReport } from '../../src/core/effects.ts';
import { REASONS } from '../../src/core/why.ts';
import type { NodeStatus } from '../../src/node/index.ts';
import type { Line } from './run-cli.ts';
import { jsonLines } from './run-cli.ts';

function logged(write: (log: Logger) => void): Line[] {
  let text = '';
  const options = { level: 'trace', base: null, formatters: { level: (level: string) => ({ level }) } };
  write(pino(options, { write: (line: string) => void (text += line) }));
  return jsonLines(text);
}

const FAULT = { code: 'STORE_FAILED', message: 'the disk is gone' } as const;
const reportOf = (report: PeerReport): Effect => ({ type: 'reportPeer', peer: 'A', report });

const LEVELS: readonly (readonly [level: string, effect: Effect])[] = [
  ['error', { type: 'hostFaulted', fault: FAULT, height: 3, retryInMs: 1_000 }],
  ['error', { type: 'localStateSuspect', height: 3, code: 'INVALID_STATE_HASH', peers: ['A', 'B'], retryInMs: 1 }],
  ['warn', { type: 'rollbackBlocks', workId: 1, toHeight: 2 }],
  ['warn', reportOf({ kind: 'charged', offence: 'WRONG_HEIGHT', detail: 'x', score: -30, height: 3 })],
  ['warn', reportOf({ kind: 'coolingDown', offence: 'WRONG_HEIGHT', forMs: 5_000 })],
  ['warn', reportOf({ kind: 'banned', offence: 'WRONG_HEIGHT', forMs: 5_000 })],
  ['info', { type: 'modeChanged', event: 'Start', previous: 'Stopped', next: 'P2P_Bootstrapping' }],
  ['info', { type: 'serverChanged', previous: 'Disabled', next: 'Enabled' }],
  ['info', reportOf({ kind: 'claimRefuted', height: 3, why: 'TIMED_OUT', probeInMs: 5_000 })],
  ['info', reportOf({ kind: 'acquitted', offence: 'WRONG_HEIGHT', score: 0 })],
  ['debug', { type: 'blocksAdded', from: 1, to: 1, id: 'x', peer: 'A' }],
  ['debug', { type: 'targetChanged', target: 7 }],
  ['debug', { type: 'eventRejected', event: 'syncRequested', mode: 'Stopped', reason: 'not accepted in Stopped' }],
  ['trace', reportOf({ kind: 'requestEnded', result: 'timedOut', from: 3, to: 3, tookMs: 10_000 })],
];

describe('the log of a node', () => {
  it.each(LEVELS)('%s: %j, in one line', (level, effect) => {
    const lines = logged((log) => logEffect(log, effect));
    expect(lines).toEqual([expect.objectContaining({ level, msg: expect.stringMatching(/\w/) as string })]);
  });

  it('a transition of the mode is one line with both ends', () => {
    const [line] = logged((log) =>
      logEffect(log, {
        type: 'modeChanged',
        event: 'Consensus_IsSyncedNonValidator',
        previous: 'Consensus_SyncMode',
        next: 'Consensus_Synced',
      }),
    );
    expect(line).toMatchObject({
      event: 'Consensus_IsSyncedNonValidator',
      previous: 'Consensus_SyncMode',
      next: 'Consensus_Synced',
    });
  });

  it.each(Object.keys(REASONS) as (keyof typeof REASONS)[])(
    'waiting is not an error: the summary of %s is info',
    (code) => {
      const why = {
        code,
        message: REASONS[code],
        height: 4,
        target: 9,
        lastErrorCode: null,
        peersTried: [],
        nextTryInMs: 1.4,
      };
      const [line] = logged((log) => logStatus(log, { ...STATUS, why }));
      expect(line).toMatchObject({
        level: 'info',
        height: 3,
        target: 9,
        blocksPerSecond: 2.3,
        etaMs: 2_609,
        why: code,
        nextTryInMs: 1,
      });
    },
  );

  it('commands are not logged: their outcomes are', () => {
    expect(logged((log) => logEffect(log, { type: 'setTimer', timer: 'peer', delayMs: 1 }))).toEqual([]);
  });
});

const STATUS: NodeStatus = {
  mode: 'Consensus_SyncMode',
  server: 'Enabled',
  minHeight: 1,
  maxHeight: 3,
  stateHash: 'x',
  validator: false,
  target: 9,
  synced: false,
  why: null,
  blocksPerSecond: 2.345,
  etaMs: 2_608.7,
  requestsInFlight: 0,
  bufferedBlocks: 0,
  bufferedBytes: 0,
  peers: [],
  requests: [],
  window: { from: 4, frontier: 4, stages: {}, work: [] },
  served: { answers: 0, blocks: 0, bytes: 0 },
};
