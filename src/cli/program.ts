import { Command } from 'commander';
import { addChainCommands } from './commands/chain.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addInspectCommand } from './commands/inspect.ts';
import { addKeysCommands } from './commands/keys.ts';
import { addNodeCommand } from './commands/node.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addStatusCommand } from './commands/status.ts';
import type { Outcome } from './outcome.ts';
import { reportError } from './report-error.ts';
import { packageVersion } from '../adapters/package-version.ts';

/** Runs one command line. Resolves with the exit code: 0 done, 1 failed, 2 used wrongly. */
export async function runProgram(args: readonly string[]): Promise<number> {
  endQuietlyWithReader(process.stdout);
  const outcome: Outcome = { exitCode: 0 };
  const program = createProgram(outcome);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    return reportError(error, program.opts<{ debug?: boolean }>().debug ?? false);
  }
}

function createProgram(outcome: Outcome): Command {
  const program = new Command('pocket-state-sync')
    .description("Pocket V1's State Sync: catch up with a network, and stay caught up.")
    .version(packageVersion(), '-V, --version', 'print the version of this package')
    .option('--debug', 'show the stack of errors')
    .exitOverride()
    .showHelpAfterError('(--help tells how to use it)');
  addDemoCommand(program, outcome);
  addNodeCommand(program);
  addStatusCommand(program);
  addReplayCommand(program, outcome);
  addInspectCommand(program);
  addChainCommands(program);
  addKeysCommands(program);
  return program;
}

/** `pocket-state-sync ... | head` closes the pipe early. Who has something to clean up is told as by a hang-up. */
function endQuietlyWithReader(stream: NodeJS.WriteStream): void {
  let ended = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (ended) return;
    ended = true;
    if (process.listenerCount('SIGHUP') > 0) process.kill(process.pid, 'SIGHUP');
    else process.exit(0);
  });
}
