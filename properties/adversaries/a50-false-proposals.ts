import type { SyncBlock } from '../../src/protocol/block.ts';
import { bodyOf, makeBlock } from '../simulation/chain.ts';
import type { Scene } from '../simulation/behaviour.ts';
import type { PeerAdversary } from './adversary.ts';

/** More at once than may be in the verifier; and more than may be looked at of authors whom nobody knows. */
const AT_ONCE = [1, 1, 1, 1, 6, 6, 40] as const;

export const falseProposals: PeerAdversary = {
  id: 'A50',
  name: 'false-proposals',
  does: 'proposes blocks that consensus must never see: of other networks and heights, too large, not linked, too many',
  peer: (scene) => ({
    everyMs: 700,
    act: () => {
      // Now and then a flood under names that nobody knows.
      const times = scene.random.pick(AT_ONCE);
      const kind = scene.random.pick(KINDS);
      for (let i = 0; i < times; i++) {
        scene.gossip({ type: 'proposal', block: falseProposal(scene, kind) }, times === 1 ? undefined : `${i}`);
      }
      scene.acted(times);
    },
  }),
};

const KINDS = ['certified', 'foreign', 'large', 'unlinked', 'early', 'late', 'rival'] as const;

function falseProposal({ random, chain, target }: Scene, kind: (typeof KINDS)[number]): SyncBlock {
  const parent = chain.tipAt(Math.min(target.localMax, chain.height));
  const own = { networkId: chain.networkId, content: `${random.whole(0, 1e9)}`, nextValidators: parent.validators };
  const block = makeBlock(parent, { ...own, certificate: null }, 100);
  switch (kind) {
    case 'certified':
      return chain.has(target.next) ? chain.blockAt(target.next) : block;
    case 'foreign':
      return { ...block, body: { ...bodyOf(block), networkId: 'another' } };
    case 'large':
      return { ...block, bytes: target.config.blockBytesMax + 1 };
    case 'unlinked':
      return { ...block, parentId: 'nowhere' };
    case 'early':
      return { ...block, height: block.height + random.whole(1, 5) };
    case 'late':
      return { ...block, height: Math.max(1, target.localMax) };
    // As good as any: which one of several is decided is up to consensus.
    case 'rival':
      return block;
  }
}
