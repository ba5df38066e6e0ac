import { SingleBar } from 'cli-progress';

/** How far a long piece of work is. */
export interface ProgressBar {
  update(value: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 1_000;

/** On standard error, which leaves standard output to the results: a bar on a terminal, otherwise a line a second. */
export function createProgressBar(what: string, total: number, unit = 'blocks'): ProgressBar {
  return process.stderr.isTTY ? terminalBar(what, total, unit) : lines(what, total, unit);
}

function terminalBar(what: string, total: number, unit: string): ProgressBar {
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${what} [{bar}] {value} / {total} ${unit}  {speed} ${unit}/s`,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    hideCursor: true,
  });
  const beganMs = performance.now();
  bar.start(total, 0, { speed: '--' });
  return {
    update: (value) => bar.update(value, { speed: Math.round((value * 1_000) / (performance.now() - beganMs)) }),
    stop: () => bar.stop(),
  };
}

function lines(what: string, total: number, unit: string): ProgressBar {
  let saidAtMs = performance.now();
  return {
    update(value) {
      if (performance.now() - saidAtMs < LINE_EVERY_MS) return;
      saidAtMs = performance.now();
      process.stderr.write(`${what}: ${value} / ${total} ${unit}\n`);
    },
    stop: () => undefined,
  };
}
