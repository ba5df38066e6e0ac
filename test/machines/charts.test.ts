import type { AnyStateMachine, StateValue } from 'xstate';
import { createActor, createMachine } from 'xstate';
import { describe, expect, it } from 'vitest';
import {
  blockRequestMachine,
  operationModeMachine,
  peerMachine,
  stateSyncChart,
  WORLD_EVENTS,
} from '../../machines/index.ts';
import type { Chart } from '../../src/core/advance.ts';
import { blockRequestChart, operationModeChart, peerChart } from '../../src/core/advance.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { fold } from '../../src/core/step.ts';
import type { System } from './chart-edges.ts';
import { edgesOf, runAllEdges, statesOf } from './chart-edges.ts';

const COMPLETE = { missedStates: [], missedEdges: [] };

/** The charts with how many states and transitions they have: a change of either is meant to be noticed. */
const CHARTS = [
  { name: 'operationMode', machine: operationModeMachine, chart: operationModeChart, states: 9, edges: 20 },
  { name: 'blockRequest', machine: blockRequestMachine, chart: blockRequestChart, states: 10, edges: 37 },
  { name: 'peer', machine: peerMachine, chart: peerChart, states: 9, edges: 16 },
] as const;

function cached(chart: Chart<never, never>): () => System {
  return () => {
    let value: unknown = chart.initial;
    return {
      take: ({ type }) => {
        value = chart.advance(value as never, type as never).value;
        return value as StateValue;
      },
    };
  };
}

describe.each(CHARTS)('the chart $name', ({ machine, chart, states, edges }) => {
  it('takes every transition and visits every state as XState does, from the cache', () => {
    const system = cached(chart as unknown as Chart<never, never>);
    expect(runAllEdges(machine, system)).toMatchObject(COMPLETE);
    // Once more: every answer comes from the cache now.
    expect(runAllEdges(machine, system)).toMatchObject(COMPLETE);
  });

  it('has the states and transitions that were counted, each with its meaning and clauses', () => {
    expect({ states: statesOf(machine).length, edges: edgesOf(machine).length }).toEqual({ states, edges });
    const walk = (node: AnyStateMachine['root']): void => {
      const described = node.parent === undefined || node.type !== 'parallel';
      if (described && node.type !== 'parallel' && Object.keys(node.states).length === 0) {
        expect(node.description, node.key).toMatch(/\.$/);
        expect(clausesOf(node.meta), node.key).not.toEqual([]);
      }
      for (const transitions of node.transitions.values()) {
        for (const transition of transitions) {
          expect(transition.description, `${node.key}: ${transition.eventType}`).toMatch(/\.$/);
          expect(clausesOf(transition.meta), `${node.key}: ${transition.eventType}`).not.toEqual([]);
        }
      }
      for (const child of Object.values(node.states)) walk(child);
    };
    walk((machine as AnyStateMachine).root);
  });

  it('MODE-8: refuses every event that a state has no edge for, and stays where it is', () => {
    const all = [...new Set(edgesOf(machine).map((each) => each.slice(each.indexOf(':') + 1)))];
    const own = new Set(edgesOf(machine));
    const untyped = chart as unknown as Chart<StateValue, string>;
    for (const name of statesOf(machine)) {
      const [state = '', region = ''] = name.split('.').reverse();
      const { initial } = untyped;
      const value = typeof initial === 'string' ? state : { ...initial, [region]: state };
      for (const event of all.filter(
        (each) => region === '' || [...own].some((edge) => edge.startsWith(`${region}.`) && edge.endsWith(`:${each}`)),
      )) {
        const { accepted, value: next } = untyped.advance(value, event);
        expect(accepted, `${name}: ${event}`).toBe(own.has(`${name}:${event}`));
        if (!accepted) expect(next).toEqual(value);
      }
    }
  });
});

describe('the operation modes in the reducer', () => {
  it('MODE-1, MODE-9: every transition moves the facts as the chart says', () => {
    const start = (): System => {
      let facts = createFacts({ config: { serverEnabled: false }, local: { minHeight: 1, maxHeight: 9, tipId: 'x' } });
      return {
        take: ({ type }) => {
          const before = facts.control;
          const folded = fold(facts, { type, now: 0 } as SyncEvent);
          facts = folded.facts;
          const told = folded.effects.filter((effect) => effect.type === 'modeChanged');
          expect(told.map(({ event, previous, next }) => [event, previous, next])).toEqual(
            before.mode === facts.control.mode ? [] : [[type, before.mode, facts.control.mode]],
          );
          return { ...facts.control };
        },
      };
    };
    expect(runAllEdges(operationModeMachine, start)).toMatchObject(COMPLETE);
  });
});

describe('the root chart', () => {
  it('takes every transition, and each of them runs `reduce` exactly once', () => {
    const start = (): System => {
      let reduced = 0;
      const counting = stateSyncChart.provide({
        actions: {
          reduce: () => {
            reduced++;
          },
        },
      });
      const actor = createActor(counting).start();
      return {
        take: (event) => {
          const before = reduced;
          actor.send(event);
          expect(reduced, event.type).toBe(before + 1);
          return actor.getSnapshot().value;
        },
      };
    };
    expect(edgesOf(stateSyncChart)).toHaveLength(20 + WORLD_EVENTS.length + 1);
    expect(runAllEdges(stateSyncChart, start, ['an event of nobody'])).toMatchObject(COMPLETE);
  });
});

describe('canaries', () => {
  const withIsland = createMachine({
    initial: 'a',
    states: { a: { on: { GO: 'b' } }, b: {}, island: { on: { SWIM: 'a' } } },
  });

  it('a state and a transition that no path takes are told', () => {
    const system = () => {
      const actor = createActor(withIsland).start();
      return {
        take: (event: { readonly type: string }) => {
          actor.send(event);
          return actor.getSnapshot().value;
        },
      };
    };
    expect(runAllEdges(withIsland, system)).toMatchObject({ missedStates: ['island'], missedEdges: ['island:SWIM'] });
  });

  it('a system that goes elsewhere is caught', () => {
    const lost = (): System => ({ take: () => 'wanted' });
    expect(() => runAllEdges(blockRequestMachine, lost)).toThrow(/the system is in wanted, XState in/);
  });
});

function clausesOf(meta: unknown): readonly string[] {
  return (meta as { readonly clauses?: readonly string[] } | undefined)?.clauses ?? [];
}
