import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

const QUIET_MS = 120_000;

/** A process of the bench; what it tells comes by `message`. */
export function start(script: string, args: readonly string[]): ChildProcess {
  return fork(new URL(script, import.meta.url), args);
}

/** The next message. @throws Error when the process ends or is silent for too long */
export function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error('a process of the bench is silent'));
    }, QUIET_MS);
    const done = (end: () => void): void => {
      clearTimeout(late);
      end();
    };
    child.once('message', (told) => {
      done(() => resolve(told));
    });
    child.once('error', (error) => {
      done(() => reject(error));
    });
    child.once('exit', (code) => {
      done(() => reject(new Error(`a process of the bench ended with code ${String(code)}`)));
    });
  });
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await gone;
}
