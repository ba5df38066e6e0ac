import type { Command } from 'commander';
import { Option } from 'commander';
import type { DemoOptions } from '../demo/options.ts';
import { DEFAULT_PORT } from '../../inspect/feed.ts';
import { hostAndPort, ON_THIS_MACHINE, wholeNumber } from '../option-values.ts';
import type { Outcome } from '../outcome.ts';

/** One to tamper, one to inflate, and two honest ones, as many as `minPeers` asks for. */
const VALIDATORS_MIN = 4;

export function addDemoCommand(program: Command, outcome: Outcome): void {
  program
    .command('demo')
    .description('watch a full node and a validator catch up with a network of real processes, two of which lie')
    .option('--blocks <n>', 'blocks the network has at the start', wholeNumber(20, 100_000), 1_000)
    .option('--validators <n>', 'validators that have the chain', wholeNumber(VALIDATORS_MIN, 12), VALIDATORS_MIN)
    .option('--live <n>', 'new blocks afterwards, one a second', wholeNumber(0, 3_600), 10)
    .option('--transactions <n>', 'transactions in a block', wholeNumber(0, 1_000), 3)
    .option('--seed <n>', 'seed of keys and transactions', wholeNumber(0, 4_294_967_295), 1)
    .addOption(
      new Option('--strategy <name>', 'how blocks are asked for')
        .choices(['synchronous', 'asynchronous'])
        .default('asynchronous'),
    )
    .option('--timeout <seconds>', 'give up after this long', wholeNumber(1, 86_400), 120)
    .option('--honest', 'nobody lies', false)
    .option('--keep', 'keep the directory with the block stores', false)
    .option('--trace <dir>', 'write the trace of each node into this directory')
    .option(
      '--inspect [port]',
      'show the nodes on a local page, break things there, and go on until Ctrl-C',
      wholeNumber(0, 65_535),
    )
    .option(
      '--stately [host:port]',
      "feed Stately's inspector (default: 127.0.0.1:8080), and go on until Ctrl-C",
      hostAndPort(ON_THIS_MACHINE),
    )
    .option('--json', 'one JSON object a line, for machines', false)
    .action(async ({ inspect, ...options }: Omit<DemoOptions, 'inspect'> & { readonly inspect?: number | true }) => {
      const { runDemo } = await import('../demo/run.ts');
      const port = inspect === true ? DEFAULT_PORT : inspect;
      outcome.exitCode = await runDemo(port === undefined ? options : { ...options, inspect: port });
    });
}
