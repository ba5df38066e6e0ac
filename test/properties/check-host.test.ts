import { describe, expect, it, vi } from 'vitest';
import type { CheckHostOptions, HostReport, HostSubject, PlanOverrides } from '../../properties/index.ts';
import {
  ADVERSARIES,
  CONTRACT_RULES,
  HostCheckError,
  checkHost,
  createStateSyncNode,
  parsePlanLine,
} from '../../properties/index.ts';
import { step } from '../../src/index.ts';
import { createActorHost } from './hosts/actor-host.ts';
import { HOST_BUGS } from './hosts/host-bugs.ts';

const [freshSeed = 0] = crypto.getRandomValues(new Uint32Array(1));
const QUIET: PlanOverrides = { nodes: 1, faulty: 0, environment: [], faultsMs: 40_000 };

vi.setConfig({ testTimeout: 60_000 });

/** The report of a check that must fail. */
async function reportOf(subject: HostSubject, options: CheckHostOptions): Promise<HostReport> {
  try {
    await checkHost(subject, options);
  } catch (error) {
    if (error instanceof HostCheckError) return error.report;
    throw error;
  }
  throw new Error('the check found nothing');
}

describe('checkHost on what is right', () => {
  it(`HOST-1, HOST-6, HOST-9: a host written from docs/host-contract.md alone (fresh seed ${freshSeed})`, async () => {
    const progress: number[] = [];
    const createHost: HostSubject['createHost'] = (ports) => createActorHost(ports);
    const onProgress = ({ runs }: { readonly runs: number }) => progress.push(runs);
    // One network in ten has nothing to catch up with; where none has, too little was seen.
    const report = await checkHost({ createHost }, { runs: 6, seed: freshSeed, onProgress });
    expect(report.isGood).toBe(true);
    expect(report.pace).toMatchObject({ runs: 30, failed: null });
    expect(progress).toEqual([1, 2, 3, 4, 5, 6]);
    expect(report.canaries.every(({ caughtBy }) => caughtBy !== null)).toBe(true);
    const offered = CONTRACT_RULES.filter(({ clauses }) => !clauses.includes('HOST-11'));
    for (const { name } of offered) expect(report.checks.get(name), name).toBeGreaterThan(0);
  });

  it("HOST-11: the node's owner, who turns server mode on and off and looks at it", async () => {
    const options = { runs: 2, seed: 1, plan: { environment: ['E10 owner'] } };
    const own = await checkHost({ createHost: (ports) => createActorHost(ports) }, options);
    expect(own.checks.get('host-does-what-its-owner-asks')).toBeGreaterThan(0);
    const bundled = await checkHost({ createHost: createStateSyncNode }, options);
    expect(bundled.checks.get('host-does-what-its-owner-asks')).toBeGreaterThan(0);
    expect(bundled.checks.get('host-tells-its-status-truly')).toBeGreaterThan(0);
  });

  it('a wrapper of `step` that only looks', async () => {
    let events = 0;
    const looking: HostSubject['step'] = (state, event) => {
      events++;
      return step(state, event);
    };
    const report = await checkHost({ step: looking }, { runs: 2, seed: 1, plan: QUIET });
    expect(events).toBeGreaterThanOrEqual(report.events);
    expect(report.isGood).toBe(true);
  });
});

describe('checkHost on hosts with a bug', () => {
  for (const { bug, clauses, breaks, says, createHost, plan = { environment: [] } } of HOST_BUGS) {
    it(`${clauses.join(', ')}: ${bug}: ${breaks}`, async () => {
      const report = await reportOf({ createHost }, { runs: 60, seed: 3, shrinkMs: 0, plan });
      const [failure] = report.failures;
      expect(failure?.smallest.violation?.property, report.text).toBe(breaks);
      expect(report.text).toMatch(says);
      for (const clause of clauses.filter((id) => id.startsWith('HOST-'))) expect(report.text).toContain(clause);
    });
  }
});

describe('checkHost on a host that is right and slow', () => {
  it('OPT-1: says so, with the line that shows the sync again', async () => {
    const createHost: HostSubject['createHost'] = (options) =>
      createStateSyncNode({ ...options, config: { ...options.config, inFlightPerPeerMax: 1 } });
    const { pace, text } = await reportOf({ createHost }, { replay: 'pace 1' });
    expect(pace?.runs).toBe(1);
    expect(text).toContain('BROKEN: keeps-the-links-busy');
    expect(text).toContain("await checkHost({ createHost }, { replay: 'pace 1' });");
  });
});

describe('a report of checkHost', () => {
  it('is about a world smaller than the one in which it was found, and replays from its line', async () => {
    const createHost = HOST_BUGS.find(({ bug }) => bug.includes('before the store'))?.createHost ?? createStateSyncNode;
    const plan: PlanOverrides = { nodes: 2, honest: 3, faulty: 2 };
    const { failures } = await reportOf({ createHost }, { runs: 60, seed: 5, shrinkMs: 20_000, plan });
    const [failure] = failures;
    expect(failure?.smallest.events).toBeLessThanOrEqual(failure?.found.events ?? 0);
    expect(failure?.smallest.plan.peers.length).toBeLessThan(failure?.found.plan.peers.length ?? 0);
    expect(failure?.text).toContain(`await checkHost({ createHost }, { replay: '${failure?.line ?? ''}' });`);
    const again = await reportOf({ createHost }, { replay: failure?.line ?? '', shrinkMs: 0 });
    expect(again.failures[0]?.smallest.digest).toBe(failure?.smallest.digest);
    expect(again.failures[0]?.events).toEqual(failure?.events);
  });

  it('replays a run as it was found by its seed', async () => {
    const createHost = HOST_BUGS.find(({ bug }) => bug.includes('twice'))?.createHost ?? createStateSyncNode;
    const { failures } = await reportOf({ createHost }, { runs: 60, seed: 5, shrinkMs: 0 });
    const again = await reportOf({ createHost }, { replay: failures[0]?.found.seed ?? 0, shrinkMs: 0 });
    expect(again.failures[0]?.found.digest).toBe(failures[0]?.found.digest);
  });

  it('complains when the runs have not been where it matters, or a property of your own saw nothing', async () => {
    const never = { kind: 'sometimes', name: 'the sky fell', clauses: [], happened: () => false } as const;
    const watch = () => ({ check: () => undefined });
    const idle = { kind: 'always', name: 'idle', clauses: [], says: '', watch } as const;
    const options = { runs: 1, seed: 1, plan: QUIET, witnesses: [never], properties: [idle] };
    const report = await reportOf({ createHost: createStateSyncNode }, options);
    expect(report.failures).toEqual([]);
    expect(report.text).toContain('TOO LITTLE TO GO BY: "the sky fell" happened in 0 of 1 runs');
    expect(report.text).toContain('Your property "idle" never had anything to check.');
  });

  it('complains when a fault that was planted under the host is not noticed', async () => {
    // It works around its verifier, which nobody could tell from its conduct in quiet runs.
    const createHost: HostSubject['createHost'] = (ports) =>
      createStateSyncNode({ ...ports, store: real(ports.store) });
    const real = (store: Parameters<typeof createStateSyncNode>[0]['store']) => {
      const isPlanted = Object.hasOwn(store, 'commit') && store.commit.length === 0;
      if (!isPlanted) kept = store;
      return isPlanted && kept !== null ? kept : store;
    };
    let kept: Parameters<typeof createStateSyncNode>[0]['store'] | null = null;
    const report = await reportOf({ createHost }, { runs: 1, seed: 1, plan: QUIET });
    expect(report.text).toContain('was not noticed: the store says committed and keeps nothing');
  });
});

describe('checkHost refuses what it cannot do', () => {
  it('says so, before it runs anything', async () => {
    const createHost = createStateSyncNode;
    await expect(checkHost({})).rejects.toThrow('nothing to check');
    await expect(checkHost({ createHost, step })).rejects.toThrow('not both');
    await expect(checkHost({ createHost }, { adversaries: ['A99'] })).rejects.toThrow('no adversary "A99"');
    await expect(checkHost({ createHost }, { replay: 'seed=1' })).rejects.toThrow('needs "network="');
    expect(() => parsePlanLine('seed=x', ADVERSARIES)).toThrow();
  });
});
