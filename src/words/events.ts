import type { OperationModeEvent } from '../../machines/operation-mode.ts';
import type { SyncEvent, TimerName } from '../core/events.ts';
import type { BlockFault, HostFault } from '../protocol/errors.ts';
import type { Names } from './names.ts';
import { peerName, withNames } from './names.ts';
import { bytes, count, heights, number } from './numbers.ts';

/** What happened, in plain words. */
export function eventText(names: Names, event: SyncEvent): string {
  const of = (id: string): string => peerName(names, id);
  switch (event.type) {
    case 'peerConnected':
      return `${of(event.peer)} connects`;
    case 'peerDisconnected':
      return `${of(event.peer)} is gone`;
    case 'peerMisbehaved':
      return `${of(event.peer)} misbehaves: ${event.offence}, ${withNames(names, event.detail)}`;
    case 'metadataReceived':
      return `${of(event.peer)} says that it has ${range(event.minHeight, event.maxHeight)}`;
    case 'metadataRequested':
      return `${of(event.peer)} asks what this node has`;
    case 'blocksReceived': {
      const [first, last] = [event.blocks.at(0), event.blocks.at(-1)];
      if (first === undefined || last === undefined) return `${of(event.peer)} sends an empty answer`;
      const more = event.more === true ? ', and more is to come' : '';
      return `${of(event.peer)} sends ${heights(first.height, last.height)}${more}`;
    }
    case 'blocksUnavailable':
      return `${of(event.peer)} says that it does not have block ${number(event.height)}`;
    case 'sendFailed':
      return `request ${event.requestId} to ${of(event.peer)} could not be sent`;
    case 'blocksRequested':
      return `${of(event.peer)} asks for ${heights(event.from, event.to)}${room(event.bytesMax)}`;
    case 'blocksServed':
      return `an answer to a peer is sent (${event.serveId})`;
    case 'newBlockReceived':
      return `${of(event.peer)} announces block ${number(event.block.height)}`;
    case 'proposalReceived':
      return `${of(event.peer)} proposes block ${number(event.block.height)}`;
    case 'blocksVerified':
      return `${count(event.valid, 'block')} verified${faults(names, event)}`;
    case 'blocksApplied':
      return `${count(event.stateHashes.length, 'block')} executed${faults(names, event)}`;
    case 'blocksCommitted':
      return event.hostFault === undefined ? 'the blocks are durable' : `nothing is committed${faults(names, event)}`;
    case 'blocksRolledBack':
      return event.hostFault === undefined ? 'rolled back' : `the rollback failed${faults(names, event)}`;
    case 'blockFinalized':
      return `consensus decided block ${number(event.height)}`;
    case 'validatorStatusChanged':
      return event.validator ? 'this node is an active validator now' : 'this node is no active validator any more';
    case 'syncRequested':
      return 'startSyncing() was called';
    case 'timerFired':
      return TIMERS[event.timer];
    default:
      return CHART_EVENTS[event.type];
  }
}

const TIMERS: Readonly<Record<TimerName, string>> = {
  metadata: 'it is time to ask peers what they have',
  request: 'a request is overdue',
  peer: 'a cool-down, a ban or a back-off is over',
  host: 'it is time to try again what failed here',
};

const CHART_EVENTS: Readonly<Record<OperationModeEvent, string>> = {
  Start: 'the node starts',
  Stop: 'the node stops',
  P2P_IsBootstrapped: 'the transport has its first peers',
  Consensus_IsUnsynced: 'the node is told that it is behind',
  Consensus_IsSyncing: 'the node is told to catch up',
  Consensus_IsSyncedNonValidator: 'the node is told that nothing is missing',
  Consensus_IsSyncedValidator: 'the node is told that nothing is missing and that it is a validator',
  Server_Enable: 'server mode is turned on',
  Server_Disable: 'server mode is turned off',
};

function room(bytesMax: number | undefined): string {
  return bytesMax === undefined ? '' : `, up to ${bytes(bytesMax)}`;
}

function range(minHeight: number, maxHeight: number): string {
  return maxHeight === 0 ? 'no block' : heights(minHeight, maxHeight);
}

function faults(names: Names, event: { readonly fault?: BlockFault; readonly hostFault?: HostFault }): string {
  const fault = event.fault ?? event.hostFault;
  if (fault === undefined) return '';
  const what = event.fault === undefined ? 'and then it failed here' : 'the next one is no good';
  return `; ${what}: ${fault.code}, ${withNames(names, fault.message.replace(`${fault.code}: `, ''))}`;
}
