import { CommanderError } from 'commander';
import { StateSyncError } from '../protocol/errors.ts';

const FAILED = 1;
const USED_WRONGLY = 2;

/** Tells an error on standard error, one line and what to do about it, and gives the exit code for it. */
export function reportError(error: unknown, withStack: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USED_WRONGLY; // commander has told it
  process.stderr.write(`${linesOf(error).join('\n')}\n`);
  if (withStack && error instanceof Error) process.stderr.write(`${stackOf(error)}\n`);
  return FAILED;
}

function linesOf(error: unknown): string[] {
  if (error instanceof StateSyncError) {
    return [error.message, error.advice, ...(error.next === undefined ? [] : [`Next: ${error.next}.`])];
  }
  const message = error instanceof Error ? error.message : String(error);
  return [`UNEXPECTED: ${message}`, 'This should not happen; --debug shows where it did.'];
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
