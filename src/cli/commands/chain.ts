import type { Command } from 'commander';
import { Option } from 'commander';
import type { GenerateOptions, InspectOptions, VerifyOptions } from '../chain/options.ts';
import { wholeNumber } from '../option-values.ts';

const HEIGHT = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function addChainCommands(program: Command): void {
  const chain = program.command('chain').description('make, look at and check chains in LevelDB directories');
  addGenerate(chain);
  addInspect(chain);
  addVerify(chain);
}

function addGenerate(chain: Command): void {
  chain
    .command('generate')
    .description('make a real chain, with genesis, keys and a configuration for each validator and a full node')
    .requiredOption('--blocks <n>', 'how many blocks', wholeNumber(0, 10_000_000))
    .requiredOption('--out <dir>', 'directory to make; must not exist or be empty')
    .addOption(new Option('--genesis <file>', 'a genesis that is there already; needs --keys').conflicts('validators'))
    .option('--keys <dir>', "directory with the private keys of the genesis' validators, in files *.key")
    .option('--validators <n>', 'validators of the new genesis', wholeNumber(1, 100), 4)
    .option('--seed <text>', 'the same text makes the same chain, with keys that are no secret')
    .option('--transactions <n>', 'transactions in a block', wholeNumber(0, 1_000), 3)
    .option('--port <n>', 'first port in the configurations', wholeNumber(1, 65_000), 42_069)
    .option('--json', 'one JSON object', false)
    .action(async (options: GenerateOptions) => {
      const { generateChain } = await import('../chain/generate.ts');
      await generateChain(options);
    });
}

function addInspect(chain: Command): void {
  chain
    .command('inspect')
    .description('show what a chain directory holds: its range, or blocks with certificate and transactions')
    .argument('<dir>', 'a LevelDB directory, or one that `chain generate` made')
    .addOption(new Option('--height <n>', 'this block').argParser(HEIGHT).conflicts(['from', 'to']))
    .option('--from <n>', 'blocks from here', HEIGHT)
    .option('--to <n>', 'blocks up to here', HEIGHT)
    .option('--json', 'one JSON object a line', false)
    .action(async (directory: string, options: InspectOptions) => {
      const { inspectChain } = await import('../chain/inspect.ts');
      await inspectChain(directory, options);
    });
}

function addVerify(chain: Command): void {
  chain
    .command('verify')
    .description('execute and check every block from genesis: certificates, links, hashes, state')
    .argument('<dir>', 'a LevelDB directory, or one that `chain generate` made')
    .requiredOption('--genesis <file>', "genesis in Pocket's JSON format")
    .option('--json', 'one JSON object', false)
    .action(async (directory: string, options: VerifyOptions) => {
      const { verifyChain } = await import('../chain/verify.ts');
      await verifyChain(directory, options);
    });
}
