import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { ReasonCode, WhyNotSynced } from '../../src/core/why.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import type { Always, Outcome } from './property.ts';
import { effectsOf } from './property.ts';
import { mayBeAsked } from './window.ts';

/** Asked for that seldom, and whenever the mode changes: it looks at every peer. */
const ASKED_EVERY = 16;

export const reasonsAreTrue: Always = {
  kind: 'always',
  name: 'reasons-are-true',
  clauses: ['SYNC-7', 'SYNC-8', 'META-8'],
  says: 'Why a node is not synced is what the records of its peers and of its own work say, and so is when it tries again.',
  watch: () => {
    let events = 0;
    return {
      check: (seen): Outcome => {
        const { after } = seen;
        if (++events % ASKED_EVERY !== 0 && effectsOf(seen, 'modeChanged').length === 0) return undefined;
        const why = whyNotSynced(after);
        if (why === null) return isDone(after) ? undefined : 'no reason is told, though something is missing';
        if (isSettledAndDone(after)) return `${why.code} is told, and nothing is missing`;
        const wrong = untruth(why.code, after);
        if (wrong !== null) return `${why.code}: ${wrong}`;
        const mistold = wrongInTrouble(why, after) ?? wrongInMessage(why, after);
        if (mistold !== null) return `${why.code}: ${mistold}`;
        const soonestMs = soonestTryMs(why.code, after);
        return why.nextTryInMs === soonestMs
          ? true
          : `${why.code}: the next try is said to be in ${why.nextTryInMs} ms, but something is tried in ${soonestMs} ms`;
      },
    };
  },
};

/** So many times on end that the target grew no slower than the height, it outruns it (A42). */
const OUTRUN_TIMES = 2;

/** What speaks against a reason; null: nothing. Whatever is more telling comes first, as `REASONS` has them. */
function untruth(code: ReasonCode, facts: Facts): string | null {
  const { control, host, window, aggregate, config } = facts;
  const isStopped = control.mode === 'Stopped';
  if (isStopped || code === 'NODE_STOPPED') return isStopped === (code === 'NODE_STOPPED') ? null : control.mode;
  const isSuspect = window.trouble?.suspect != null;
  if (isSuspect || code === 'LOCAL_STATE_SUSPECT')
    return isSuspect === (code === 'LOCAL_STATE_SUSPECT') ? null : 'the local state is suspected or not';
  if (host.fault !== null || code === 'HOST_FAULT')
    return (host.fault !== null) === (code === 'HOST_FAULT') ? null : 'the host is at fault or not';
  const peers = peersOf(facts);
  if (peers.connected === 0 || code === 'NO_PEERS')
    return (peers.connected === 0) === (code === 'NO_PEERS') ? null : `${peers.connected} peers are connected`;
  const isFinding = control.mode === 'P2P_Bootstrapping';
  if (isFinding || code === 'BOOTSTRAPPING') return isFinding === (code === 'BOOTSTRAPPING') ? null : control.mode;
  if (code === 'WAITING_FOR_METADATA' && peers.claiming > 0) return `${peers.claiming} peers claim something`;
  if (code === 'ALL_CLAIMS_REFUTED' && peers.counting > 0) return `${peers.counting} claims count`;
  if (code === 'ALL_CLAIMS_REFUTED' && peers.refuted === 0) return 'no claim is refuted';
  const isFew = aggregate !== null && aggregate.peers < config.minPeers && aggregate.maxHeight <= facts.local.maxHeight;
  if (code === 'TOO_FEW_PEERS' && (aggregate?.peers ?? 0) >= config.minPeers) return 'there are enough peers';
  if (isFew && code === 'CATCHING_UP' && control.mode === 'P2P_Bootstrapped')
    return 'nothing is missing, but there are too few peers';
  if (code === 'NEXT_HEIGHT_PRUNED' && peers.lowest <= facts.local.maxHeight + 1) return `somebody has ${peers.lowest}`;
  if (code === 'NEXT_HEIGHT_UNAVAILABLE' && peers.mayGiveNext) return 'somebody may be asked for the next height';
  if (code === 'TARGET_OUTRUNS_SYNC' && (facts.pace.blocksPerSecond ?? 0) <= 0) return 'no block was committed lately';
  const isOutrun = facts.pace.outrun >= OUTRUN_TIMES;
  if (isOutrun ? code === 'CATCHING_UP' : code === 'TARGET_OUTRUNS_SYNC')
    return `outrun ${facts.pace.outrun} times on end`;
  if (code === 'CATCHING_UP' || code === 'TARGET_OUTRUNS_SYNC') {
    if (peers.haveNext === 0 && !isNextHere(facts))
      return 'the next height is not here, and nobody who may be asked claims it';
  }
  return null;
}

/** What went wrong last is what is recorded of that height, or of this host. */
function wrongInTrouble({ code, height, lastErrorCode, peersTried }: WhyNotSynced, facts: Facts): string | null {
  const { trouble } = facts.window;
  const isThere = trouble?.height === height;
  const wanted = code === 'HOST_FAULT' ? facts.host.fault?.code : isThere ? trouble.code : undefined;
  if (lastErrorCode !== (wanted ?? null))
    return `the last error is told to be ${lastErrorCode}; it was ${wanted ?? 'none'}`;
  const tried = isThere ? trouble.peers : [];
  const isSame = peersTried.length === tried.length && peersTried.every((peer) => tried.includes(peer));
  return isSame ? null : `tried are told to be ${peersTried.join() || 'none'}; they were ${tried.join() || 'none'}`;
}

/** Whoever has to find somebody with the next block is told how far down it is on offer. */
function wrongInMessage({ code, message }: WhyNotSynced, facts: Facts): string | null {
  if (code !== 'NEXT_HEIGHT_PRUNED') return null;
  const { lowest } = peersOf(facts);
  return message.includes(` ${lowest}.`) ? null : `told is "${message}", and the lowest height on offer is ${lowest}`;
}

function peersOf(facts: Facts) {
  const next = facts.local.maxHeight + 1;
  const found = {
    connected: 0,
    claiming: 0,
    counting: 0,
    refuted: 0,
    haveNext: 0,
    mayGiveNext: false,
    lowest: Infinity,
  };
  for (const { value: peer } of maps.peers.entries(facts.peers.byId)) {
    const { claim, life } = peer;
    if (life.link !== 'Connected') continue;
    found.connected++;
    if (claim === null) continue;
    found.claiming++;
    if (life.claim === 'Refuted') found.refuted++;
    else {
      found.counting++;
      found.lowest = Math.min(found.lowest, claim.minHeight);
    }
    if (mayBeAsked(peer, next)) found.mayGiveNext = true;
    if (mayBeAsked({ ...peer, inFlight: 0 }, next)) found.haveNext++;
  }
  return found;
}

/** In work, or asked for: the answer may still come, whatever became of who was asked. */
function isNextHere({ window, local }: Facts): boolean {
  const span = maps.spans.atOrBefore(window.spans, local.maxHeight + 1)?.value;
  return span !== undefined && span.to > local.maxHeight && span.stage !== 'wanted';
}

/** Whether enough peers have nothing that is missing here; a node that was synced lets a few blocks pass (MODE-4). */
function isDone({ aggregate, config, local, window, control }: Facts): boolean {
  if (control.mode === 'Stopped' || aggregate === null || aggregate.peers < config.minPeers) return false;
  const reach = Math.max(local.maxHeight, window.appliedTo + 1);
  return aggregate.maxHeight - reach < config.blocksBehindMin;
}

function isSettledAndDone(facts: Facts): boolean {
  const { mode } = facts.control;
  const isSettled = mode === 'Consensus_Synced' || mode === 'Consensus_Pacemaker';
  return isSettled && isDone(facts) && (facts.aggregate?.maxHeight ?? 0) <= facts.local.maxHeight;
}

/** The soonest of what is tried again whatever the reason is, and while blocks come, of what is overdue then. */
function soonestTryMs(code: ReasonCode, { peers, host, window, clock, requests }: Facts): number | null {
  const isMoving = code === 'CATCHING_UP' || code === 'TARGET_OUTRUNS_SYNC';
  const times = [
    isMoving ? maps.deadlines.first(requests.deadlines)?.key[0] : null,
    host.retryAt,
    window.trouble?.suspect?.retryAt,
    maps.byTime.first(peers.conductEnds)?.key[0],
    maps.byTime.first(peers.probes)?.key[0],
    maps.byTime.first(peers.asks)?.key[0],
  ].filter((time) => time != null);
  return times.length === 0 ? null : Math.max(0, Math.min(...times) - clock.now);
}
