import type { PeerId } from '../../src/protocol/block.ts';
import type { ChainView } from '../simulation/chain.ts';
import type { ServedAnswer } from '../simulation/transport.ts';
import type { Always, Outcome } from './property.ts';
import { always, effectsOf, isEvent } from './property.ts';
import { maps } from '../../src/core/facts.ts';

export const tellsWhatIsCommitted = always(
  'tells-what-is-committed',
  ['SERVE-2'],
  'Others are told the committed range, neither more nor less.',
  (seen) => {
    const told = effectsOf(seen, 'sendMetadata');
    const { local } = seen.after;
    for (const { peer, minHeight, maxHeight } of told) {
      if (minHeight !== local.minHeight || maxHeight !== local.maxHeight)
        return `${peer} is told ${minHeight}..${maxHeight}, where ${local.minHeight}..${local.maxHeight} is committed`;
      if (minHeight === 0 && maxHeight > 0) return `${peer} is told 0..${maxHeight}, where there is no block 0`;
    }
    return told.length > 0 ? true : undefined;
  },
  { effects: ['sendMetadata'] },
);

export const serverIsAsChosen: Always = {
  kind: 'always',
  name: 'server-mode-is-as-chosen',
  clauses: ['SERVE-1', 'MODE-1'],
  says: 'Server mode is on or off as it was last told to be, also after a stop and a start; and before that, as configured.',
  on: { events: ['Start', 'Server_Enable', 'Server_Disable'], effects: ['serverChanged'] },
  watch: () => {
    let chosen: boolean | null = null;
    return {
      reborn: () => {
        chosen = null;
      },
      check: (seen): Outcome => {
        const { event, after } = seen;
        const isChoice = isEvent(event, 'Server_Enable') || isEvent(event, 'Server_Disable');
        // In other modes it is not taken.
        const isTaken = effectsOf(seen, 'eventRejected').length === 0;
        if (isChoice && isTaken) chosen = isEvent(event, 'Server_Enable');
        const isOn = after.control.server === 'Enabled';
        const isMoved = isEvent(event, 'Start') || isChoice || effectsOf(seen, 'serverChanged').length > 0;
        if (!isMoved || after.control.mode === 'Stopped') return undefined;
        return isOn === (chosen ?? after.config.serverEnabled) ? true : `server mode is ${isOn ? 'on' : 'off'}`;
      },
    };
  },
};

interface Serving {
  readonly peer: PeerId;
  readonly requestId: number | null;
  readonly from: number;
  readonly to: number;
  /** What the next part of the answer begins with. */
  next: number;
  /** How much may still be sent; the first block whatever it weighs. */
  bytesLeft: number;
  isOver: boolean;
}

export const servedIsTheChain: Always = {
  kind: 'always',
  name: 'served-is-what-was-asked-for',
  clauses: ['SERVE-3'],
  says: "Who asks is served the chain's blocks from the first height that it asked for on, none left out, no more in a message than a block may have, and nobody else is.",
  on: { events: ['blocksRequested', 'blocksServed', 'peerDisconnected'], effects: ['serveBlocks'] },
  watch: (subject) => {
    /** For each peer, what it asked for: up to which height and how many bytes, by the request's number and first height. */
    const asked = new Map<PeerId, Map<string, { readonly to: number; readonly bytesMax: number }>>();
    const serving = new Map<number, Serving>();
    return {
      reborn: () => {
        asked.clear();
        serving.clear();
      },
      check: (seen): Outcome => {
        const { event } = seen;
        if (isEvent(event, 'peerDisconnected')) asked.delete(event.peer);
        if (isEvent(event, 'blocksRequested')) {
          const { peer, requestId, from, to, bytesMax = Infinity } = event;
          const ofPeer = asked.get(peer) ?? new Map<string, { to: number; bytesMax: number }>();
          asked.set(peer, ofPeer);
          const name = `${requestId} ${from}`;
          const known = ofPeer.get(name) ?? { to, bytesMax };
          ofPeer.set(name, { to: Math.max(to, known.to), bytesMax: Math.max(bytesMax, known.bytesMax) });
        }
        for (const { peer, requestId, height } of effectsOf(seen, 'sendNoBlock')) {
          if (asked.get(peer)?.has(`${requestId} ${height}`) !== true)
            return `${peer} is told that ${height} is not here, which it did not ask for`;
          const { minHeight, maxHeight } = seen.before.local;
          if (minHeight <= height && height <= maxHeight && height > 0)
            return `${peer} is told that ${height} is not here, where ${minHeight}..${maxHeight} is committed`;
        }
        for (const { serveId, peer, requestId, from, to } of effectsOf(seen, 'serveBlocks')) {
          const request = asked.get(peer)?.get(`${requestId} ${from}`);
          if (request === undefined || request.to < to || to < from)
            return `${peer} is served ${from}..${to}, which it did not ask for`;
          serving.set(serveId, { peer, requestId, from, to, next: from, bytesLeft: request.bytesMax, isOver: false });
        }
        if (!isEvent(event, 'blocksServed')) return undefined;
        let checked = false;
        for (const answer of subject.takeServed()) {
          const { blockBytesMax } = seen.after.config;
          const wrong = tooLarge(answer, blockBytesMax) ?? wrongIn(answer, serving.values(), subject.chain);
          if (wrong !== null) return wrong;
          checked = true;
        }
        end(serving, event.serveId);
        return checked ? true : undefined;
      },
    };
  },
};

/** Who uses the same number for two requests at a time leaves open to which of them a block belongs: both stay until both are over. */
function end(serving: Map<number, Serving>, serveId: number): void {
  const over = serving.get(serveId);
  if (over === undefined) return;
  over.isOver = true;
  const alike = [...serving].filter(([, each]) => each.peer === over.peer && each.requestId === over.requestId);
  if (alike.every(([, each]) => each.isOver)) for (const [id] of alike) serving.delete(id);
}

function tooLarge({ peer, blocks }: ServedAnswer, bytesMax: number): string | null {
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
  return blocks.length > 1 && bytes > bytesMax ? `${peer} is sent ${bytes} bytes in one message` : null;
}

function wrongIn(
  { peer, requestId, blocks }: ServedAnswer,
  serving: Iterable<Serving>,
  chain: ChainView,
): string | null {
  const [first] = blocks;
  if (first === undefined) return `${peer} is sent an answer without a block`;
  const served = [...serving].find((each) => {
    return (
      each.peer === peer &&
      each.requestId === requestId &&
      each.next === first.height &&
      first.height + blocks.length - 1 <= each.to
    );
  });
  if (served === undefined)
    return `${peer} is sent ${blocks.length} blocks from ${first.height} on, which are not served to it`;
  for (const { height, bytes } of blocks) {
    served.bytesLeft -= bytes;
    if (served.bytesLeft < 0 && height > served.from) return `${peer} is sent more bytes than it asked for`;
  }
  served.next += blocks.length;
  for (const [i, block] of blocks.entries()) {
    const height = first.height + i;
    if (block.height !== height) return `${peer} is sent ${block.height} in the place of ${height}`;
    const isTrue = chain.has(height) && block.contentId === chain.blockAt(height).contentId;
    if (!isTrue || !chain.hasCertificateOf(block)) return `${peer} is sent a block ${height} that is not the chain's`;
  }
  return null;
}

export const whoAsksIsAnswered = always(
  'who-asks-is-answered',
  ['SERVE-1', 'SERVE-2', 'SERVE-3', 'SERVE-4'],
  'In server mode a request is answered at once, or waits in line, or is said to be dropped and why.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksRequested') && !isEvent(event, 'metadataRequested')) return undefined;
    if (before.control.mode === 'Stopped' || after.control.server !== 'Enabled') return undefined;
    if (maps.peers.get(before.peers.byId, event.peer)?.life.link !== 'Connected') return undefined;
    const isAnswered = seen.effects.some(
      (effect) => ANSWERS.has(effect.type) && 'peer' in effect && effect.peer === event.peer,
    );
    if (isAnswered || before.serving.queue !== after.serving.queue) return true;
    const isCharged = effectsOf(seen, 'reportPeer').some(
      ({ peer, report }) => peer === event.peer && report.kind === 'charged',
    );
    return isCharged ? true : `${event.peer} asks (${event.type}), and nothing comes of it`;
  },
  { events: ['blocksRequested', 'metadataRequested'] },
);

export const offServesNobody = always(
  'off-serves-nobody',
  ['SERVE-1'],
  'While server mode is off nobody is told or sent anything, and each request is said to be dropped for that reason.',
  (seen) => {
    const { event, before, after } = seen;
    if (after.control.server === 'Enabled') return undefined;
    const answer = seen.effects.find(({ type }) => SENDS.has(type));
    if (answer !== undefined && 'peer' in answer) return `${answer.peer}: ${answer.type}, though server mode is off`;
    if (before.control.mode === 'Stopped') return undefined;
    const drops = effectsOf(seen, 'requestDropped').filter(({ reason }) => reason === 'SERVER_DISABLED');
    if (isEvent(event, 'blocksServed')) {
      const waited = maps.queued.size(before.serving.queue);
      const left = maps.queued.size(after.serving.queue);
      if (waited === 0) return undefined;
      return drops.length === waited - left && left < waited
        ? true
        : `of ${waited} in line ${drops.length} are dropped`;
    }
    if (!isEvent(event, 'blocksRequested') && !isEvent(event, 'metadataRequested')) return undefined;
    if (maps.peers.get(before.peers.byId, event.peer)?.life.link !== 'Connected') return undefined;
    return drops.some(({ peer }) => peer === event.peer) ? true : `${event.peer} asks (${event.type}), and is not told`;
  },
  {
    events: ['blocksRequested', 'metadataRequested', 'blocksServed'],
    effects: ['sendMetadata', 'serveBlocks', 'sendNoBlock'],
  },
);

const SENDS: ReadonlySet<string> = new Set(['sendMetadata', 'serveBlocks', 'sendNoBlock']);

export const whatIsNotThereIsDenied = always(
  'what-is-not-there-is-denied',
  ['SERVE-3'],
  'Whoever asks from a height on that is not committed, or that no chain has, is sent nothing, and is not kept waiting.',
  (seen) => {
    const { event, before, after } = seen;
    if (!isEvent(event, 'blocksRequested')) return undefined;
    const { minHeight, maxHeight } = before.local;
    if (event.from >= Math.max(1, minHeight) && event.from <= maxHeight) return undefined;
    const waits = maps.queued.size(after.serving.queue) > maps.queued.size(before.serving.queue);
    if (!waits && effectsOf(seen, 'serveBlocks').length === 0) return true;
    return `${event.peer} asks for ${event.from}, and of ${minHeight}..${maxHeight} ${waits ? 'waits to be' : 'is'} sent some`;
  },
  { events: ['blocksRequested'] },
);

export const droppedOnlyWhenFull = always(
  'dropped-only-when-full',
  ['SERVE-4', 'LIMIT'],
  'A request is dropped for want of room only when as many wait in line as may, of its peer or of all.',
  (seen) => {
    const { event, before } = seen;
    if (!isEvent(event, 'blocksRequested')) return undefined;
    if (effectsOf(seen, 'requestDropped').every(({ reason }) => reason !== 'OVER_LIMIT')) return undefined;
    const { serveBlocksPerPeerMax, serveQueuedMax } = before.config;
    const ofPeer = maps.peers.get(before.peers.byId, event.peer)?.queued ?? 0;
    const waiting = maps.queued.size(before.serving.queue);
    if (ofPeer >= serveBlocksPerPeerMax || waiting >= serveQueuedMax) return true;
    return `${event.peer} has ${ofPeer} requests in line, of ${waiting}, and one more is dropped`;
  },
  { events: ['blocksRequested'] },
);

export const nobodyJumpsItsLine = always(
  'nobody-jumps-its-line',
  ['SERVE-4'],
  'What a peer asks for waits behind what it asked for before.',
  (seen) => {
    const { event, before } = seen;
    if (!isEvent(event, 'blocksRequested')) return undefined;
    if ((maps.peers.get(before.peers.byId, event.peer)?.queued ?? 0) === 0) return undefined;
    const served = effectsOf(seen, 'serveBlocks').find(({ peer }) => peer === event.peer);
    return served === undefined ? true : `${event.peer} is sent ${served.from} at once, and waits for others`;
  },
  { events: ['blocksRequested'] },
);

const ANSWERS: ReadonlySet<string> = new Set(['sendMetadata', 'serveBlocks', 'sendNoBlock', 'requestDropped']);

export const servingRoomComesBack: Always = {
  kind: 'always',
  name: 'serving-room-comes-back',
  clauses: ['SERVE-3', 'SERVE-4'],
  says: 'Room that serving took is given back when it is done, and nobody waits while there is room for all.',
  on: { events: ['blocksServed'], effects: ['serveBlocks'] },
  watch: () => {
    const serving = new Set<number>();
    return {
      reborn: () => {
        serving.clear();
      },
      check: (seen): Outcome => {
        const { event, after } = seen;
        if (isEvent(event, 'blocksServed')) serving.delete(event.serveId);
        const begun = effectsOf(seen, 'serveBlocks');
        for (const { serveId } of begun) serving.add(serveId);
        if (begun.length === 0 && !isEvent(event, 'blocksServed')) return undefined;
        const counted = maps.serving.size(after.serving.byId);
        if (counted !== serving.size) return `${serving.size} answers are under way, ${counted} are counted`;
        const waiting = maps.queued.size(after.serving.queue);
        return serving.size > 0 || waiting === 0 ? true : `${waiting} requests wait, and nothing is served`;
      },
    };
  },
};
