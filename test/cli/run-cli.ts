import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command line under way, in a process of its own. */
export interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly finished: Promise<Finished>;
  /** Resolves with the first JSON line of standard output, written already or to come, that it accepts. */
  line(accepts: (line: Line) => boolean): Promise<Line>;
}

export type Line = Readonly<Record<string, unknown>>;

export function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const news = new EventEmitter().setMaxListeners(Infinity);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    news.emit('any');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  let ended = false;
  const closed = once(child, 'close') as Promise<[number | null]>;
  const finished = closed.then(([exitCode]) => {
    ended = true;
    news.emit('any');
    return { exitCode, stdout, stderr };
  });
  return {
    child,
    finished,
    async line(accepts) {
      for (;;) {
        const found = jsonLines(stdout).find(accepts);
        if (found !== undefined) return found;
        if (ended) throw new Error(`it ended without that line: ${stdout}\n${stderr}`);
        await once(news, 'any');
      }
    },
  };
}

/** Runs a command line to its end. */
export function run(...args: readonly string[]): Promise<Finished> {
  const { child, finished } = start(...args);
  child.stdin.end();
  return finished;
}

/** The whole lines of a text, as JSON. */
export function jsonLines(text: string): Line[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Makes a directory, and removes it when the work is done. */
export async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cli-test-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What was written to standard error, besides how far a long piece of work is: that comes once a second. */
export function complaints(stderr: string): readonly string[] {
  return stderr.split('\n').filter((line) => line !== '' && !/^\w+: \d+ \/ \d+ \w+$/.test(line));
}
