import { describe, expect, it } from 'vitest';
import { parseScenario, runScenario } from './runner.ts';
import { allScenarios } from './scripts.ts';

describe('scenarios', () => {
  for (const scenario of allScenarios()) it(`${scenario.title} (${scenario.name})`, () => runScenario(scenario));
});

describe('the runner', () => {
  const run =
    (...lines: string[]) =>
    () =>
      runScenario(parseScenario('x.scenario', ['# X-1: x', ...lines].join('\n')));

  it('names the script, the line, what was expected and what came', () => {
    expect(run('local 1..9', 'start', '', 'A claims 1..20', '-> asks A for 15')).toThrow(
      /x\.scenario:6\s+expected: asks A for 15\s+but: it did not happen[^]*"from":10/,
    );
  });

  it('does not take one effect for two', () => {
    expect(run('local 1..9', 'start', 'A claims 1..10', '-> asks A for 10, asks A for 10')).toThrow(/did not happen/);
  });

  it('refuses words that it does not know, as action, expectation, setting and flaw', () => {
    expect(run('local 1..9', 'A dances')).toThrow(/x\.scenario:3: A dances/);
    expect(run('local 1..9', '-> sings')).toThrow(/nobody knows what this means/);
    expect(run('local 1..9, sideways')).toThrow(/no setting/);
    expect(run('local 1..9', 'A announces 10 with a bow')).toThrow(/no such flaw/);
  });
});
