import type { PeerAdversary } from './adversary.ts';
import { forged } from './forged-blocks.ts';

/** More than there is room for of the next height; each name may leave one copy, and nobody knows it. */
const NAMES = 8;
/** About as often as so many names that nobody knows are listened to. */
const CROWD_EVERY_MS = 600;

export const eviction: PeerAdversary = {
  id: 'A35',
  name: 'eviction',
  does: 'sends and announces junk for the very heights that are wanted, under many names, to crowd out good copies',
  peer: (scene) => {
    const junk = (height: number, name: string) => {
      return forged(scene, height, 'CERTIFICATE_NO_QUORUM', `junk of ${name} at ${scene.nowMs}`);
    };
    // Who does it under its own name too is banned for that before long.
    const isOvert = scene.random.chance(0.3);
    let crowdedAtMs = -Infinity;
    /** Fills every place there is for the next height, just while answers for it are on their way. */
    const crowd = () => {
      if (scene.nowMs - crowdedAtMs < CROWD_EVERY_MS) return;
      crowdedAtMs = scene.nowMs;
      for (let i = 0; i < NAMES; i++) {
        const name = `crowd-${scene.random.whole(0, 1e6)}`;
        scene.gossip({ type: 'newBlock', block: junk(scene.target.next, name) }, name);
      }
      scene.acted(NAMES);
    };
    return {
      // Who is asked for the next height is hardly ever the only one.
      answer: ({ from }, replies) => {
        if (from === scene.target.next) crowd();
        return replies;
      },
      everyMs: 50,
      act: () => {
        const { next } = scene.target;
        if (scene.target.requests().some(({ from, peer }) => from === next && peer !== scene.self)) crowd();
        if (!isOvert || !scene.random.chance(0.1)) return;
        scene.gossip({ type: 'newBlock', block: junk(next, scene.self) });
        for (let height = next; height < next + 4; height++) {
          scene.send({ type: 'blocks', requestId: null, blocks: [junk(height, scene.self)] });
        }
        scene.acted(5);
      },
    };
  },
};
