/** The options of `node`, checked. */
export interface NodeOptions {
  readonly config: string;
  readonly genesis: string;
  /** Seconds. */
  readonly statusEvery: number;
  /** File for the trace. */
  readonly trace?: string;
  /** The inspector's page is on this port of 127.0.0.1; `true`: on its usual one. */
  readonly inspect?: number | true;
}
