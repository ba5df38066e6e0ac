import type { PeerAdversary } from './adversary.ts';

export const spoofedAddress: PeerAdversary = {
  id: 'A32',
  name: 'spoofed-address',
  does: 'writes the address of somebody else into its messages',
  peer: (scene) => ({
    everyMs: 15_000,
    act: () => {
      scene.acted();
      scene.offend('SPOOFED_ADDRESS', 'simulated: the address of another peer');
    },
  }),
};
