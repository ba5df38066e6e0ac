import { maps } from '../../src/core/facts.ts';
import type { Effect, PeerReport } from '../../src/core/effects.ts';
import type { SyncEvent, TimerName } from '../../src/core/events.ts';
import { isSynced } from '../../src/core/sync-api.ts';
import { whyNotSynced } from '../../src/core/why.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { blockAt, idAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import type { World } from '../../properties/arbitraries/core-walk/core-world.ts';

/** What a script can say. README.md of this folder lists the phrases for people. */
export const HEIGHTS = String.raw`(\d+)(?:\.\.(\d+))?`;
const PEER = String.raw`([A-Z]\w*)`;
const CODE = String.raw`\(?([A-Z_]+)\)?`;
const TIME = String.raw`([\d.]+) ?(ms|s|min|h)`;

/** What the groups of a phrase matched, in order; '' where there was nothing. */
type Words = readonly [string, string, string, string];

type Action = (world: World, words: Words) => unknown;
export const ACTIONS: readonly (readonly [RegExp, Action])[] = [
  action('start', (world) => world.start()),
  action('stop', (world) => world.send({ type: 'Stop' })),
  action('server (on|off)', (world, [which]) =>
    world.send({ type: which === 'on' ? 'Server_Enable' : 'Server_Disable' }),
  ),
  action('event (\\w+)', (world, [type]) => world.send({ type } as SyncEvent)),
  action(`${PEER} connects(?:, ranges of (\\d+))?`, (world, [peer, range]) => world.connect(peer, Number(range || 1))),
  action(`${PEER} claims ${HEIGHTS}`, (world, [peer, min, max]) => world.claim(peer, Number(min), Number(max))),
  action(`${PEER} leaves`, (world, [peer]) => world.send({ type: 'peerDisconnected', peer })),
  action(`${PEER} answers ${HEIGHTS}(?: with (.+))?`, (world, [peer, from, to, flaw]) =>
    world.answer(
      peer,
      range(from, to).map((height) => flawed(height, flaw, peer)),
    ),
  ),
  action(`${PEER} begins to answer with ${HEIGHTS}(?: with (.+))?`, (world, [peer, from, to, flaw]) => {
    const blocks = range(from, to).map((height) => flawed(height, flaw, peer));
    world.send({
      type: 'blocksReceived',
      peer,
      requestId: world.requestOf(peer, Number(from)),
      blocks,
      more: true,
    });
  }),
  action(`${PEER} ends its answer to (\\d+)`, (world, [peer, height]) =>
    world.send({ type: 'blocksReceived', peer, requestId: world.requestOf(peer, Number(height)), blocks: [] }),
  ),
  action(`${PEER} answers (\\d+(?:,\\d+)+)`, (world, [peer, list]) =>
    world.answer(
      peer,
      list.split(',').map((height) => blockAt(Number(height))),
    ),
  ),
  action(`${PEER} answers (\\d+) as ${HEIGHTS}`, (world, [peer, asked, from, to]) => {
    const blocks = range(from, to).map((height) => blockAt(height));
    world.send({ type: 'blocksReceived', peer, requestId: world.requestOf(peer, Number(asked)), blocks });
  }),
  action(`${PEER} sends ${HEIGHTS} without a request id(?: with (.+))?`, (world, [peer, from, to, flaw]) => {
    const blocks = range(from, to).map((height) => flawed(height, flaw, peer));
    world.send({ type: 'blocksReceived', peer, requestId: null, blocks });
  }),
  action(`${PEER} sends (\\d+) unasked(?: with (.+))?`, (world, [peer, height, flaw]) => {
    const blocks = [flawed(Number(height), flaw, peer)];
    world.send({ type: 'blocksReceived', peer, requestId: 0, blocks });
  }),
  action(`${PEER} lacks (\\d+)`, (world, [peer, height]) => {
    const requestId = world.requestOf(peer, Number(height));
    world.send({ type: 'blocksUnavailable', peer, requestId, height: Number(height) });
  }),
  action(`${PEER} announces (\\d+)(?: with (.+))?`, (world, [peer, height, flaw]) =>
    world.send({ type: 'newBlockReceived', peer, block: flawed(Number(height), flaw, peer) }),
  ),
  action(`${PEER} proposes (\\d+)(?: with (.+))?`, (world, [peer, height, flaw]) =>
    world.send({ type: 'proposalReceived', peer, block: flawed(Number(height), flaw, peer) }),
  ),
  action(`${PEER} wants ${HEIGHTS}`, (world, [peer, from, to]) =>
    world.send({ type: 'blocksRequested', peer, requestId: null, from: Number(from), to: Number(to || from) }),
  ),
  action(`${PEER} wants metadata`, (world, [peer]) => world.send({ type: 'metadataRequested', peer })),
  action(`${PEER} is served`, (world, [peer]) => {
    for (const { key: serveId, value } of maps.serving.entries(world.facts.serving.byId)) {
      if (value === peer) world.send({ type: 'blocksServed', serveId });
    }
  }),
  action(`${PEER} misbehaves ${CODE}`, (world, [peer, offence]) =>
    world.send({ type: 'peerMisbehaved', peer, offence: offence as Offence, detail: 'scripted' }),
  ),
  action(`sending ${HEIGHTS} to ${PEER} fails`, (world, [from, , peer]) =>
    world.send({ type: 'sendFailed', peer, requestId: world.requestOf(peer, Number(from)) }),
  ),
  action('host holds', (world) => {
    world.holds = true;
  }),
  action('host goes on', (world) => {
    world.holds = false;
    while (world.held.length > 0) world.release();
  }),
  action('host finishes one', (world) => world.release()),
  action(String.raw`host finishes (verifying|applying|committing|rolling back) (\d+)`, (world, [doing, height]) =>
    world.release((work) => DOING[work.type] === doing && firstHeightOf(work) === Number(height)),
  ),
  action('host miscomputes (\\d+)', (world, [height]) => world.host.miscomputes.add(Number(height))),
  action(`host fails to (verify|apply|commit|rollback) ${CODE}`, (world, [what, code]) =>
    world.host.failing.set(`${what as 'verify'}Blocks`, { code: code as ErrorCode, message: 'scripted' }),
  ),
  action('host works again', (world) => {
    world.host.failing.clear();
    world.host.miscomputes.clear();
  }),
  action('host crashes(, its commit done)?', (world, [landed]) => world.crash(landed !== '')),
  action('consensus finalizes (\\d+)', (world, [height]) => {
    world.host.finalize(Number(height), idAt(Number(height)));
    const { validator } = world.host;
    world.send({ type: 'blockFinalized', height: Number(height), id: idAt(Number(height)), validator });
  }),
  action('(becomes a|is no) validator', (world, [which]) => {
    world.host.validator = which === 'becomes a';
    world.send({ type: 'validatorStatusChanged', validator: world.host.validator });
  }),
  action('startSyncing', (world) => world.send({ type: 'syncRequested' })),
  action(`after ${TIME}`, (world, [amount, unit]) => world.pass(milliseconds(amount, unit))),
  action(`timer (\\w+) fires(?: after ${TIME})?`, (world, [timer]) => world.fire(timer as TimerName)),
  action(`clock leaps ${TIME}`, (world, [amount, unit]) => {
    world.now += milliseconds(amount, unit);
  }),
  action(`clock goes back ${TIME}`, (world, [amount, unit]) => {
    const ms = milliseconds(amount, unit);
    world.now -= ms;
    for (const [timer, at] of world.timers) world.timers.set(timer, at - ms);
  }),
];

const DOING: Readonly<Partial<Record<string, string>>> = {
  verifyBlocks: 'verifying',
  applyBlocks: 'applying',
  commitBlocks: 'committing',
  rollbackBlocks: 'rolling back',
};

/** Of a rollback, the lowest height that it undoes. */
function firstHeightOf(work: World['held'][number]): number | undefined {
  if (work.type === 'rollbackBlocks') return work.toHeight + 1;
  return 'blocks' in work ? work.blocks[0]?.height : undefined;
}

const PURPOSE = { asks: 'sync', 'also asks': 'hedge', tests: 'test', probes: 'probe' } as const;

/** Whether an effect is what the phrase says. */
type Matcher = (effect: Effect, words: Words) => boolean;
export const EFFECTS: readonly (readonly [RegExp, Matcher])[] = [
  effect('mode (\\w+)', (e, [mode]) => e.type === 'modeChanged' && e.next === mode),
  effect('server (Enabled|Disabled)', (e, [next]) => e.type === 'serverChanged' && e.next === next),
  effect('target (\\d+)', (e, [target]) => e.type === 'targetChanged' && e.target === Number(target)),
  effect('no target', (e) => e.type === 'targetChanged' && e.target === null),
  ...(['asks', 'also asks', 'tests', 'probes'] as const).map((verb) =>
    effect(`${verb} ${PEER} for ${HEIGHTS}`, (e, [peer, from, to]) => {
      const purpose = PURPOSE[verb];
      return e.type === 'sendGetBlocks' && e.purpose === purpose && isFor(e, peer, from, to);
    }),
  ),
  effect(`asks ${PEER} for metadata`, (e, [peer]) => e.type === 'sendMetadataRequest' && e.peer === peer),
  effect(`sends ${PEER} metadata ${HEIGHTS}`, (e, [peer, min, max]) => {
    return e.type === 'sendMetadata' && e.peer === peer && e.minHeight === Number(min) && e.maxHeight === Number(max);
  }),
  effect(`serves ${PEER} ${HEIGHTS}`, (e, [peer, from, to]) => e.type === 'serveBlocks' && isFor(e, peer, from, to)),
  effect(`tells ${PEER} it lacks (\\d+)`, (e, [peer, height]) => {
    return e.type === 'sendNoBlock' && e.peer === peer && e.height === Number(height);
  }),
  effect(`drops the request of ${PEER} ${CODE}`, (e, [peer, reason]) => {
    return e.type === 'requestDropped' && e.peer === peer && e.reason === reason;
  }),
  effect(`verifies ${HEIGHTS}( ahead)?`, (e, [from, to, ahead]) => {
    return e.type === 'verifyBlocks' && areBlocks(e.blocks, from, to) && e.exact === (ahead === '');
  }),
  effect(`applies ${HEIGHTS}`, (e, [from, to]) => e.type === 'applyBlocks' && areBlocks(e.blocks, from, to)),
  effect(`commits ${HEIGHTS}`, (e, [from, to]) => e.type === 'commitBlocks' && areBlocks(e.blocks, from, to)),
  effect('rolls back (?:to )?(\\d+)', (e, [height]) => e.type === 'rollbackBlocks' && e.toHeight === Number(height)),
  effect(`adds ${HEIGHTS}(?: of ${PEER})?`, (e, [from, to, peer]) => {
    return e.type === 'blocksAdded' && isFor({ ...e, peer }, peer, from, to) && (peer === '' || e.peer === peer);
  }),
  effect(`charges ${PEER} ${CODE}`, (e, [peer, offence]) =>
    reports(e, peer, (r) => r.kind === 'charged' && r.offence === offence),
  ),
  effect(`cools ${PEER} down for ${TIME}`, (e, [peer, amount, unit]) => {
    return reports(e, peer, (r) => r.kind === 'coolingDown' && r.forMs === milliseconds(amount, unit));
  }),
  effect(`bans ${PEER} for ${TIME}`, (e, [peer, amount, unit]) => {
    return reports(e, peer, (r) => r.kind === 'banned' && r.forMs === milliseconds(amount, unit));
  }),
  effect(`acquits ${PEER}`, (e, [peer]) => reports(e, peer, (r) => r.kind === 'acquitted')),
  effect(`forgives ${PEER}`, (e, [peer]) => reports(e, peer, (r) => r.kind === 'forgiven')),
  effect(`refutes ${PEER} ${CODE}(?: for ${TIME})?`, (e, [peer, why, amount, unit]) =>
    reports(e, peer, (r) => {
      return (
        r.kind === 'claimRefuted' && r.why === why && (amount === '' || r.probeInMs === milliseconds(amount, unit))
      );
    }),
  ),
  effect(`gives up on ${HEIGHTS} of ${PEER}`, (e, [from, to, peer]) =>
    reports(
      e,
      peer,
      (r) => r.kind === 'requestEnded' && r.result === 'skipped' && isFor({ ...r, peer }, peer, from, to),
    ),
  ),
  effect(`no longer disputes ${PEER}`, (e, [peer]) => reports(e, peer, (r) => r.kind === 'disputeSettled')),
  effect(`believes ${PEER}`, (e, [peer]) => reports(e, peer, (r) => r.kind === 'claimProven')),
  effect(`drops the claim of ${PEER}`, (e, [peer]) => reports(e, peer, (r) => r.kind === 'claimDropped')),
  effect(`refuses ${PEER} ${CODE}`, (e, [peer, why]) =>
    reports(e, peer, (r) => r.kind === 'refusedConnection' && r.why === why),
  ),
  effect(`disconnects ${PEER}`, (e, [peer]) => e.type === 'disconnectPeer' && e.peer === peer),
  effect('starts consensus at (\\d+)', (e, [height]) => e.type === 'startConsensus' && e.nextHeight === Number(height)),
  effect('stops consensus', (e) => e.type === 'stopConsensus'),
  effect(`delivers the proposal (\\d+) of ${PEER}`, (e, [height, peer]) => {
    return e.type === 'deliverProposal' && e.peer === peer && e.block.height === Number(height);
  }),
  effect(`ignores (\\d+) of ${PEER} ${CODE}`, (e, [height, peer, reason]) => {
    return e.type === 'blockRejected' && e.peer === peer && e.height === Number(height) && e.reason === reason;
  }),
  effect('rejects the event (\\w+)', (e, [event]) => e.type === 'eventRejected' && e.event === event),
  effect(`host fault ${CODE}(?:, again in ${TIME})?`, (e, [code]) => e.type === 'hostFaulted' && e.fault.code === code),
  effect(
    'suspects the local state at (\\d+)',
    (e, [height]) => e.type === 'localStateSuspect' && e.height === Number(height),
  ),
];

/** What must hold of the effects as a whole, or of the state; the complaint, or null. */
type Check = (world: World, batch: readonly Effect[], words: Words) => string | null;
export const CHECKS: readonly (readonly [RegExp, Check])[] = [
  check('in mode (\\w+)', (world, _, [mode]) => differs('mode', world.mode, mode)),
  check('local (\\d+)', (world, _, [height]) => differs('local height', String(world.height), height)),
  check('synced', (world) =>
    isSynced(world.facts) ? null : `not synced: ${JSON.stringify(whyNotSynced(world.facts))}`,
  ),
  check('why:? ([A-Z_]+)', (world, _, [code]) =>
    differs('reason', whyNotSynced(world.facts)?.code ?? 'none, synced', code),
  ),
  check(`next try in ${TIME}`, (world, _, [amount, unit]) => {
    return differs(
      'next try in ms',
      String(whyNotSynced(world.facts)?.nextTryInMs),
      String(milliseconds(amount, unit)),
    );
  }),
  check('asks nobody', (_, batch) => none(batch, (e) => e.type === 'sendGetBlocks')),
  check('charges nobody', (_, batch) => none(batch, (e) => e.type === 'reportPeer' && e.report.kind === 'charged')),
  check('refutes nobody', (_, batch) =>
    none(batch, (e) => e.type === 'reportPeer' && e.report.kind === 'claimRefuted'),
  ),
  check('no mode change', (_, batch) => none(batch, (e) => e.type === 'modeChanged')),
  check('applies nothing', (_, batch) => none(batch, (e) => e.type === 'applyBlocks')),
  check('commits nothing', (_, batch) => none(batch, (e) => e.type === 'commitBlocks')),
  check('verifies nothing', (_, batch) => none(batch, (e) => e.type === 'verifyBlocks')),
  check('serves nobody', (_, batch) => none(batch, (e) => e.type === 'serveBlocks' || e.type === 'sendMetadata')),
  check('nothing', (_, batch) => none(batch, (e) => e.type !== 'setTimer')),
  check('buffered (\\d+)', (world, _, [count]) =>
    differs('buffered', String(world.facts.window.bufferedBlocks), count),
  ),
  check(`score of ${PEER} (-?\\d+)`, (world, _, [peer, score]) =>
    differs(`score of ${peer}`, String(maps.peers.get(world.facts.peers.byId, peer)?.score), score),
  ),
  check('in flight (\\d+)', (world, _, [count]) => differs('in flight', String(world.facts.requests.inFlight), count)),
];

const FLAWS: Readonly<Record<string, (height: number, peer: string) => SyncBlock>> = {
  'a wrong state hash': (height, peer) => blockAt(height, { stateHash: `wrong-by-${peer}` }),
  'a transaction that is not allowed': (height) => blockAt(height, { rejectedWith: 'INVALID_TRANSACTION' }),
  'a forged certificate': (height) => blockAt(height, { refusedWith: 'CERTIFICATE_NO_QUORUM' }),
  'no certificate': (height) => blockAt(height, { refusedWith: 'CERTIFICATE_MISSING' }),
  'a certificate of another step': (height) => blockAt(height, { refusedWith: 'CERTIFICATE_WRONG_STEP' }),
  'a certificate of another block': (height) => blockAt(height, { refusedWith: 'CERTIFICATE_UNBOUND' }),
  // By the validators that are known ahead of its turn it looks good.
  'a certificate of the old validators': (height) =>
    blockAt(height, { refusedWith: 'CERTIFICATE_FOREIGN_SIGNER', ahead: 'passes' }),
  'a certificate of the new validators': (height) => blockAt(height, { ahead: 'cannotTell' }),
  'a certificate of both sets of validators': (height) => blockAt(height, { ahead: 'passes' }),
  'a malleated signature': (height) => blockAt(height, { refusedWith: 'CERTIFICATE_BAD_SIGNATURE' }),
  'a block of another network': (height) => blockAt(height, { refusedWith: 'NETWORK_MISMATCH' }),
  'a broken link': (height) => blockAt(height, {}, { parentId: 'elsewhere', contentId: `broken-${height}` }),
  'a block that is too large': (height) => blockAt(height, {}, { bytes: 5_000_000 }),
};

/** Flawed, or good but for its time. */
function flawed(height: number, flaw: string, peer: string): SyncBlock {
  if (flaw === '') return blockAt(height);
  const make = FLAWS[flaw];
  if (make === undefined) throw new Error(`no such flaw: "${flaw}". There are: ${Object.keys(FLAWS).join('; ')}`);
  return make(height, peer);
}

function range(from: string, to: string): number[] {
  const first = Number(from);
  return Array.from({ length: Number(to || from) - first + 1 }, (_, i) => first + i);
}

export function milliseconds(amount: string, unit: string): number {
  const per: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };
  return Math.round(Number(amount) * (per[unit] ?? NaN));
}

function isFor(
  e: { readonly peer: string; readonly from: number; readonly to: number },
  peer: string,
  from: string,
  to: string,
) {
  return e.peer === peer && e.from === Number(from) && e.to === Number(to || from);
}

function areBlocks(blocks: readonly SyncBlock[], from: string, to: string): boolean {
  return blocks[0]?.height === Number(from) && blocks.at(-1)?.height === Number(to || from);
}

function reports(e: Effect, peer: string, accepts: (report: PeerReport) => boolean): boolean {
  return e.type === 'reportPeer' && e.peer === peer && accepts(e.report);
}

function differs(what: string, is: string, expected: string): string | null {
  return is === expected ? null : `${what} is ${is}, not ${expected}`;
}

function none(batch: readonly Effect[], accepts: (effect: Effect) => boolean): string | null {
  const found = batch.filter(accepts);
  return found.length === 0 ? null : `there was ${found.map((each) => each.type).join(', ')}`;
}

function action(phrase: string, run: Action): readonly [RegExp, Action] {
  return [new RegExp(`^${phrase}$`), run];
}

function effect(phrase: string, matches: Matcher): readonly [RegExp, Matcher] {
  return [new RegExp(`^${phrase}$`), matches];
}

function check(phrase: string, run: Check): readonly [RegExp, Check] {
  return [new RegExp(`^${phrase}$`), run];
}

/** The first phrase of a list that the text is, with its words; null when there is none. */
export function readPhrase<Meaning>(
  phrases: readonly (readonly [RegExp, Meaning])[],
  text: string,
): { readonly meaning: Meaning; readonly words: Words } | null {
  for (const [pattern, meaning] of phrases) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [a = '', b = '', c = '', d = ''] = match.slice(1);
    return { meaning, words: [a, b, c, d] };
  }
  return null;
}
