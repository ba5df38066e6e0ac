import type { PeerReport, RefutationCause, RequestResult } from '../core/effects.ts';
import { duration, heights, number, shortTime } from './numbers.ts';
import type { Names } from './names.ts';
import { withNames } from './names.ts';

/** What a node tells about a peer, in plain words with the node as their subject. */
export function peerReportText(names: Names, peer: string, report: PeerReport): string {
  switch (report.kind) {
    case 'charged': {
      const what = report.height === null ? `charges ${peer}` : `refuses block ${number(report.height)} from ${peer}`;
      return `${what}: ${report.offence}, ${withNames(names, report.detail)}`;
    }
    case 'coolingDown':
      return `asks ${peer} for nothing for ${duration(report.forMs)}`;
    case 'banned':
      return `bans ${peer} for ${duration(report.forMs)}`;
    case 'forgiven':
      return `gives ${peer} another chance`;
    case 'acquitted':
      return `takes back the charge of ${report.offence} against ${peer}: the block was good`;
    case 'claimRefuted':
      return `no longer believes what ${peer} claims: it ${REFUTED[report.why]} block ${number(report.height)}`;
    case 'claimProven':
      return `believes what ${peer} claims: it served block ${number(report.height)}`;
    case 'disputeSettled':
      return `counts what ${peer} claims again, untested: what was disputed is settled`;
    case 'claimDropped':
      return `drops what ${peer} claims: it ${withNames(names, report.why)}`;
    case 'refusedConnection':
      return `refuses a connection of ${peer}: ${REFUSED[report.why]}`;
    case 'requestEnded':
      return `${peer} ${ENDED[report.result]} ${heights(report.from, report.to)}, after ${shortTime(report.tookMs)}`;
  }
}

const REFUTED: Readonly<Record<RefutationCause, string>> = {
  TIMED_OUT: 'never sent',
  NOT_AVAILABLE: 'had no',
  SEND_FAILED: 'could not be asked for',
  INVALID_BLOCK: 'sent a bad',
  LEFT: 'left instead of sending',
};

const REFUSED = { TABLE_FULL: 'the table of peers is full', BANNED: 'it is banned' } as const;

const ENDED: Readonly<Record<RequestResult, string>> = {
  answered: 'answered for',
  timedOut: 'did not answer in time for',
  skipped: 'answered later requests, but not that for',
  absent: 'does not have',
  sendFailed: 'could not be asked for',
  refused: 'gave something else than',
  peerLost: 'left, and owed',
};
