import type { ChainView } from './chain.ts';
import type { HostFaultRates } from './host-faults.ts';
import type { SimNetwork } from './network.ts';
import type { SimNode } from './node.ts';
import type { SimPeer } from './peer.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a fault of the environment can reach. */
export interface Environment {
  readonly random: Random;
  readonly time: VirtualTime;
  readonly network: SimNetwork;
  readonly chain: ChainView;
  readonly nodes: readonly SimNode[];
  readonly honest: readonly SimPeer[];
  readonly faulty: readonly SimPeer[];
  /** Mean time between two blocks of the chain. */
  blockIntervalMs: number;
  /** What goes wrong in the hosts now. */
  rates(): HostFaultRates;
  /** No effect once faults have stopped, which sets all to none. */
  setRates(rates: Partial<HostFaultRates>): void;
  /** Repeats `fault` at random times until faults stop. */
  during(minMs: number, maxMs: number, fault: () => void): void;
  /** Proves that the fault happened. */
  acted(name: string, times?: number): void;
}
