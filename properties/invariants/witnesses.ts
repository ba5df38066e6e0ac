import type { Effect, EffectOf, PeerReport } from '../../src/core/effects.ts';
import type { Facts } from '../../src/core/facts.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import type { Sometimes } from './property.ts';
import { effectsOf } from './property.ts';
import type { Topics } from './topics.ts';

/** What must happen somewhere in a campaign, or its runs would not have been where it matters. */
export const WITNESSES: readonly Sometimes[] = [
  entered('Consensus_SyncMode', 'MODE-2'),
  entered('Consensus_Synced', 'MODE-3'),
  entered('Consensus_Pacemaker', 'MODE-3', 'MODE-10'),
  effect('a settled node fell behind', ['MODE-4', 'META-10'], 'modeChanged', ({ event, previous }) => {
    return event === 'Consensus_IsUnsynced' && previous !== 'P2P_Bootstrapped';
  }),
  effect('a node went between Synced and Pacemaker', ['MODE-5'], 'modeChanged', ({ previous, next }) => {
    return previous.startsWith('Consensus_') && ['Consensus_Synced', 'Consensus_Pacemaker'].includes(next);
  }),
  report('a claim was refuted by silence', ['META-7'], (it) => it.kind === 'claimRefuted' && it.why === 'TIMED_OUT'),
  report('a claim was refuted by "I have none"', ['META-7', 'SYNC-5'], (it) => {
    return it.kind === 'claimRefuted' && it.why === 'NOT_AVAILABLE';
  }),
  report(
    'a claim was refuted by a bad block',
    ['META-7'],
    (it) => it.kind === 'claimRefuted' && it.why === 'INVALID_BLOCK',
  ),
  report('a claim was proven', ['META-7', 'META-10'], (it) => it.kind === 'claimProven'),
  report('a claim shrank', ['META-5'], (it) => it.kind === 'claimDropped'),
  report('a peer cooled down', ['PEER-1'], (it) => it.kind === 'coolingDown'),
  report('a peer was banned', ['PEER-1'], (it) => it.kind === 'banned'),
  report('a peer was forgiven', ['PEER-1'], (it) => it.kind === 'forgiven'),
  report('a request timed out', ['SYNC-4'], (it) => it.kind === 'requestEnded' && it.result === 'timedOut'),
  report('a request was given up', ['OPT-1'], (it) => it.kind === 'requestEnded' && it.result === 'skipped'),
  effect('blocks were asked for twice', ['OPT-1'], 'sendGetBlocks', ({ purpose }) => purpose === 'hedge'),
  report('a request could not be sent', ['SYNC-4'], (it) => it.kind === 'requestEnded' && it.result === 'sendFailed'),
  report('a peer left owing an answer', ['PEER-2'], (it) => it.kind === 'requestEnded' && it.result === 'peerLost'),
  report(
    'an answer did not fit its question',
    ['SYNC-6'],
    (it) => it.kind === 'requestEnded' && it.result === 'refused',
  ),
  report('a connection was refused', ['PEER-1'], (it) => it.kind === 'refusedConnection'),
  effect('a range of blocks was asked for', ['SYNC-2', 'CHUNK-1'], 'sendGetBlocks', ({ from, to }) => to > from),
  effect('a claim was tested', ['META-10'], 'sendGetBlocks', ({ purpose }) => purpose === 'test'),
  effect('a refuted claim was probed', ['META-7'], 'sendGetBlocks', ({ purpose }) => purpose === 'probe'),
  effect('blocks were rolled back', ['APPLY-2'], 'rollbackBlocks', () => true),
  effect('the host failed', ['APPLY-5'], 'hostFaulted', () => true),
  effect('the local state was suspected', ['APPLY-3'], 'localStateSuspect', () => true),
  effect('a block was added', ['SYNC-2'], 'blocksAdded', ({ peer }) => peer !== null),
  effect('consensus added a block', ['MODE-10'], 'blocksAdded', ({ peer }) => peer === null),
  effect('an announced block was a duplicate', ['LIVE-1'], 'blockRejected', ({ reason }) => reason === 'DUPLICATE'),
  effect('a block was announced ahead', ['LIVE-1'], 'blockRejected', ({ reason }) => reason.startsWith('AHEAD')),
  effect('a proposal reached consensus', ['LIVE-3'], 'deliverProposal', () => true),
  effect(
    'a proposal was not for consensus',
    ['LIVE-3'],
    'blockRejected',
    ({ reason }) => reason === 'NOT_IN_CONSENSUS',
  ),
  effect('blocks were served', ['SERVE-3'], 'serveBlocks', () => true),
  effect('a request was not answered', ['SERVE-4'], 'requestDropped', () => true),
  sometimes('blocks came early and were buffered', ['SYNC-3'], ({ after }) => after.window.bufferedBlocks > 1, {
    facts: ['window'],
  }),
  sometimes('a spare copy was kept', ['APPLY-2'], ({ after }) => after.window.spares.length > 0, {
    facts: ['window'],
  }),
  waited('NEXT_HEIGHT_PRUNED', 'SYNC-8'),
  waited('NEXT_HEIGHT_UNAVAILABLE', 'SYNC-7'),
  waited('ALL_CLAIMS_REFUTED', 'META-7'),
  waited('TOO_FEW_PEERS', 'META-8'),
  waited('NO_PEERS', 'SYNC-7'),
  waited('TARGET_OUTRUNS_SYNC', 'SYNC-7'),
];

function sometimes(name: string, clauses: readonly string[], happened: Sometimes['happened'], on: Topics): Sometimes {
  return { kind: 'sometimes', name, clauses, happened, on };
}

function effect<Type extends Effect['type']>(
  name: string,
  clauses: readonly string[],
  type: Type,
  is: (effect: EffectOf<Type>) => boolean,
): Sometimes {
  return sometimes(name, clauses, (seen) => effectsOf(seen, type).some(is), { effects: [type] });
}

function report(name: string, clauses: readonly string[], is: (report: PeerReport) => boolean): Sometimes {
  return effect(name, clauses, 'reportPeer', (each) => is(each.report));
}

function entered(mode: string, ...clauses: string[]): Sometimes {
  return effect(`entered ${mode}`, clauses, 'modeChanged', ({ next }) => next === mode);
}

/** Asked for only when a timer fired: that is when somebody would look. */
function waited(code: string, clause: string): Sometimes {
  return sometimes(`waited: ${code}`, [clause], ({ after }) => reasonOf(after) === code, { events: ['timerFired'] });
}

/** Worked out once for all who ask of the same moment. */
const reasons = new WeakMap<Facts, string>();

function reasonOf(facts: Facts): string {
  const known = reasons.get(facts);
  if (known !== undefined) return known;
  const code = whyNotSynced(facts)?.code ?? '';
  reasons.set(facts, code);
  return code;
}
