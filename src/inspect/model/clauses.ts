import type { PeerReport, SyncEvent } from '../../index.ts';
import { OFFENCES } from '../../index.ts';
import type { TracedEffect } from '../../trace/format.ts';
import { EDGES } from './charts.ts';
import type { Entry } from './timeline.ts';

/** The clauses of docs/spec.md that an event took: those of the edges, and those of what else it did. */
export function clausesOf({ event, effects, edges }: Pick<Entry, 'event' | 'effects' | 'edges'>): readonly string[] {
  const clauses = new Set<string>(edges.flatMap(({ edge }) => EDGES[edge]?.clauses ?? []));
  for (const clause of event === null ? [] : (EVENT_CLAUSES[event.type] ?? [])) clauses.add(clause);
  for (const effect of effects) {
    for (const clause of EFFECT_CLAUSES[effect.type] ?? []) clauses.add(clause);
    if (effect.type !== 'reportPeer') continue;
    for (const clause of REPORT_CLAUSES[effect.report.kind] ?? []) clauses.add(clause);
    if (effect.report.kind === 'charged') clauses.add(OFFENCES[effect.report.offence].clause);
  }
  return [...clauses];
}

type Clauses<Type extends string> = Readonly<Partial<Record<Type, readonly string[]>>>;

const EVENT_CLAUSES: Clauses<SyncEvent['type']> = {
  metadataReceived: ['META-4'],
  metadataRequested: ['META-3', 'SERVE-2'],
  blocksUnavailable: ['SYNC-5'],
  blocksRequested: ['SERVE-3'],
  newBlockReceived: ['LIVE-1'],
  proposalReceived: ['LIVE-3'],
  blockFinalized: ['MODE-10'],
  validatorStatusChanged: ['MODE-5'],
  syncRequested: ['META-9'],
};

const EFFECT_CLAUSES: Clauses<TracedEffect['type']> = {
  sendMetadataRequest: ['META-2'],
  modeChanged: ['MODE-9'],
  eventRejected: ['MODE-8'],
  targetChanged: ['META-6'],
  rollbackBlocks: ['APPLY-2'],
  hostFaulted: ['APPLY-5'],
  localStateSuspect: ['APPLY-3'],
  deliverProposal: ['LIVE-3'],
  blockRejected: ['LIVE-1'],
  sendNoBlock: ['SERVE-3'],
  requestDropped: ['SERVE-1', 'SERVE-4'],
};

const REPORT_CLAUSES: Clauses<PeerReport['kind']> = {
  charged: ['PEER-1'],
  coolingDown: ['PEER-1'],
  banned: ['PEER-1'],
  forgiven: ['PEER-1'],
  acquitted: ['APPLY-3'],
  claimRefuted: ['META-7'],
  claimProven: ['META-7'],
  disputeSettled: ['META-7'],
  claimDropped: ['META-5'],
};

/** Every clause that is named above, for the test that they exist. */
export const NAMED_CLAUSES: readonly string[] = [EVENT_CLAUSES, EFFECT_CLAUSES, REPORT_CLAUSES].flatMap((table) =>
  Object.values(table).flat(),
);
