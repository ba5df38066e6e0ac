import type { PeerAdversary } from './adversary.ts';
import { forged } from './forged-blocks.ts';

/** More names than copies of a height are kept: each name may leave one. */
const NAMES = 6;

export const eviction: PeerAdversary = {
  id: 'A35',
  name: 'eviction',
  does: 'sends and announces junk for the very heights that are wanted, under many names, to crowd out good copies',
  peer: (scene) => {
    const junk = (height: number, name: string) => {
      return forged(scene, height, 'CERTIFICATE_NO_QUORUM', `junk of ${name} at ${scene.nowMs}`);
    };
    /** Fills every place there is for the next height, just while somebody's answer for it is on its way. */
    const crowd = (next: number) => {
      for (let i = 0; i < NAMES; i++) {
        const name = `crowd-${scene.random.whole(0, 1e6)}`;
        scene.gossip({ type: 'newBlock', block: junk(next, name) }, name);
      }
      scene.acted(NAMES);
    };
    let crowdedAtMs = -Infinity;
    return {
      everyMs: 100,
      act: () => {
        const { next } = scene.target;
        const isAwaited = scene.target.requests().some(({ from, peer }) => from === next && peer !== scene.self);
        // No faster than names that nobody knows are listened to.
        if (isAwaited && scene.nowMs - crowdedAtMs >= NAMES * 100) {
          crowdedAtMs = scene.nowMs;
          crowd(next);
        }
        if (!scene.random.chance(0.25)) return;
        scene.gossip({ type: 'newBlock', block: junk(next, scene.self) });
        for (let height = next; height < next + 4; height++) {
          scene.send({ type: 'blocks', requestId: null, blocks: [junk(height, scene.self)] });
        }
        scene.acted(5);
      },
    };
  },
};
