import type { Command } from 'commander';
import { DEFAULT_PORT } from '../../inspect/feed.ts';
import { wholeNumber } from '../option-values.ts';

export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .description('show a trace on a local page, with time travel; without one, open or drop it on the page')
    .argument('[trace]', 'file, as --trace writes it')
    .option('--port <n>', 'port of 127.0.0.1; 0 for one that is free', wholeNumber(0, 65_535), DEFAULT_PORT)
    .action(async (trace: string | undefined, { port }: { readonly port: number }) => {
      const { runInspect } = await import('../inspect/run-inspect.ts');
      await runInspect(trace, port);
    });
}
