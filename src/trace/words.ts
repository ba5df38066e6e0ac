import type { SyncEvent } from '../core/events.ts';
import type { BlockFault, HostFault } from '../protocol/errors.ts';

/** An event in plain words, on one line: what happened, with its peer and heights. Of a malformed one, its type. */
export function describeEvent(event: SyncEvent): string {
  try {
    return `${wordsOf(event)} (${event.type} at ${event.now} ms)`;
  } catch {
    return event.type;
  }
}

function wordsOf(event: SyncEvent): string {
  switch (event.type) {
    case 'peerConnected':
      return `${event.peer} connected; a request to it may name ${event.rangeBlocksMax} blocks`;
    case 'peerDisconnected':
      return `${event.peer} disconnected`;
    case 'peerMisbehaved':
      return `the host caught ${event.peer} at ${event.offence}: ${event.detail}`;
    case 'metadataReceived':
      return `${event.peer} claims blocks ${event.minHeight} to ${event.maxHeight}`;
    case 'metadataRequested':
      return `${event.peer} asks what this node holds`;
    case 'blocksReceived':
      return `${event.peer} sent ${heightsOf(event.blocks)}${answerTo(event.requestId)}`;
    case 'blocksUnavailable':
      return `${event.peer} does not have block ${event.height}${answerTo(event.requestId)}`;
    case 'sendFailed':
      return `request ${event.requestId} could not be sent to ${event.peer}`;
    case 'blocksRequested':
      return `${event.peer} asks for blocks ${event.from} to ${event.to}`;
    case 'blocksServed':
      return `serving ${event.serveId} is done`;
    case 'newBlockReceived':
      return `${event.peer} announced block ${event.block.height}`;
    case 'proposalReceived':
      return `${event.peer} proposed block ${event.block.height}`;
    case 'blocksVerified':
      return `work ${event.workId}: ${event.valid} blocks are good${faultOf(event)}`;
    case 'blocksApplied':
      return `work ${event.workId}: ${event.stateHashes.length} blocks are applied${faultOf(event)}`;
    case 'blocksCommitted':
      return event.hostFault === undefined
        ? `work ${event.workId}: the blocks are committed`
        : `work ${event.workId}: nothing is committed${faultOf(event)}`;
    case 'blocksRolledBack':
      return event.hostFault === undefined
        ? `work ${event.workId}: what was applied is undone`
        : `work ${event.workId}: nothing is undone${faultOf(event)}`;
    case 'blockFinalized':
      return `consensus decided block ${event.height}`;
    case 'validatorStatusChanged':
      return event.validator ? 'this node is a validator now' : 'this node is no validator any more';
    case 'syncRequested':
      return 'startSyncing() was called';
    case 'timerFired':
      return `the timer "${event.timer}" fired`;
    default:
      return 'a signal of the host';
  }
}

function heightsOf(blocks: readonly { readonly height: number }[]): string {
  const [first] = blocks;
  const last = blocks.at(-1);
  if (first === undefined || last === undefined) return 'no block';
  return first === last ? `block ${first.height}` : `${blocks.length} blocks from ${first.height} to ${last.height}`;
}

function answerTo(requestId: number | null): string {
  return requestId === null ? '' : ` for request ${requestId}`;
}

function faultOf({ fault, hostFault }: { readonly fault?: BlockFault; readonly hostFault?: HostFault }): string {
  if (hostFault !== undefined) return `; the host failed with ${hostFault.code}: ${hostFault.message}`;
  return fault === undefined ? '' : `; the next is not: ${fault.code}: ${fault.message}`;
}
