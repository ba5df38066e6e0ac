import type { Command } from 'commander';
import type { NodeOptions } from '../node/options.ts';
import { hostAndPort, ON_THIS_MACHINE, wholeNumber } from '../option-values.ts';

export function addNodeCommand(program: Command): void {
  program
    .command('node')
    .description('run one node: it catches up with its peers and follows them; it runs no consensus')
    .requiredOption('--config <file>', "configuration in Pocket's JSON format, with the section state_sync")
    .requiredOption('--genesis <file>', "genesis in Pocket's JSON format")
    .option('--status-every <seconds>', 'how often a line tells where it stands', wholeNumber(1, 86_400), 10)
    .option('--trace <file>', 'write a trace of everything the node is told and does')
    .option(
      '--admin [host:port]',
      'answer status, Prometheus and health checks there (default: 127.0.0.1:42080)',
      hostAndPort(ON_THIS_MACHINE),
    )
    .option('--stately [host:port]', "feed Stately's inspector (default: 127.0.0.1:8080)", hostAndPort(ON_THIS_MACHINE))
    .option('--inspect [port]', 'show the node on a local page', wholeNumber(0, 65_535))
    .action(async (options: NodeOptions) => {
      const { runNode } = await import('../node/run-node.ts');
      await runNode(options);
    });
}
