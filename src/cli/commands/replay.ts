import type { Command } from 'commander';
import type { Outcome } from '../outcome.ts';

export function addReplayCommand(program: Command, outcome: Outcome): void {
  program
    .command('replay')
    .description('run a trace again, and check that every effect and every state comes out the same')
    .argument('<file>', 'trace, as --trace writes it, or - for standard input')
    .option('--json', 'one JSON object', false)
    .action(async (file: string, options: { readonly json: boolean }) => {
      const { runReplay } = await import('../replay/run-replay.ts');
      outcome.exitCode = await runReplay(file, options);
    });
}
