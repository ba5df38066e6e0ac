import type { EnvironmentAdversary } from './adversary.ts';

export const partition: EnvironmentAdversary = {
  id: 'E04',
  name: 'partition',
  does: 'a part of the network cannot reach a node, in both directions or only in one',
  environment: ({ during, random, network, nodes, honest, faulty, time }, acted) => {
    during(5_000, 60_000, () => {
      acted();
      const node = random.pick(nodes);
      const isOneWay = random.chance(0.5);
      const peers = [...honest, ...faulty].filter(() => random.chance(0.6));
      for (const { id } of peers) {
        network.block(id, node.id);
        if (!isOneWay) network.block(node.id, id);
      }
      time.after(random.between(500, 40_000), () => {
        for (const { id } of peers) {
          network.unblock(id, node.id);
          network.unblock(node.id, id);
        }
      });
    });
  },
};
