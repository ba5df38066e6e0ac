import { readFileSync } from 'node:fs';
import { createMachine } from 'xstate';
import { describe, expect, it } from 'vitest';
import { PATHS_PAGE, pathsOfPage, pathsPage } from '../../docs/generate-paths.ts';
import { blockRequestStates } from '../../machines/block-request.ts';
import { WORLD_EVENTS } from '../../machines/index.ts';
import { step } from '../../src/core/step.ts';
import type { Stepper } from './event-paths.ts';
import { searchPaths, walkPath } from './event-paths.ts';
import { movesIn, smallWorld } from './small-world.ts';
import { CHARTS, edgesOfCharts } from './taken-edges.ts';
import { UNREACHABLE } from './unreachable-edges.ts';

/** What a host may send besides the events that carry data: never the signals of the core itself. */
const HOST_EVENTS = ['Start', 'P2P_IsBootstrapped', 'Stop', 'Server_Enable', 'Server_Disable'];
/** Enough to get through Sync once; the whole search is `npm run generate:paths`. */
const STATES_MAX = 1_200;

const paths = pathsOfPage();
const edges = edgesOfCharts().map(({ edge }) => edge);

describe('a path of world events to every transition (docs/paths.md, npm run generate:paths)', () => {
  it('MODE-9: no transition of a chart is without one, but those known to be taken from inside only', () => {
    const walked = new Set(paths.map(({ edge }) => edge));
    expect(edges.filter((edge) => !walked.has(edge))).toEqual(Object.keys(UNREACHABLE));
    expect([...walked].filter((edge) => !edges.includes(edge))).toEqual([]);
  });

  it.each(paths)('$edge: taken by the last event of its path, and every event of it is needed', ({ edge, words }) => {
    expect(walkPath(words)).toContain(edge);
    for (let i = 0; i < words.length; i++) {
      const less = words.filter((_, j) => j !== i);
      expect(walkPath(less) ?? new Set(), `without "${words[i] ?? ''}"`).not.toContain(edge);
    }
  });

  it('the page is written from what was found', () => {
    const search = { paths: new Map(paths.map((path) => [path.edge, path])), missed: [], states: 0, steps: 0 };
    expect(readFileSync(PATHS_PAGE, 'utf8')).toBe(pathsPage(search));
  });

  it('MODE-8: the world sends only what a host may send', () => {
    const allowed = new Set<string>([...WORLD_EVENTS, ...HOST_EVENTS]);
    const seen = new Set<string>();
    for (const { words } of paths) {
      let facts = smallWorld();
      for (const each of words) {
        const moves = movesIn(facts);
        for (const { event } of moves) seen.add(event.type);
        const move = moves.find((candidate) => candidate.words === each);
        if (move !== undefined) facts = step(facts, move.event).state;
      }
    }
    expect([...seen].filter((type) => !allowed.has(type))).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
  });
});

describe('the search', () => {
  it('finds most of them by itself in a small part of the states, the shortest first, and no other way twice', () => {
    const first = searchPaths({ edges, statesMax: STATES_MAX });
    const byPage = new Map(paths.map((path) => [path.edge, path.words.length]));
    expect(first.paths.size).toBeGreaterThan(45);
    for (const { edge, words } of first.paths.values()) expect(words, edge).toHaveLength(byPage.get(edge) ?? 0);
    const second = searchPaths({ edges, statesMax: STATES_MAX });
    expect([...second.paths]).toEqual([...first.paths]);
    expect(second.steps).toBe(first.steps);
  });

  it('canary: a transition that was added to a chart, and that nothing takes, is told and stops the page', () => {
    const { states, initial } = blockRequestStates;
    const received = { ...states.received, on: { ...states.received.on, Teleported: 'committed' } };
    const planted = createMachine({ id: 'blockRequest', initial, states: { ...states, received } });
    const all = edgesOfCharts([...CHARTS.filter(({ id }) => id !== 'blockRequest'), planted]).map(({ edge }) => edge);
    const search = searchPaths({ edges: all, statesMax: STATES_MAX });
    expect(search.missed).toContain('blockRequest.received: Teleported');
    const found = new Map(paths.map((path) => [path.edge, path]));
    expect(() => pathsPage({ ...search, paths: found, missed: ['blockRequest.received: Teleported'] })).toThrow(
      'no event from outside takes: blockRequest.received: Teleported',
    );
  });

  it('canary: a transition that the reducer does not take any more is told', () => {
    const deaf: Stepper = (facts, event) => ('hostFault' in event ? { state: facts, effects: [] } : step(facts, event));
    const { missed } = searchPaths({ edges, statesMax: STATES_MAX, stepper: deaf });
    expect(missed).toContain('blockRequest.verifying: HostFailed');
    const path = paths.find(({ edge }) => edge === 'blockRequest.verifying: HostFailed');
    expect(walkPath(path?.words ?? [], deaf)).not.toContain('blockRequest.verifying: HostFailed');
  });

  it('canary: one that is said to be out of reach and is taken after all is told', () => {
    const [edge = ''] = Object.keys(UNREACHABLE);
    const search = { paths: new Map([[edge, { edge, words: [] }]]), missed: [], states: 0, steps: 0 };
    expect(() => pathsPage(search)).toThrow(`taken after all: ${edge}`);
  });
});
