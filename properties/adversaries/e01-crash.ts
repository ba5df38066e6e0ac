import type { EnvironmentAdversary } from './adversary.ts';

export const crash: EnvironmentAdversary = {
  id: 'E01',
  name: 'crash',
  does: 'the process of a node dies, and is started again after a while',
  environment: ({ during, random, nodes, time }, acted) => {
    during(5_000, 90_000, () => {
      const node = random.pick(nodes);
      if (!node.isUp) return;
      acted();
      node.crash(random.chance(0.5));
      time.after(random.between(10, 20_000), () => node.boot());
    });
  },
};
