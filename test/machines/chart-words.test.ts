import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  blockRequestMachine,
  operationModeMachine,
  peerMachine,
  stateSyncChart,
  statesOfChart,
  transitionsOfChart,
} from '../../machines/index.ts';
import { edge } from '../../machines/edge.ts';

/** What the documentation, the diagrams and the inspector show of the charts. */
const CHARTS = [operationModeMachine, blockRequestMachine, peerMachine, stateSyncChart].map((machine) => ({
  name: machine.id,
  machine,
}));

const SENTENCE = /^[A-Z][^\n]{7,}[^\s.]\.$/;

const spec = readFileSync(new URL('../../docs/spec.md', import.meta.url), 'utf8');
const CLAUSES = new Set([...spec.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map((match) => match[1] ?? ''));

describe.each(CHARTS)('the words of the chart $name', ({ machine, name }) => {
  const parts = [
    ...statesOfChart(machine).map(({ path, ...words }) => ({ where: path, ...words })),
    ...(machine === stateSyncChart ? [] : transitionsOfChart(machine)).map(({ from, event, ...words }) => ({
      where: `${from}: ${event}`,
      ...words,
    })),
  ];

  it('says of every state and transition in one sentence what it is', () => {
    expect(parts.length).toBeGreaterThan(8);
    expect(parts.filter(({ description }) => !SENTENCE.test(description))).toEqual([]);
  });

  it('names for every state and transition clauses that docs/spec.md has', () => {
    expect(CLAUSES.size).toBeGreaterThan(40);
    for (const { where, clauses } of parts) {
      expect(clauses, where).not.toEqual([]);
      for (const clause of clauses) expect(CLAUSES.has(clause), `${where} names "${clause}"`).toBe(true);
      expect(new Set(clauses).size, where).toBe(clauses.length);
    }
  });

  it('has the name and the description that tools show', () => {
    expect(['operationMode', 'blockRequest', 'peer', 'stateSync']).toContain(name);
    if (machine === stateSyncChart) expect(machine.root.description).toMatch(SENTENCE);
  });
});

/** What each state stands for, as the tags of the charts say it: the reducer asks for these and for no names. */
const TAGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  operationMode: {
    'mode.Stopped': [],
    'mode.P2P_Bootstrapping': ['running'],
    'mode.P2P_Bootstrapped': ['running', 'takesBlocks'],
    'mode.Consensus_Unsynced': ['running', 'takesBlocks'],
    'mode.Consensus_SyncMode': ['running', 'takesBlocks', 'asksForBlocks'],
    'mode.Consensus_Synced': ['running', 'takesBlocks', 'settled'],
    'mode.Consensus_Pacemaker': ['running', 'takesBlocks', 'settled', 'runsConsensus'],
    'server.Disabled': [],
    'server.Enabled': ['serving'],
  },
  blockRequest: {
    wanted: [],
    requested: ['inFlight'],
    received: ['held'],
    verifying: ['held', 'inWork'],
    verified: ['held', 'certified'],
    applying: ['held', 'certified', 'begun', 'inWork'],
    applied: ['held', 'certified', 'begun'],
    committing: ['held', 'certified', 'begun', 'inWork'],
    committed: ['over'],
    dropped: ['over'],
  },
  peer: {
    'link.Disconnected': [],
    'link.Connected': ['connected'],
    'claim.Unknown': [],
    'claim.Untested': ['claimCounts'],
    'claim.Credible': ['claimCounts', 'claimTested'],
    'claim.Refuted': ['claimRefuted'],
    'conduct.Trusted': ['mayBeAsked'],
    'conduct.CoolingDown': [],
    'conduct.Banned': ['banned'],
  },
};

describe('what the states of the charts stand for', () => {
  it.each([operationModeMachine, blockRequestMachine, peerMachine].map((machine) => ({ id: machine.id, machine })))(
    'the tags of $id',
    ({ id, machine }) => {
      expect(Object.fromEntries(statesOfChart(machine).map(({ path, tags }) => [path, tags]))).toEqual(TAGS[id]);
    },
  );

  it('SYNC-2, MODE-10: a height ends committed or dropped, and nowhere else', () => {
    const final = Object.values(blockRequestMachine.states).filter(({ type }) => type === 'final');
    expect(final.map(({ key }) => key)).toEqual(['committed', 'dropped']);
  });

  it('a transition is written with its target, its meaning and its clauses', () => {
    expect(edge('wanted', 'It is wanted.', 'SYNC-1', 'SYNC-2')).toEqual({
      target: 'wanted',
      description: 'It is wanted.',
      meta: { clauses: ['SYNC-1', 'SYNC-2'] },
    });
  });
});

describe('the ways to stop', () => {
  it('MODE-5: Stop leads to Stopped from every mode but Stopped itself', () => {
    const stops = transitionsOfChart(operationModeMachine).filter(({ event }) => event === 'Stop');
    const modes = Object.keys(operationModeMachine.root.states['mode']?.states ?? {}).filter(
      (mode) => mode !== 'Stopped',
    );
    expect(modes).toHaveLength(6);
    expect(stops.map(({ from, to }) => [from, to])).toEqual(modes.map((mode) => [`mode.${mode}`, 'mode.Stopped']));
  });
});
