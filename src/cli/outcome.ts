/** Where a command leaves its exit code when it ends without an error and yet did not succeed. */
export interface Outcome {
  exitCode: number;
}
