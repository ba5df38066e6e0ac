import { vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import type { Finished } from './run-cli.ts';

/** Runs a command line in this process: what costs no start of another is cheap to ask. Not for commands that wait for signals. */
export async function runHere(...args: readonly string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    const exitCode = await runProgram(args);
    return { exitCode, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
