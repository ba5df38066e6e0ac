import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Reply, Scene } from '../simulation/behaviour.ts';
import type { PeerAdversary } from './adversary.ts';
import { forged, signedByFormerSet, withBlocks } from './forged-blocks.ts';

export const validatorRotation: PeerAdversary = {
  id: 'A41',
  name: 'validator-rotation',
  does: 'sends certificates of validators who are not in the set any more, alone or behind good ones',
  // A node that asks for what lies on both sides of a change of the set takes the former one for both.
  needsRanges: true,
  needsRotation: true,
  peer: (scene) => {
    const alone = (requestId: number | null, block: SyncBlock): readonly Reply[] => {
      scene.acted();
      return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [block] } }];
    };
    return {
      answer: ({ requestId, from }, replies) => {
        if (!scene.chain.has(from)) return replies;
        // Accomplices send the very same; some of it is linked to nothing.
        const content = scene.random.chance(0.5) ? 'old set' : `old set, ${scene.self}`;
        const isLinked = scene.random.chance(0.7);
        const late = signedByFormerSet(scene, from, content, isLinked);
        if (late !== null && scene.random.chance(0.5)) return alone(requestId, late);
        const firstOfNewSet = new FirstOfNewSet(scene, content, isLinked);
        const spoiled = withBlocks(replies, firstOfNewSet.inPlaceOf);
        if (firstOfNewSet.isThere) {
          scene.acted();
          return spoiled;
        }
        // Where the set stays the same it can only forge what is seen through at once, and be banned: mostly it waits.
        if (scene.random.chance(0.9)) return replies;
        return alone(requestId, forged(scene, from, 'CERTIFICATE_FOREIGN_SIGNER', content));
      },
    };
  },
};

/** Where a range crosses a change of the set, the first block after that is the former set's. */
class FirstOfNewSet {
  isThere = false;
  readonly #make: (height: number) => SyncBlock | null;

  constructor(scene: Scene, content: string, isLinked: boolean) {
    this.#make = (height) => signedByFormerSet(scene, height, content, isLinked);
  }

  readonly inPlaceOf = (block: SyncBlock): SyncBlock => {
    const late = this.isThere ? null : this.#make(block.height);
    this.isThere ||= late !== null;
    return late ?? block;
  };
}
