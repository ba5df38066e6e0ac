import type { SimNode } from '../simulation/node.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';
import type { EnvironmentAdversary } from './adversary.ts';

export const storeFault: EnvironmentAdversary = {
  id: 'A45',
  name: 'store-fault',
  does: 'the store fails, before or after it has written, and the process dies while it writes',
  environment: ({ during, random, setRates, nodes, time }, acted) => {
    during(5_000, 60_000, () => {
      acted();
      const often = () => (random.chance(0.5) ? random.between(0, 0.7) : 0);
      setRates({ commitThrows: often(), commitOutcomeLost: often(), readThrows: often() });
    });
    during(500, 60_000, () => {
      const node = random.pick(nodes);
      dieWhileWriting(node, random.chance(0.5), time, () => {
        acted();
        time.after(random.between(10, 8_000), () => {
          node.boot();
        });
      });
    });
  },
};

const LOOK_EVERY_MS = 3;
const LOOKS_MAX = 2_000;

/** Waits for a write to be under way, so that the crash matters. */
function dieWhileWriting(node: SimNode, keeps: boolean, time: VirtualTime, died: () => void, looks = LOOKS_MAX): void {
  if (node.disk.isWriting && node.isUp) {
    node.crash(keeps);
    died();
  } else if (looks > 0) {
    time.after(LOOK_EVERY_MS, () => {
      dieWhileWriting(node, keeps, time, died, looks - 1);
    });
  }
}
