import { describe, expect, it } from 'vitest';
import type { HostSubject } from '../../properties/index.ts';
import { HostCheckError, checkHost, createStateSyncNode, parsePlanLine, ADVERSARIES } from '../../properties/index.ts';
import type { CheckHostOptions, HostReport } from '../../properties/index.ts';
import { step } from '../../src/index.ts';
import { createActorHost } from './hosts/actor-host.ts';
import { HOST_BUGS } from './hosts/host-bugs.ts';

const [freshSeed = 0] = crypto.getRandomValues(new Uint32Array(1));

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

describe('checkHost on hosts that are right', () => {
  it(
    `a host that was written from docs/host-contract.md alone (fresh seed ${freshSeed})`,
    { timeout: 60_000 },
    async () => {
      const progress: number[] = [];
      const report = await checkHost(
        { createHost: (ports) => createActorHost(ports) },
        { runs: 10, seed: freshSeed, onProgress: ({ runs }) => progress.push(runs) },
      );
      expect(report.isGood).toBe(true);
      expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(report.canaries.every(({ caughtBy }) => caughtBy !== null)).toBe(true);
      for (const [name, count] of report.checks) if (name.startsWith('host-')) expect(count, name).toBeGreaterThan(0);
    },
  );

  it('a wrapper of `step` that only looks', { timeout: 60_000 }, async () => {
    let events = 0;
    const report = await checkHost(
      {
        step: (state, event) => {
          events++;
          return step(state, event);
        },
      },
      { runs: 4, seed: 1 },
    );
    expect(events).toBeGreaterThan(report.events - 1);
  });
});

describe('checkHost on hosts with a bug', () => {
  for (const { bug, clauses, breaks, says, createHost } of HOST_BUGS) {
    it(`${clauses.join(', ')}: ${bug}: ${breaks}`, { timeout: 60_000 }, async () => {
      const report = await reportOf({ createHost }, { runs: 60, seed: 3, shrinkMs: 1_000 });
      const [failure] = report.failures;
      expect(failure?.smallest.violation?.property, report.text).toBe(breaks);
      expect(report.text).toMatch(says);
      for (const clause of clauses.filter((id) => id.startsWith('HOST-'))) expect(report.text).toContain(clause);
      if (process.env['SHOW_REPORTS'] !== undefined) console.log(report.text);
    });
  }
});

describe('a report of checkHost', () => {
  const [bug] = HOST_BUGS;
  const subject = { createHost: bug?.createHost ?? createStateSyncNode };

  it(
    'replays exactly the shrunk run by its line, and the run as it was found by its seed',
    { timeout: 60_000 },
    async () => {
      const { failures } = await reportOf(subject, { runs: 60, seed: 5, shrinkMs: 2_000 });
      const failure = failures[0];
      expect(failure?.text).toContain(`await checkHost({ createHost }, { replay: '${failure?.line ?? ''}' });`);
      const again = await reportOf(subject, { replay: failure?.line ?? '', shrinkMs: 0 });
      expect(again.failures[0]?.smallest.digest).toBe(failure?.smallest.digest);
      expect(again.failures[0]?.events).toEqual(failure?.events);
      const found = await reportOf(subject, { replay: failure?.found.seed ?? 0, shrinkMs: 0 });
      expect(found.failures[0]?.found.digest).toBe(failure?.found.digest);
    },
  );

  it('is about a world that is smaller than the one in which it was found', { timeout: 60_000 }, async () => {
    const { failures } = await reportOf(subject, { runs: 60, seed: 5, shrinkMs: 3_000 });
    const [found, smallest] = [failures[0]?.found, failures[0]?.smallest];
    expect(smallest?.events).toBeLessThan(found?.events ?? 0);
    expect(smallest?.plan.peers.length).toBeLessThanOrEqual(found?.plan.peers.length ?? 0);
    expect(failures[0]?.events.length).toBeLessThan(80);
  });

  it('complains when the runs have not been where it matters', { timeout: 60_000 }, async () => {
    const never = { kind: 'sometimes', name: 'the sky fell', clauses: [], happened: () => false } as const;
    const report = await reportOf({ createHost: createStateSyncNode }, { runs: 3, seed: 1, witnesses: [never] });
    expect(report.failures).toEqual([]);
    expect(report.text).toContain('TOO LITTLE TO GO BY: "the sky fell" happened in 0 of 3 runs');
  });

  it('complains of a property of your own that never had anything to check', { timeout: 60_000 }, async () => {
    const idle = {
      kind: 'always',
      name: 'idle',
      clauses: [],
      says: '',
      watch: () => ({ check: () => undefined }),
    } as const;
    const report = await reportOf({ createHost: createStateSyncNode }, { runs: 3, seed: 1, properties: [idle] });
    expect(report.text).toContain('Your property "idle" never had anything to check.');
  });

  it(
    'complains when a planted fault is not noticed: a host that tells `observe` nothing true',
    { timeout: 60_000 },
    async () => {
      // Runs the real node, and hides from the check which verifier it was given.
      const createHost = (ports: Parameters<typeof createStateSyncNode>[0]) => {
        first ??= ports;
        const { verifier, store } = ports;
        const isPlanted = !('watched' in verifier) && verifier.verify.length === 0;
        void store;
        return createStateSyncNode(isPlanted ? { ...ports, verifier: { verify: first.verifier.verify } } : ports);
      };
      let first: Parameters<typeof createStateSyncNode>[0] | null = null;
      const report = await reportOf({ createHost }, { runs: 2, seed: 1 });
      expect(report.text).toContain('was not noticed: the verifier finds every block valid');
    },
  );
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
