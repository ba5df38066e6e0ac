import type { EnvironmentAdversary } from './adversary.ts';

export const freeze: EnvironmentAdversary = {
  id: 'E03',
  name: 'freeze',
  does: 'the process of a node stands still for a while: a sleeping laptop, a stopped container',
  environment: ({ during, random, nodes, time }, acted) => {
    during(10_000, 120_000, () => {
      const node = random.pick(nodes);
      acted();
      node.freeze();
      time.after(10 ** random.between(2, 5), () => {
        node.thaw();
      });
    });
  },
};
