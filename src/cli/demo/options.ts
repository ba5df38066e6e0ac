import type { HostAndPort } from '../option-values.ts';
import type { Strategy } from '../../protocol/config.ts';

/** The options of `demo`, checked. */
export interface DemoOptions {
  readonly blocks: number;
  readonly validators: number;
  /** New blocks at the end, one a second. */
  readonly live: number;
  /** In each block. */
  readonly transactions: number;
  readonly seed: number;
  readonly strategy: Strategy;
  /** Seconds. */
  readonly timeout: number;
  readonly honest: boolean;
  readonly keep: boolean;
  /** Directory for the traces of all nodes. */
  readonly trace?: string;
  readonly json: boolean;
  /** The inspector's page is on this port of 127.0.0.1; undefined: there is none. */
  readonly inspect?: number;
  /** Where to feed Stately's inspector; `true`: where its tools look. */
  readonly stately?: HostAndPort | true;
}

/** While somebody looks on, the network lives until it is stopped. */
export function goesOn({ inspect, stately }: DemoOptions): boolean {
  return inspect !== undefined || stately !== undefined;
}
