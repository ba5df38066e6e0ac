import type { TimerName } from '../core/events.ts';
import type { TracedEffect } from '../trace/format.ts';
import type { Names } from './names.ts';
import { peerName, withNames } from './names.ts';
import { duration, heights, number, shortTime } from './numbers.ts';
import { peerReportText } from './peer-report.ts';

/** What the node does or tells, in plain words. */
export function effectText(names: Names, effect: TracedEffect): string {
  const to = (id: string): string => peerName(names, id);
  switch (effect.type) {
    case 'sendMetadataRequest':
      return `asks ${to(effect.peer)} what it has`;
    case 'sendMetadata':
      return `tells ${to(effect.peer)} that it has ${range(effect.minHeight, effect.maxHeight)}`;
    case 'sendGetBlocks':
      return `asks ${to(effect.peer)} for ${heights(effect.from, effect.to)}${PURPOSES[effect.purpose]}`;
    case 'serveBlocks':
      return `reads and sends ${heights(effect.from, effect.to)} to ${to(effect.peer)}`;
    case 'sendNoBlock':
      return `tells ${to(effect.peer)} that it has no block ${number(effect.height)}`;
    case 'verifyBlocks':
      return `${verifies(effect)} ${blocksText(effect.blocks)}`;
    case 'applyBlocks':
      return `executes ${blocksText(effect.blocks)}`;
    case 'commitBlocks':
      return `commits ${blocksText(effect.blocks)}`;
    case 'rollbackBlocks':
      return `rolls back to height ${number(effect.toHeight)}`;
    case 'deliverProposal':
      return `hands the proposal of block ${number(effect.block.height)} to consensus`;
    case 'startConsensus':
      return `starts consensus at height ${number(effect.nextHeight)}`;
    case 'stopConsensus':
      return 'stops consensus';
    case 'disconnectPeer':
      return `disconnects ${to(effect.peer)} and refuses it for ${duration(effect.refuseMs)}`;
    case 'setTimer':
      return `sets the ${TIMERS[effect.timer]} timer to ${shortTime(effect.delayMs)}`;
    case 'clearTimer':
      return `clears the ${TIMERS[effect.timer]} timer`;
    case 'modeChanged':
      return `${effect.previous} -> ${effect.next}`;
    case 'serverChanged':
      return `server mode: ${effect.previous} -> ${effect.next}`;
    case 'eventRejected':
      return `does not accept ${effect.event}: ${effect.reason}`;
    case 'reportPeer':
      return peerReportText(names, to(effect.peer), effect.report);
    case 'blocksAdded': {
      const from = effect.peer === null ? '' : `, sent by ${to(effect.peer)}`;
      return `has ${heights(effect.from, effect.to)} now${from}`;
    }
    case 'blockRejected':
      return `does not take block ${number(effect.height)} announced by ${to(effect.peer)}: ${REJECTED[effect.reason]}`;
    case 'targetChanged':
      return effect.target === null ? 'knows no target any more' : `the target is ${number(effect.target)} now`;
    case 'hostFaulted': {
      const message = withNames(names, effect.fault.message.replace(`${effect.fault.code}: `, ''));
      return `${effect.fault.code} at height ${number(effect.height)}: ${message}; next try in ${duration(effect.retryInMs)}`;
    }
    case 'localStateSuspect':
      return `two peers sent the same block ${number(effect.height)} and it does not apply here (${effect.code})`;
    case 'requestDropped':
      return `drops a request of ${to(effect.peer)}: ${DROPPED[effect.reason]}`;
  }
}

const PURPOSES = {
  sync: '',
  hedge: ', which somebody else owes and everything waits for',
  test: ', to test its claim',
  probe: ', to see whether its claim may count again',
} as const;

const TIMERS: Readonly<Record<TimerName, string>> = {
  metadata: 'metadata',
  request: 'request',
  peer: 'peer',
  host: 'retry',
};

const REJECTED = {
  AHEAD_WHILE_SYNCED: 'it is ahead of the next height',
  AHEAD_WHILE_SYNCING: 'it is ahead, and this node is catching up',
  DUPLICATE: 'it is here already',
  NOT_IN_CONSENSUS: 'this node takes no part in consensus',
  FLOOD: 'too many announcements by strangers',
} as const;

const DROPPED = {
  SERVER_DISABLED: 'server mode is off',
  OVER_LIMIT: 'too much is being served',
  FLOOD: 'it asks too often',
} as const;

function verifies({ certified, exact }: { readonly certified: boolean; readonly exact: boolean }): string {
  if (!certified) return 'verifies the proposal of';
  return exact ? 'verifies' : 'verifies ahead';
}

function blocksText(blocks: readonly { readonly height: number }[]): string {
  const [first, last] = [blocks.at(0), blocks.at(-1)];
  return first === undefined || last === undefined ? 'no block' : heights(first.height, last.height);
}

function range(minHeight: number, maxHeight: number): string {
  return maxHeight === 0 ? 'no block' : heights(minHeight, maxHeight);
}
