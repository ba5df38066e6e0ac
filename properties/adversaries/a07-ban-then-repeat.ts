import type { PeerAdversary } from './adversary.ts';

export const banThenRepeat: PeerAdversary = {
  id: 'A07',
  name: 'ban-then-repeat',
  does: 'misbehaves until it is banned, and again when it is back',
  peer: (scene) => ({
    connected: () => scene.acted(),
    everyMs: 2_000,
    act: () => {
      scene.offend('MALFORMED_MESSAGE', 'simulated: bytes that mean nothing');
    },
  }),
};
