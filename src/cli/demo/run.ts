import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoOptions } from './options.ts';
import { goesOn } from './options.ts';
import { createView } from './create-view.ts';
import { Demo } from './demo.ts';
import type { DemoOnlookers } from './onlookers.ts';
import { startOnlookers } from './onlookers.ts';

const FAILED = 1;
/** What shells make of a process that a signal ended: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Runs the demo, tells it on standard output, and leaves nothing behind. Resolves with the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const abort = new AbortController();
  const isPlayed = goesOn(options);
  const giveUp = (): void => abort.abort(new Error(`it took longer than ${options.timeout} s`));
  const timeout = isPlayed ? undefined : setTimeout(giveUp, options.timeout * 1_000);
  const interrupted: { exitCode?: number } = {};
  const onSignal = (signal: NodeJS.Signals): void => {
    interrupted.exitCode = SIGNALS[signal as keyof typeof SIGNALS];
    abort.abort(new Error(`stopped by ${signal}`));
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal);

  if (options.trace !== undefined) await mkdir(options.trace, { recursive: true });
  const directory = await mkdtemp(join(tmpdir(), 'pocket-state-sync-demo-'));
  const view = createView(options);
  let onlookers: DemoOnlookers | null = null;
  try {
    onlookers = await startOnlookers(options, view);
    const demo = new Demo(options, directory, view, abort, onlookers);
    const { ok } = await demo.run();
    if (isPlayed && demo.isPlayed) return 0;
    return interrupted.exitCode ?? (ok ? 0 : FAILED);
  } finally {
    clearTimeout(timeout);
    await onlookers?.inspection?.close();
    await onlookers?.stately?.close();
    view.close();
    if (options.keep) process.stderr.write(`The block stores are kept in ${directory}\n`);
    else await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
  }
}
