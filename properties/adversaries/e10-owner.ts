import type { EnvironmentAdversary } from './adversary.ts';

export const owner: EnvironmentAdversary = {
  id: 'E10',
  name: 'owner',
  does: 'whoever runs the nodes turns their server mode on and off, and asks them to sync, at any time',
  environment: ({ during, random, nodes }, acted) => {
    during(200, 20_000, () => {
      const isOn = random.chance(0.5);
      const asksToSync = random.chance(0.3);
      random.pick(nodes).ownerAsks((host) => {
        const ask = asksToSync ? host.startSyncing?.bind(host) : host.setServerEnabled?.bind(host, isOn);
        if (ask === undefined) return;
        acted();
        ask();
      });
    });
  },
};
