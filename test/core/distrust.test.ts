import { describe, expect, it } from 'vitest';
import { maps } from '../../src/core/facts.ts';
import { blockAt } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';

describe('a banned peer (PEER-1)', () => {
  it('PEER-1: costs nobody else what they sent and nobody has checked yet', () => {
    const config = { inFlightMax: 8, inFlightPerPeerMax: 1, verifyInFlightMax: 1 };
    const world = new World({ config }).start().claim('A', 1, 10).claim('B', 1, 11).claim('C', 1, 12);
    world.holds = true;
    for (const [peer, height] of [
      ['A', 10],
      ['B', 11],
      ['C', 12],
    ] as const) {
      world.answer(peer, [blockAt(height)]);
    }
    for (let i = 0; i < 9; i++) {
      world.send({ type: 'peerMisbehaved', peer: 'B', offence: 'SPOOFED_ADDRESS', detail: 'test' });
    }
    const owners = [...maps.spans.entries(world.facts.window.spans)].map(({ value }) => [value.from, value.peer]);
    expect(owners).toContainEqual([12, 'C']);
    expect(owners).not.toContainEqual([11, 'B']);
  });
});
