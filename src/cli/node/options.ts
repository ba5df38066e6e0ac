/** The options of `node`, checked. */
export interface NodeOptions {
  readonly config: string;
  readonly genesis: string;
  /** Seconds. */
  readonly statusEvery: number;
  /** File for the trace. */
  readonly trace?: string;
}
