import { describe, expect, it } from 'vitest';
import { Requests } from '../../properties/contract/requests.ts';
import { blocksOf } from '../../properties/arbitraries/core-walk/plain-chain.ts';
import type { SyncBlock } from '../../src/index.ts';

/** A host is told to serve 1..3, blocks of 1,000 bytes, in so many bytes; what was said against it. */
function serving(bytesMax: number) {
  const told: string[] = [];
  const requests = new Requests({
    broken: (rule, detail) => void told.push(`${rule.name}: ${detail}`),
    held: () => undefined,
  });
  const effect = { type: 'serveBlocks', serveId: 1, peer: 'A', requestId: 7, from: 1, to: 3, bytesMax } as const;
  requests.observed({ type: 'timerFired', timer: 'metadata', now: 0 }, [effect]);
  const blocks = blocksOf(1, 3);
  return {
    told,
    read: (count: number) => {
      for (const block of blocks.slice(0, count)) requests.read(block);
    },
    fails: (height: number) => {
      requests.readFailed(height);
    },
    sends: (sent: readonly SyncBlock[], more = false) => {
      requests.serves('A', { type: 'blocks', requestId: 7, blocks: sent, ...(more ? { more } : {}) });
    },
    none: () => {
      requests.serves('A', { type: 'noBlock', requestId: 7, height: 1 });
    },
    blocks,
  };
}

describe('an answer may end early only for a reason (host-carries-out-effects)', () => {
  it('SERVE-3: not in front of a block that is there and fits, in one part or in several', () => {
    const whole = serving(10_000);
    whole.read(3);
    whole.sends(whole.blocks.slice(0, 2));
    expect(whole.told).toEqual([expect.stringContaining('ends in front of 3, which is there and has 1000 bytes')]);
    const parts = serving(10_000);
    parts.read(1);
    parts.sends(parts.blocks.slice(0, 1), true);
    parts.sends(parts.blocks.slice(1, 2));
    expect(parts.told).toEqual([expect.stringContaining('ends in front of 3, which was not read')]);
  });

  it('SERVE-3: the first block counts whatever its size: "I have none" is no answer to a request for a byte', () => {
    const none = serving(1);
    none.read(1);
    none.none();
    expect(none.told).toEqual([expect.stringContaining('ends in front of 1')]);
  });

  it('SERVE-3: but at the last height, where there is no room for more, and where the store cannot read', () => {
    const last = serving(10_000);
    last.read(3);
    last.sends(last.blocks);
    const full = serving(2_500);
    full.read(3);
    full.sends(full.blocks.slice(0, 2));
    const unread = serving(10_000);
    unread.read(1);
    unread.fails(2);
    unread.sends(unread.blocks.slice(0, 1));
    expect([...last.told, ...full.told, ...unread.told]).toEqual([]);
  });
});
