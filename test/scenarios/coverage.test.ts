import { beforeAll, expect, it } from 'vitest';
import { WORLD_EVENTS } from '../../machines/index.ts';
import type { OperationMode, ServerMode } from '../../machines/index.ts';
import type {
  Effect,
  EffectOf,
  PeerReport,
  RefutationCause,
  RequestPurpose,
  RequestResult,
} from '../../src/core/effects.ts';
import type { TimerName } from '../../src/core/events.ts';
import { REASONS, whyNotSynced } from '../../src/core/why.ts';
import { OFFENCES } from '../../src/protocol/offences.ts';
import { runScenario } from './runner.ts';
import { allScenarios } from './scripts.ts';

/** What the scripts made happen, by kind; filled once, before the tests. */
const seen = new Map<string, number>();

function count(kind: string, what: string): void {
  seen.set(`${kind} ${what}`, (seen.get(`${kind} ${what}`) ?? 0) + 1);
}

function unseen(kind: string, all: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(all).filter((what) => !seen.has(`${kind} ${what}`));
}

beforeAll(() => {
  for (const scenario of allScenarios()) {
    runScenario(scenario, (facts, effects, event) => {
      count('world event', event.type);
      count('reason', whyNotSynced(facts)?.code ?? 'none');
      for (const effect of effects) {
        count('effect', effect.type);
        if (effect.type === 'sendGetBlocks') count('purpose', effect.purpose);
        if (effect.type === 'blockRejected') count('ignored', effect.reason);
        if (effect.type === 'requestDropped') count('dropped', effect.reason);
        if (effect.type === 'setTimer') count('timer', effect.timer);
        if (effect.type === 'modeChanged') count('mode', effect.next);
        if (effect.type === 'serverChanged') count('server', effect.next);
        if (effect.type === 'targetChanged') count('target', effect.target === null ? 'none' : 'height');
        if (effect.type !== 'reportPeer') continue;
        const { report } = effect;
        count('report', report.kind);
        if (report.kind === 'charged') count('offence', report.offence);
        if (report.kind === 'claimRefuted') count('refuted', report.why);
        if (report.kind === 'requestEnded') count('result', report.result);
        if (report.kind === 'refusedConnection') count('refused', report.why);
      }
    });
  }
});

type ReportOf<Kind extends PeerReport['kind']> = Extract<PeerReport, { readonly kind: Kind }>;

// The lists are typed by what they list: one more kind in the code is one more that must be listed here and be seen.
const EFFECTS: Record<Effect['type'], true> = {
  ...{ sendMetadataRequest: true, sendMetadata: true, sendGetBlocks: true, serveBlocks: true, sendNoBlock: true },
  ...{ verifyBlocks: true, applyBlocks: true, commitBlocks: true, rollbackBlocks: true, deliverProposal: true },
  ...{ startConsensus: true, stopConsensus: true, disconnectPeer: true, setTimer: true, clearTimer: true },
  ...{ modeChanged: true, serverChanged: true, eventRejected: true, reportPeer: true, blocksAdded: true },
  ...{ blockRejected: true, targetChanged: true, hostFaulted: true, localStateSuspect: true, requestDropped: true },
};
const REPORTS: Record<PeerReport['kind'], true> = {
  ...{
    charged: true,
    coolingDown: true,
    banned: true,
    forgiven: true,
    acquitted: true,
    claimRefuted: true,
    claimProven: true,
    disputeSettled: true,
  },
  ...{ claimDropped: true, requestEnded: true, refusedConnection: true },
};
const PURPOSES: Record<RequestPurpose, true> = { sync: true, hedge: true, test: true, probe: true };
const RESULTS: Record<RequestResult, true> = {
  ...{ answered: true, timedOut: true, skipped: true, absent: true, sendFailed: true, refused: true, peerLost: true },
};
const CAUSES: Record<RefutationCause, true> = {
  ...{ TIMED_OUT: true, NOT_AVAILABLE: true, SEND_FAILED: true, INVALID_BLOCK: true, LEFT: true },
};
const IGNORED: Record<EffectOf<'blockRejected'>['reason'], true> = {
  ...{ AHEAD_WHILE_SYNCED: true, AHEAD_WHILE_SYNCING: true, DUPLICATE: true, NOT_IN_CONSENSUS: true, FLOOD: true },
};
const REFUSED: Record<ReportOf<'refusedConnection'>['why'], true> = { TABLE_FULL: true, BANNED: true };
const TIMER_NAMES: Record<TimerName, true> = { metadata: true, request: true, peer: true, host: true };
const MODES: Record<OperationMode, true> = {
  ...{ Stopped: true, P2P_Bootstrapping: true, P2P_Bootstrapped: true, Consensus_Unsynced: true },
  ...{ Consensus_SyncMode: true, Consensus_Synced: true, Consensus_Pacemaker: true },
};
const SERVER: Record<ServerMode, true> = { Disabled: true, Enabled: true };
const WORLD = Object.fromEntries(WORLD_EVENTS.map((name) => [name, true]));
const TARGETS = { none: true, height: true };
const DROPPED: Record<EffectOf<'requestDropped'>['reason'], true> = {
  SERVER_DISABLED: true,
  OVER_LIMIT: true,
  FLOOD: true,
};

it.each([
  ['effect', EFFECTS],
  ['reason', REASONS],
  // SPOOFED_ADDRESS and OVERSIZE_MESSAGE are seen by the wire alone; scripts tell of them by `misbehaves`.
  ['offence', OFFENCES],
  ['report', REPORTS],
  ['purpose', PURPOSES],
  ['result', RESULTS],
  ['refuted', CAUSES],
  ['ignored', IGNORED],
  ['dropped', DROPPED],
  ['refused', REFUSED],
  ['timer', TIMER_NAMES],
  ['mode', MODES],
  ['server', SERVER],
  ['target', TARGETS],
  ['world event', WORLD],
] as const)('the scripts show every %s at least once', (kind, all) => {
  expect(unseen(kind, all)).toEqual([]);
});

it('canary: one that no script shows is told', () => {
  expect(unseen('effect', { ...EFFECTS, neverSent: true })).toEqual(['neverSent']);
});
