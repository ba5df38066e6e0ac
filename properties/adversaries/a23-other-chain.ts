import type { PeerAdversary } from './adversary.ts';
import { SimChain } from '../simulation/chain.ts';

export const otherChain: PeerAdversary = {
  id: 'A23',
  name: 'other-chain',
  does: 'serves a consistent chain of another network',
  peer: (scene) => {
    const networkId = scene.random.chance(0.5) ? 'elsewhere' : scene.chain.networkId;
    const validators = ['stranger-0', 'stranger-1'];
    const other = new SimChain({
      networkId,
      random: scene.random.fork('other chain'),
      validators,
      validatorSetSize: 2,
      rotateEveryBlocks: 0,
      blockBytesMax: 1_000,
    });
    return {
      answer: ({ requestId, from }) => {
        if (from < 1 || from > 1_000) return [];
        while (other.height < from) other.grow();
        scene.acted();
        return [{ afterMs: 5, message: { type: 'blocks', requestId, blocks: [other.blockAt(from)] } }];
      },
    };
  },
};
