/** What goes wrong with verifier, executor and store now: probabilities a call. Changed while a run goes on. */
export interface HostFaultRates {
  /** The call throws and has changed nothing. */
  readonly verifyThrows: number;
  readonly applyThrows: number;
  readonly rollbackThrows: number;
  readonly commitThrows: number;
  /** The commit is durable, and throws all the same: its outcome is lost. */
  readonly commitOutcomeLost: number;
  readonly readThrows: number;
  /** Executing gives another state than it should: a non-deterministic executor (A44). */
  readonly applyGoesWrong: number;
  /** How long each call takes at most. */
  readonly workMsMax: number;
  /** What a commit takes on top of that. */
  readonly commitMs: number;
}

export const NO_HOST_FAULTS: HostFaultRates = {
  verifyThrows: 0,
  applyThrows: 0,
  rollbackThrows: 0,
  commitThrows: 0,
  commitOutcomeLost: 0,
  readThrows: 0,
  applyGoesWrong: 0,
  workMsMax: 5,
  commitMs: 0,
};

export interface HostFaultCounts {
  thrown: number;
  outcomesLost: number;
  wentWrong: number;
  commitsKeptInCrash: number;
  commitsLostInCrash: number;
  /** Consensus decided a block while the host applied, rolled back or committed. */
  overtaken: number;
}
