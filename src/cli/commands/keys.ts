import type { Command } from 'commander';

export function addKeysCommands(program: Command): void {
  const keys = program.command('keys').description("make and read keys in Pocket's format");
  keys
    .command('generate')
    .description('make a key and print it, private part included')
    .option('--seed <text>', 'make it from this text: the same key each time, and no secret')
    .option('--json', 'one JSON object', false)
    .action(async (options: { readonly seed?: string; readonly json: boolean }) => {
      const { generateKey } = await import('../keys/generate.ts');
      await generateKey(options);
    });
  keys
    .command('show')
    .description('print address, public key and libp2p peer id of a private key')
    .argument('<file>', 'file with the private key in 128 hex characters, or - for standard input')
    .option('--json', 'one JSON object', false)
    .action(async (file: string, options: { readonly json: boolean }) => {
      const { showKey } = await import('../keys/show.ts');
      await showKey(file, options);
    });
}
