import type { Command } from 'commander';
import { hostAndPort } from '../option-values.ts';
import type { StatusOptions } from '../status/run-status.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('ask a running node how it is: mode, heights, why it is not synced, requests, peers')
    .option('--admin <host:port>', "the node's --admin (default: 127.0.0.1:42080)", hostAndPort('127.0.0.1'))
    .option('--json', 'one JSON object with everything', false)
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('../status/run-status.ts');
      await runStatus(options);
    });
}
