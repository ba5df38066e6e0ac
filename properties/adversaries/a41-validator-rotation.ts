import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Scene } from '../simulation/behaviour.ts';
import type { PeerAdversary } from './adversary.ts';
import { forged, holdsBlocks, signedByFormerSet, withBlocks } from './forged-blocks.ts';

export const validatorRotation: PeerAdversary = {
  id: 'A41',
  name: 'validator-rotation',
  does: 'sends certificates of validators who are not in the set any more, alone or behind good ones',
  peer: (scene) => ({
    answer: ({ requestId, from }, replies) => {
      if (!scene.chain.has(from)) return replies;
      scene.acted();
      const content = `old set, ${scene.self}`;
      if (holdsBlocks(replies) && scene.random.chance(0.5)) return withBlocks(replies, firstOfNewSet(scene, content));
      const block =
        signedByFormerSet(scene, from, content) ?? forged(scene, from, 'CERTIFICATE_FOREIGN_SIGNER', content);
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [block] } }];
    },
  }),
};

/** Where a range crosses a change of the set, the first block after that is the former set's. */
function firstOfNewSet(scene: Scene, content: string): (block: SyncBlock) => SyncBlock {
  let isDone = false;
  return (block) => {
    const late = isDone ? null : signedByFormerSet(scene, block.height, content);
    isDone ||= late !== null;
    return late ?? block;
  };
}
