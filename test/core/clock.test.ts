import { describe, expect, it } from 'vitest';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { effectsOf, World } from '../../properties/arbitraries/core-walk/core-world.ts';

const ONE_AT_A_TIME = { inFlightMax: 1, inFlightPerPeerMax: 1 };
const RARE_METADATA = { metadataPeriodMs: 100_000_000, metadataJitterRatio: 0 };
const LEAP_MS = 30_000;

function timersSet(world: World) {
  return effectsOf(world.takeEffects(), 'setTimer').map(({ timer, delayMs }) => [timer, delayMs]);
}

/** Any event that changes nothing but the time. */
function tick(world: World): number {
  world.send({ type: 'syncRequested' });
  return world.facts.clock.now;
}

describe('the clock', () => {
  it('A43: a timer that is late by as much as is allowed has not leapt, and the request it was for has timed out', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, ...RARE_METADATA } }).start().claim('A', 1, 12);
    const begun = tick(world);
    world.now += 10_000 + LEAP_MS;
    expect(tick(world) - begun).toBe(10_000 + LEAP_MS);
  });

  it('A43: a timer that is any later has: the clock stands at when it was due, and goes on from there', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, ...RARE_METADATA } }).start().claim('A', 1, 12);
    const begun = tick(world);
    world.takeEffects();
    world.now += 10_000 + LEAP_MS + 1;
    expect(tick(world) - begun).toBe(10_000);
    // Whoever slept that long has lost its timers.
    expect(timersSet(world)).toEqual([
      ['metadata', 100_000_000 - 10_000],
      ['request', 0],
    ]);
    world.now += 7;
    expect(tick(world) - begun).toBe(10_007);
    world.now += 3_600_000;
    expect(tick(world) - begun).toBe(10_007);
    world.now += 1;
    expect(tick(world) - begun).toBe(10_008);
  });

  it('A43: a leap is told by the timer that is due first', () => {
    const config = { ...ONE_AT_A_TIME, metadataPeriodMs: 50_000, metadataJitterRatio: 0 };
    const world = new World({ config }).start().connect('A');
    const begun = tick(world);
    world.now += 50_000 + LEAP_MS;
    expect(tick(world) - begun).toBe(50_000 + LEAP_MS);
    world.claim('A', 1, 12);
    world.timers.clear();
    world.now += 3_600_000;
    expect(tick(world) - begun).toBe(50_000 + LEAP_MS);
  });

  it('A43: a clock that goes back stops the time until it goes on, and it goes on from where it stood', () => {
    const world = new World({ config: { ...ONE_AT_A_TIME, ...RARE_METADATA } }).start().claim('A', 1, 12);
    const begun = tick(world);
    world.now += 4_000;
    expect(tick(world) - begun).toBe(4_000);
    world.now -= 7_200_000;
    expect(tick(world) - begun).toBe(4_000);
    world.now += 5_999;
    expect(tick(world) - begun).toBe(9_999);
    expect(effectsOf(world.effects, 'reportPeer')).toEqual([]);
    world.now += 1;
    world.send({ type: 'timerFired', timer: 'request' });
    expect(effectsOf(world.effects, 'reportPeer')[0]).toMatchObject({
      peer: 'A',
      report: { kind: 'requestEnded', result: 'timedOut', tookMs: 10_000 },
    });
  });

  it.each([NaN, Infinity, -Infinity])('A43: %s for a time is no time at all', (now) => {
    const world = new World().start().claim('A', 1, 12);
    const begun = tick(world);
    const sane = world.now;
    world.now = now;
    expect(tick(world)).toBe(begun);
    world.now = sane + 3;
    expect(tick(world)).toBe(begun + 3);
  });
});

describe('timers', () => {
  it('are set when something first waits for them, and not again for what comes later', () => {
    const world = new World({ config: { ...RARE_METADATA, inFlightMax: 8 } }).start();
    expect(timersSet(world)).toEqual([]);
    world.connect('A');
    expect(timersSet(world)).toEqual([['metadata', 100_000_000]]);
    world.send({ type: 'metadataReceived', peer: 'A', minHeight: 1, maxHeight: 40 });
    expect(timersSet(world)).toEqual([['request', 10_000]]);
    world.pass(1_000).connect('B');
    world.send({ type: 'metadataReceived', peer: 'B', minHeight: 1, maxHeight: 40 });
    expect(timersSet(world)).toEqual([]);
  });

  it('are set again for what is due sooner', () => {
    const world = new World({ config: { ...RARE_METADATA, ...ONE_AT_A_TIME } }).start().claim('A', 1, 40);
    world.answer('A', [blockAt(10)]).answer('A', [blockAt(11)]);
    // A has answered at once, so that it is given the shortest timeout.
    expect(timersSet(world)).toEqual([
      ['metadata', 100_000_000],
      ['request', 10_000],
      ['request', 1_000],
    ]);
  });

  it('PEER-1: the end of a cool-down and a probe share one, set for the earlier', () => {
    const world = new World({ config: { ...RARE_METADATA, ...ONE_AT_A_TIME, coolDownMsMin: 3_000 } });
    world.start().claim('A', 1, 10).claim('B', 1, 9);
    world.takeEffects();
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    expect(timersSet(world)).toEqual([['peer', 5_000]]);
    world.send({ type: 'peerMisbehaved', peer: 'B', offence: 'MALFORMED_MESSAGE', detail: 'x' });
    expect(timersSet(world)).toEqual([['peer', 3_000]]);
    world.fire('peer');
    expect(effectsOf(world.effects, 'reportPeer').map(({ report }) => report.kind)).toEqual(['forgiven']);
    expect(timersSet(world)).toEqual([['peer', 2_000]]);
  });

  it('META-7: a probe that fell due while its peer was away is due at once when it is back, and no leap of the clock', () => {
    const world = new World({ config: { ...RARE_METADATA, ...ONE_AT_A_TIME } }).start().claim('A', 1, 10);
    world.send({ type: 'blocksUnavailable', peer: 'A', requestId: world.requestOf('A', 10), height: 10 });
    world.send({ type: 'peerDisconnected', peer: 'A' });
    world.pass(200_000).takeEffects();
    world.claim('A', 1, 10);
    expect(timersSet(world)).toContainEqual(['peer', 0]);
    world.pass(0);
    expect(world.asked.at(-1)).toMatchObject({ peer: 'A', from: 10, purpose: 'probe' });
    expect(world.facts.clock.now).toBe(world.now);
  });

  it('APPLY-5: one of them is for the host', () => {
    const world = new World({ config: { ...RARE_METADATA, hostRetryMsMin: 700 } }).start().claim('A', 1, 10);
    world.host.failing.set('applyBlocks', { code: 'EXECUTOR_FAILED', message: 'x' });
    world.takeEffects();
    world.answer('A', [blockAt(10)]);
    expect(timersSet(world)).toEqual([['host', 700]]);
  });

  it('MODE-1, A43: also those that nothing needs any more after a leap of the clock', () => {
    const world = new World({ config: { ...RARE_METADATA, ...ONE_AT_A_TIME } }).start().claim('A', 1, 10);
    world.answer('A', [blockAt(10)]);
    expect(world.timers.has('request')).toBe(true);
    world.now += 3_600_000;
    world.send({ type: 'metadataRequested', peer: 'A' });
    expect(world.timers.has('request')).toBe(false);
    world.send({ type: 'Stop' });
    expect([...world.timers]).toEqual([]);
  });

  it('MODE-1: all that are set are cleared when the node stops, and set anew when it is started again', () => {
    const world = new World({ config: { ...RARE_METADATA, ...ONE_AT_A_TIME } }).start().claim('A', 1, 12);
    world.takeEffects();
    world.send({ type: 'Stop' });
    expect(effectsOf(world.effects, 'clearTimer').map(({ timer }) => timer)).toEqual(['metadata', 'request']);
    expect(timersSet(world)).toEqual([]);
    world.start().claim('A', 1, 12);
    expect(timersSet(world)).toEqual([
      ['metadata', 100_000_000],
      ['request', 10_000],
    ]);
  });

  it('MODE-1: none is set by what ends after the node was stopped', () => {
    const world = new World({ config: RARE_METADATA }).start().claim('A', 1, 10);
    world.holds = true;
    world.answer('A', [blockAt(10)]);
    world.send({ type: 'Stop' });
    world.takeEffects();
    const workId = world.held[0]?.workId ?? 0;
    const hostFault = { code: 'EXECUTOR_FAILED', message: 'x' } as const;
    world.send({ type: 'blocksVerified', workId, valid: 0, hostFault });
    expect(timersSet(world)).toEqual([]);
  });
});
