import type { Logger } from 'pino';
import type { Effect, EffectOf } from '../../core/effects.ts';
import type { NodeStatus } from '../../node/index.ts';

/**
 * What is worth a line, and at which level: error when the node itself is in trouble, warn when a peer misbehaves, info
 * for what an operator follows, debug for the rest. Waiting is no trouble.
 */
export function logEffect(log: Logger, effect: Effect): void {
  switch (effect.type) {
    case 'modeChanged':
      return log.info({ event: effect.event, previous: effect.previous, next: effect.next }, 'mode changed');
    case 'serverChanged':
      return log.info({ previous: effect.previous, next: effect.next }, 'server mode changed');
    case 'targetChanged':
      return log.debug({ target: effect.target }, 'target changed');
    case 'blocksAdded':
      return log.debug({ from: effect.from, to: effect.to, id: effect.id, peer: effect.peer }, 'blocks added');
    case 'rollbackBlocks':
      return log.warn({ toHeight: effect.toHeight }, 'rolling back');
    case 'blockRejected':
      return log.debug(
        { peer: effect.peer, height: effect.height, reason: effect.reason },
        'announced block not taken',
      );
    case 'eventRejected':
      return log.debug({ event: effect.event, mode: effect.mode, reason: effect.reason }, 'event rejected');
    case 'requestDropped':
      return log.debug({ peer: effect.peer, reason: effect.reason }, 'request dropped');
    case 'hostFaulted': {
      const { fault, height, retryInMs } = effect;
      return log.error({ code: fault.code, height, retryInMs }, fault.message);
    }
    case 'localStateSuspect': {
      const { height, code, peers, retryInMs } = effect;
      return log.error({ height, code, peers, retryInMs }, 'local state is suspect');
    }
    case 'reportPeer':
      return logReport(log, effect);
    default:
      return; // Commands; their outcomes are told above.
  }
}

function logReport(log: Logger, { peer, report }: EffectOf<'reportPeer'>): void {
  const { kind, ...fields } = report;
  const line = { peer, ...fields };
  switch (kind) {
    case 'charged':
      return log.warn(line, 'peer charged');
    case 'coolingDown':
      return log.warn(line, 'peer cools down');
    case 'banned':
      return log.warn(line, 'peer banned');
    case 'acquitted':
      return log.info(line, 'charge taken back: the block was good');
    case 'forgiven':
      return log.info(line, 'peer forgiven');
    case 'claimRefuted':
      return log.info(line, 'claim refuted');
    case 'claimDropped':
      return log.info(line, 'claim dropped');
    case 'claimProven':
      return log.debug(line, 'claim proven');
    case 'disputeSettled':
      return log.debug(line, 'claim no longer disputed');
    case 'refusedConnection':
      return log.debug(line, 'connection refused');
    case 'requestEnded':
      return log.trace(line, 'request ended');
  }
}

/** The line that comes at an interval. */
export function logStatus(log: Logger, status: NodeStatus): void {
  const { mode, maxHeight, target, blocksPerSecond, etaMs, why, peers } = status;
  const speed = Math.round(blocksPerSecond * 10) / 10;
  const connected = peers.filter(({ link }) => link === 'Connected').length;
  const figures = { mode, height: maxHeight, target, blocksPerSecond: speed, etaMs: rounded(etaMs), peers: connected };
  if (why === null) log.info(figures, 'synced');
  else log.info({ ...figures, why: why.code, nextTryInMs: rounded(why.nextTryInMs) }, why.message);
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}
