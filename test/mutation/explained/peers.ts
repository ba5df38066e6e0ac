import { FOR_THE_TYPE, INVARIANT, linesOf, TEXT } from './line.ts';

const aggregate = linesOf('src/core/aggregate.ts');
const bestPeer = linesOf('src/core/best-peer.ts');
const claims = linesOf('src/core/claims.ts');
const conduct = linesOf('src/core/conduct.ts');
const connections = linesOf('src/core/connections.ts');
const flow = linesOf('src/core/flow.ts');
const indexes = linesOf('src/core/peer-indexes.ts');
const peers = linesOf('src/core/peers.ts');

const UNKNOWN_SPEED = 'same outcome: both are measured by the same first answer';

export const PEER_SURVIVORS = [
  aggregate(
    'shortcut: the climb goes on without getting higher, until its rounds are over',
    'if (further <= reach) break;',
  ),
  aggregate(
    'same outcome: an index without claims has no root only when the other has one',
    'const maxHeight = Math.max(untested.root?.summary ?? 0, tested.root?.summary ?? 0);',
  ),

  bestPeer(
    'shortcut: the search that it saves finds nobody',
    'if (!anyClaims(facts.peers.starts, height)) return null;',
  ),
  bestPeer(
    'how many are looked at: more than 64 requests under way to pressed peers are in no test',
    'if (++looked > PRESS_LOOK_MAX) break;',
  ),
  bestPeer(
    'which of several pressed peers is asked: the quickest is a matter of speed',
    'if (best === null || hopedForMs(peer) < hopedForMs(best)) best = peer;',
  ),
  bestPeer(
    'shortcut: the search that it saves finds nobody',
    'return (maps.claims.upTo(starts, [height, LAST_ID])?.summary ?? -1) >= height;',
  ),
  bestPeer(
    'same outcome: only who has a claim that counts is asked about',
    'return peer.claim !== null && holds(peer.claim, height);',
  ),

  claims(
    'same outcome: `now - null` is the whole of the time, which is more than any period',
    'if (peer.heardAt === null || turn.clock.now - peer.heardAt > ageMs) askMetadata(turn, peer);',
  ),
  claims(FOR_THE_TYPE, 'const was = peer.claim?.maxHeight ?? 0;'),
  claims(
    'a default: who refutes something that is refuted already says that it was a trial',
    'export function refuteClaim(turn: Turn, id: PeerId, height: number, why: RefutationCause, byTrial = false): void {',
  ),
  claims(
    'same outcome: the chart has no edge from a claim that is proven, so nothing moves',
    "if (peer === undefined || peer.claim === null || peerIs(peer, 'claimTested')) return;",
  ),
  claims(
    'same outcome: the chart gives back the same peer only where it has no edge, and then nothing else changes',
    'if (proven === peer) return;',
  ),
  claims(
    'same outcome: only the answer to a test or probe comes here, of a peer that is connected and claims',
    'if (peer === undefined || peer.claim === null) return;',
  ),
  claims(
    'same outcome: a claim that reaches just as far as we do is as good proven as not: nothing is left to ask',
    'if (peer.claim.maxHeight <= turn.local.maxHeight) proveClaim(turn, id, height);',
  ),
  claims(
    'same outcome: only a probe brings a block that is committed, and it asks for what is in dispute; of a claim without a dispute nothing is ended',
    "else if (peerIs(peer, 'claimRefuted') && height >= (peer.disputedFrom ?? 0)) endDispute(turn, peer);",
  ),
  claims(
    'same outcome: what is in dispute is of a refuted claim, and a null is below every height',
    "if (peer === undefined || peer.claim === null || peer.disputedFrom === null || !peerIs(peer, 'claimRefuted')) return;",
  ),
  claims(FOR_THE_TYPE, 'if ((peer.claim?.maxHeight ?? 0) < (peer.disputedFrom ?? 0)) {'),

  conduct(
    'same outcome: who is banned loses its connection in the same event, and only the connected are charged',
    "if (!canAdvance(peer, 'Ban')) return;",
  ),

  connections('same outcome: who is known has its place in the table', 'if (known === undefined && !makeRoom(turn)) {'),
  connections(INVARIANT, "if (request !== undefined) failRequest(turn, request, 'peerLost');"),
  connections(
    'invariant; and what ends below the next height was answered, or is not in flight',
    'return request !== undefined && request.deadline !== null && request.from <= next && next <= request.to;',
  ),

  flow(
    'same outcome: nothing was sent before 0, which null is compared as',
    'return !begun && answeredSentAt !== null && sentAt < answeredSentAt;',
  ),
  flow(
    'same outcome: nothing was sent before 0, which null is compared as',
    'const isLate = flow.answeredSentAt !== null && sentAt < flow.answeredSentAt;',
  ),
  flow(
    'same outcome: nothing was sent before 0, which null is compared as',
    'if (flow.shrunkAt !== null && sentAt < flow.shrunkAt) return { ...flow, quickestMs, credit: 0 };',
  ),
  flow(
    UNKNOWN_SPEED,
    'if (quickestMs === null || bytesPerMs === null) return EXPECTED_MS_UNKNOWN * (peer.inFlight + 1);',
  ),
  flow(UNKNOWN_SPEED, 'if (quickestMs === null || bytesPerMs === null || !isMeasured) return true;'),
  flow(UNKNOWN_SPEED, 'const isKnown = quickestMs !== null && bytesPerMs !== null;'),
  flow(
    'same outcome: equal measurements give the same mean',
    'if (sample > bytesPerMs) return bytesPerMs + (sample - bytesPerMs) * FASTER_SHARE;',
  ),
  flow('same outcome: equal times', 'flow.quickestMs === null || tookMs < flow.quickestMs'),
  flow('a matter of speed, at one very value of a fraction', 'if (waiting > WAITING_MAX) {'),
  flow(
    'a matter of speed, at one very value of a fraction',
    'if (waiting >= 1) return { ...flow, quickestMs, credit: Math.max(0, flow.credit) };',
  ),

  indexes(
    'shortcut: deleted and set again, or set to what it is',
    'if (was === is && (is === null || before?.claim === claim)) return index;',
  ),
  indexes(
    FOR_THE_TYPE,
    'return is === null || claim === null ? without : maps.available.set(without, [is, tieBreak, id], claim);',
  ),
  indexes(
    'same outcome: a claim that is there belongs to who is connected, and the chart says whether it counts',
    "const counts = connected && claim !== null && peerChart.hasTag(life, 'claimCounts') ? claim : null;",
  ),
  indexes('shortcut: nothing is deleted, and nothing added', 'if (was === null && is === null) return index;'),
  indexes(
    'shortcut: deleted and set again; to delete what is not there changes nothing',
    'const without = was === null || was === is ? index : maps.available.delete(index, [was, tieBreak, id]);',
  ),
  indexes('shortcut: set again to the same', 'if (was === is) return index;'),
  indexes('shortcut: deleted and set again', 'const stays = was !== null && was.minHeight === is?.minHeight;'),
  indexes(
    'shortcut: to delete what is not there changes nothing',
    'const without = was === null ? index : maps.byTime.delete(index, [was, id]);',
  ),
  indexes(
    'shortcut: to delete what is not there changes nothing',
    'was === null || before === undefined ? index : maps.probesDue.delete(index, [unproven(before), was, before.id]);',
  ),

  peers(TEXT, 'if (peer === undefined) throw new Error(`peer ${id} is not known`);'),
  peers(TEXT, 'if (request === undefined) throw new Error(`request ${id} is not known`);'),
  peers('same outcome: without a time for a probe none is due', 'probeDue: false,'),
  peers('same outcome: it is set when a claim is refuted, and read of refuted claims only', 'aheadInVain: false,'),
  peers(
    'shortcut: every place in the indexes stays the same',
    'if (before !== after) turn.peers = reindex(turn.peers, before, after);',
  ),
  peers(
    'same outcome: a claim that is refuted has been refuted, which is counted below',
    "if (peerIs(peer, 'claimRefuted')) return true;",
  ),
  peers(
    'same outcome: who cools down or was banned has a score below 0, and gets it back with blocks that make it better known than this',
    'return score < 0 || absences + refutations + desertions + coolDowns + bans + serving > 0;',
  ),
] as const;
