import type { PeerAdversary } from './adversary.ts';

export const requestFlood: PeerAdversary = {
  id: 'A28',
  name: 'request-flood',
  does: 'asks for blocks without end: in range, out of range, inverted, absurd, in a byte',
  peer: (scene) => {
    // Who asks for the impossible is banned for that, before it has asked for too much.
    const isAbsurd = scene.random.chance(0.5);
    return {
      everyMs: 5_000,
      act: () => {
        const times = scene.random.chance(0.1) ? 6_000 : 200;
        const { blockBytesMax } = scene.target.config;
        for (let i = 0; i < times; i++) {
          const from = scene.random.pick([1, scene.target.localMax, scene.target.localMax + 5, 0, 1e15]);
          const absurd = isAbsurd && scene.random.chance(0.01) ? from - 1 : from;
          const to = scene.random.pick([from, from + 10, from + 1e9, absurd]);
          const room = scene.random.chance(0.5)
            ? { bytesMax: scene.random.pick([1, blockBytesMax, 16 * blockBytesMax]) }
            : {};
          scene.send({ type: 'getBlocks', requestId: i, from, to, ...room });
        }
        scene.acted(times);
      },
    };
  },
};
