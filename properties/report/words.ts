import type { Effect, EffectOf, PeerReport } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockFault, HostFault } from '../../src/protocol/errors.ts';

/** What the node was told, in the words of the scenarios (test/scenarios/README.md). */
export function eventInWords(event: SyncEvent): string {
  switch (event.type) {
    case 'peerConnected':
      return `${event.peer} connects, ranges of ${event.rangeBlocksMax}`;
    case 'peerDisconnected':
      return `${event.peer} leaves`;
    case 'peerMisbehaved':
      return `${event.peer} misbehaves: ${event.offence}, ${event.detail}`;
    case 'metadataReceived':
      return `${event.peer} claims ${heights(event.minHeight, event.maxHeight)}`;
    case 'metadataRequested':
      return `${event.peer} wants metadata`;
    case 'blocksReceived':
      return `${event.peer} answers ${blocks(event.blocks)} ${asked(event.requestId)}${event.more === true ? ', more to come' : ''}`;
    case 'blocksUnavailable':
      return `${event.peer} lacks ${event.height} ${asked(event.requestId)}`;
    case 'sendFailed':
      return `sending request ${event.requestId} to ${event.peer} failed`;
    case 'blocksRequested':
      return `${event.peer} wants ${heights(event.from, event.to)}`;
    case 'blocksServed':
      return `serving ${event.serveId} is done`;
    case 'newBlockReceived':
      return `${event.peer} announces ${event.block.height}`;
    case 'proposalReceived':
      return `${event.peer} proposes ${event.block.height}`;
    case 'blocksVerified':
      return `work ${event.workId}: verified, ${event.valid} valid${faults(event)}`;
    case 'blocksApplied':
      return `work ${event.workId}: applied, ${event.stateHashes.length} done${faults(event)}`;
    case 'blocksCommitted':
      return `work ${event.workId}: ${event.hostFault === undefined ? 'committed' : 'not committed'}${faults(event)}`;
    case 'blocksRolledBack':
      return `work ${event.workId}: ${event.hostFault === undefined ? 'rolled back' : 'not rolled back'}${faults(event)}`;
    case 'blockFinalized':
      return `consensus finalizes ${event.height}`;
    case 'validatorStatusChanged':
      return event.validator ? 'becomes a validator' : 'is no validator any more';
    case 'syncRequested':
      return 'startSyncing() was called';
    case 'timerFired':
      return `timer ${event.timer} fires`;
    default:
      return event.type;
  }
}

/** What the core asked for, or told. */
export function effectInWords(effect: Effect): string {
  switch (effect.type) {
    case 'sendMetadataRequest':
      return `asks ${effect.peer} for metadata`;
    case 'sendMetadata':
      return `sends ${effect.peer} metadata ${heights(effect.minHeight, effect.maxHeight)}`;
    case 'sendGetBlocks':
      return `${VERB[effect.purpose]} ${effect.peer} for ${heights(effect.from, effect.to)} (request ${effect.requestId})`;
    case 'serveBlocks':
      return `serves ${effect.peer} ${heights(effect.from, effect.to)} (serving ${effect.serveId})`;
    case 'sendNoBlock':
      return `tells ${effect.peer} it lacks ${effect.height}`;
    case 'verifyBlocks':
      return `verifies ${blocks(effect.blocks)}${verifying(effect)} (work ${effect.workId})`;
    case 'applyBlocks':
      return `applies ${blocks(effect.blocks)} (work ${effect.workId})`;
    case 'commitBlocks':
      return `commits ${blocks(effect.blocks)} (work ${effect.workId})`;
    case 'rollbackBlocks':
      return `rolls back to ${effect.toHeight} (work ${effect.workId})`;
    case 'deliverProposal':
      return `delivers the proposal ${effect.block.height} of ${effect.peer}`;
    case 'startConsensus':
      return `starts consensus at ${effect.nextHeight}`;
    case 'stopConsensus':
      return 'stops consensus';
    case 'disconnectPeer':
      return `disconnects ${effect.peer}, refuses it for ${duration(effect.refuseMs)}`;
    case 'setTimer':
      return `sets timer ${effect.timer} to ${duration(effect.delayMs)}`;
    case 'clearTimer':
      return `clears timer ${effect.timer}`;
    default:
      return noticeInWords(effect);
  }
}

/** Those that say nothing about what happened, only about what is due. */
export function isHousekeeping(effect: Effect): boolean {
  return effect.type === 'setTimer' || effect.type === 'clearTimer';
}

/** At most two units. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'ever';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(3))} s`;
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Number((minutes / 60).toFixed(1))} h`;
}

function verifying({ certified, exact }: EffectOf<'verifyBlocks'>): string {
  if (!certified) return ', a proposal';
  return exact ? '' : ' ahead';
}

const VERB = { sync: 'asks', hedge: 'also asks', test: 'tests', probe: 'probes' } as const;

type Notice = Exclude<Effect, EffectOf<CommandType>>;
type CommandType =
  | `send${'MetadataRequest' | 'Metadata' | 'GetBlocks' | 'NoBlock'}`
  | `${'serve' | 'verify' | 'apply' | 'commit' | 'rollback'}Blocks`
  | 'deliverProposal'
  | `${'start' | 'stop'}Consensus`
  | 'disconnectPeer'
  | `${'set' | 'clear'}Timer`;

function noticeInWords(effect: Notice): string {
  switch (effect.type) {
    case 'modeChanged':
      return `mode ${effect.previous} -> ${effect.next} (${effect.event})`;
    case 'serverChanged':
      return `server ${effect.next}`;
    case 'eventRejected':
      return `rejects the event ${effect.event}: ${effect.reason}`;
    case 'reportPeer':
      return reportInWords(effect.peer, effect.report);
    case 'blocksAdded':
      return `adds ${heights(effect.from, effect.to)}${effect.peer === null ? '' : ` of ${effect.peer}`}`;
    case 'blockRejected':
      return `ignores ${effect.height} of ${effect.peer} (${effect.reason})`;
    case 'targetChanged':
      return effect.target === null ? 'no target' : `target ${effect.target}`;
    case 'hostFaulted':
      return `host fault ${effect.fault.code} at ${effect.height} (${effect.fault.message}), again in ${duration(effect.retryInMs)}`;
    case 'localStateSuspect':
      return `suspects the local state at ${effect.height} (${effect.code}, ${effect.peers.join(', ')})`;
    case 'requestDropped':
      return `drops the request of ${effect.peer} (${effect.reason})`;
  }
}

function reportInWords(peer: string, report: PeerReport): string {
  switch (report.kind) {
    case 'charged':
      return `charges ${peer} (${report.offence}: ${report.detail}), score ${report.score}`;
    case 'coolingDown':
      return `cools ${peer} down for ${duration(report.forMs)} (${report.offence})`;
    case 'banned':
      return `bans ${peer} for ${duration(report.forMs)} (${report.offence})`;
    case 'forgiven':
      return `forgives ${peer}`;
    case 'acquitted':
      return `acquits ${peer} of ${report.offence}`;
    case 'claimRefuted':
      return `refutes ${peer} at ${report.height} (${report.why}), probes in ${duration(report.probeInMs)}`;
    case 'claimProven':
      return `believes ${peer} up to what it claims, for ${report.height}`;
    case 'disputeSettled':
      return `no longer disputes ${peer}`;
    case 'claimDropped':
      return `drops the claim of ${peer}: ${report.why}`;
    case 'requestEnded':
      return `the request to ${peer} for ${heights(report.from, report.to)} ended: ${report.result}, ${duration(report.tookMs)}`;
    case 'refusedConnection':
      return `refuses ${peer} (${report.why})`;
  }
}

function faults(event: { readonly fault?: BlockFault; readonly hostFault?: HostFault }): string {
  const fault = event.fault === undefined ? '' : `, then ${event.fault.code}`;
  return event.hostFault === undefined
    ? fault
    : `${fault}, host fault ${event.hostFault.code}: ${event.hostFault.message}`;
}

function asked(requestId: number | null): string {
  return requestId === null ? '(without a request id)' : `(request ${requestId})`;
}

function blocks(list: readonly SyncBlock[]): string {
  const [first, last] = [list[0], list.at(-1)];
  return first === undefined || last === undefined ? 'nothing' : heights(first.height, last.height);
}

function heights(from: number, to: number): string {
  return from === to ? `${from}` : `${from}..${to}`;
}
