import { describe, expect, it } from 'vitest';
import { StateSyncError } from '../../src/protocol/errors.ts';
import { createFacts } from '../../src/core/initial-facts.ts';
import { REASONS, whyNotSynced } from '../../src/core/why.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const FAULT = { code: 'EXECUTOR_FAILED', message: 'out of memory' } as const;

describe('a host that fails', () => {
  it.each(['verifyBlocks', 'applyBlocks', 'commitBlocks'] as const)(
    'APPLY-5: %s is tried again with doubling waits',
    (work) => {
      const world = new World().start().claim('A', 1, 10);
      world.host.failing.set(work, FAULT);
      world.answer('A', [blockAt(10)]).pass(20_000);
      const waits = effectsOf(world.effects, 'hostFaulted').map((effect) => effect.retryInMs);
      expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
      expect(world.height).toBe(9);
      world.host.failing.clear();
      world.pass(16_000);
      expect(world.height).toBe(10);
      expect(world.facts.host).toMatchObject({ fault: null, failures: 0, retryAt: null });
    },
  );

  it('APPLY-5: a rollback that fails is tried again before anything else is applied', () => {
    const world = new World().start().claim('A', 1, 10).claim('B', 1, 10);
    world.host.failing.set('rollbackBlocks', FAULT);
    const sender = world.asked[0]?.peer ?? '';
    world.answer(sender, [blockAt(10, { stateHash: 'x' })]);
    const other = world.asked.at(-1)?.peer ?? '';
    world.answer(other, [blockAt(10)]);
    expect(effectsOf(world.effects, 'applyBlocks')).toHaveLength(1);
    world.host.failing.clear();
    world.pass(1_000);
    expect(world.height).toBe(10);
  });

  it('MODE-10, APPLY-4: a commit that consensus overtook and that failed leaves nothing applied behind', () => {
    const world = new World({ validator: true }).start().claim('A', 1, 9);
    world.holds = true;
    world.send({ type: 'newBlockReceived', peer: 'A', block: blockAt(10) });
    world.release().release();
    expect(world.held[0]?.type).toBe('commitBlocks');
    world.host.finalize(10, 'state-10');
    world.send({ type: 'blockFinalized', height: 10, id: 'state-10', validator: true });
    const workId = world.held.shift()?.workId ?? 0;
    world.send({ type: 'blocksCommitted', workId, validator: true, hostFault: FAULT });
    expect(world.held.map((work) => work.type)).toEqual(['rollbackBlocks']);
  });

  it('a verifier that gives neither verdict nor fault is taken for a fault of the host', () => {
    const world = new World().start().claim('A', 1, 10);
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'blocksVerified', workId: world.held[0]?.workId ?? 0, valid: 0 });
    expect(effectsOf(world.effects, 'hostFaulted')).toHaveLength(1);
  });
});

describe('time', () => {
  it('A43: whoever slept and lost its timers is told to set them again', () => {
    const world = new World().start().claim('A', 1, 12);
    world.timers.clear();
    world.now += 3_600_000;
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(world.timers.size).toBeGreaterThan(0);
    world.pass(11_000);
    expect(effectsOf(world.effects, 'sendMetadataRequest').length).toBeGreaterThan(1);
  });

  it('A43: a time that is no number does not stop the clock', () => {
    const world = new World().start().claim('A', 1, 9);
    const { now } = world;
    world.now = NaN;
    world.send({ type: 'metadataRequested', peer: 'A' });
    world.now = now + 5;
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(world.facts.clock.now).toBe(now + 5);
  });
});

describe('serving', () => {
  it('SERVE-4: what was being sent to a peer that left is still counted until it is done', () => {
    const world = new World({ config: { serveBlocksPerPeerMax: 2 } }).start().claim('A', 1, 9);
    const ask = (requestId: number) => world.send({ type: 'blocksRequested', peer: 'A', requestId, from: 1, to: 3 });
    const served = () => effectsOf(world.effects, 'serveBlocks').map(({ requestId }) => requestId);
    ask(1);
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.connect('A');
    ask(2);
    ask(3);
    expect(served()).toEqual([1, 2]);
    const [first] = effectsOf(world.effects, 'serveBlocks');
    world.send({ type: 'blocksServed', serveId: first?.serveId ?? 0 });
    expect(served()).toEqual([1, 2, 3]);
  });

  it('SERVE-1: Server_Enable and Server_Disable work in any mode, also when stopped', () => {
    const world = new World();
    world.send({ type: 'Server_Enable' });
    world.send({ type: 'Server_Disable' });
    expect(effectsOf(world.effects, 'serverChanged').map((effect) => effect.next)).toEqual(['Enabled', 'Disabled']);
  });
});

describe('what is told', () => {
  it('SYNC-7: every reason has words, and the message has its heights', () => {
    const world = new World();
    expect(whyNotSynced(world.facts)).toMatchObject({
      code: 'NODE_STOPPED',
      height: 10,
      target: null,
      nextTryInMs: null,
    });
    world.start().claim('A', 50, 60);
    const why = whyNotSynced(world.facts);
    expect(why?.message).toBe(
      `${REASONS.NEXT_HEIGHT_PRUNED} The lowest height on offer is 50. (local height 9, next 10, target 60)`,
    );
    expect(why?.nextTryInMs).toBeGreaterThan(0);
  });

  it('SYNC-7: names who was tried at the next height, and what went wrong last', () => {
    const world = new World({ config: { inFlightMax: 1, inFlightPerPeerMax: 1 } })
      .start()
      .claim('A', 1, 10)
      .claim('B', 1, 10);
    const first = world.asked[0]?.peer ?? '';
    world.send({ type: 'blocksUnavailable', peer: first, requestId: world.requestOf(first, 10), height: 10 });
    expect(whyNotSynced(world.facts)).toMatchObject({ peersTried: [first], lastErrorCode: 'NOT_AVAILABLE' });
  });

  const bad: readonly (readonly [object, string])[] = [
    [{ inFlightMax: 0 }, 'inFlightMax'],
    [{ inFlightMax: 1.5 }, 'inFlightMax'],
    [{ metadataPeriodMs: NaN }, 'metadataPeriodMs'],
    [{ metadataJitterRatio: 1 }, 'metadataJitterRatio'],
    [{ scoreBan: 5 }, 'scoreBan'],
    [{ scoreBan: -10 }, 'scoreBan'],
    [{ requestTimeoutMsMin: 20_000 }, 'requestTimeoutMsMin'],
    [{ strategy: 'both' }, 'strategy'],
    [{ trustClaims: 1 }, 'trustClaims'],
    [{ colour: 'red' }, 'colour'],
  ];
  it.each(bad)('LIMIT: the setting %o is refused by name', (config, name) => {
    const make = () => createFacts({ config, local: { minHeight: 1, maxHeight: 1, tipId: '' } });
    expect(make).toThrow(StateSyncError);
    expect(make).toThrow(new RegExp(`CONFIG_INVALID: setting "${name}"`));
  });
});
