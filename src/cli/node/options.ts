import type { HostAndPort } from '../option-values.ts';

/** The options of `node`, checked. `true`: the option without a value. */
export interface NodeOptions {
  readonly config: string;
  readonly genesis: string;
  /** Seconds. */
  readonly statusEvery: number;
  /** File for the trace. */
  readonly trace?: string;
  /** Where to answer `status` and Prometheus. */
  readonly admin?: HostAndPort | true;
  /** Where to feed Stately's inspector. */
  readonly stately?: HostAndPort | true;
  /** The inspector's page is on this port of 127.0.0.1; `true`: on its usual one. */
  readonly inspect?: number | true;
}
