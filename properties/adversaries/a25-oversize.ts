import type { PeerAdversary } from './adversary.ts';
import { forged, holdsBlocks, withBlocks } from './forged-blocks.ts';

export const oversize: PeerAdversary = {
  id: 'A25',
  name: 'oversize',
  does: 'sends and announces what is above the limits of size: by a byte, or by as much again',
  peer: (scene) => {
    const tooMany = (): number => {
      const { blockBytesMax } = scene.target.config;
      return blockBytesMax + scene.random.pick([1, scene.random.whole(1, blockBytesMax)]);
    };
    return {
      answer: (_asked, replies) => {
        if (!holdsBlocks(replies)) return replies;
        scene.acted();
        if (scene.random.chance(0.3)) scene.offend('OVERSIZE_MESSAGE', 'simulated: a message above its limit');
        return withBlocks(replies, (block) => ({ ...block, bytes: tooMany() }));
      },
      everyMs: 3_000,
      act: () => {
        const block = forged(scene, scene.target.next, 'CERTIFICATE_BAD_SIGNATURE', 'too large');
        scene.gossip({ type: 'newBlock', block: { ...block, bytes: tooMany() } });
        scene.acted();
      },
    };
  },
};
