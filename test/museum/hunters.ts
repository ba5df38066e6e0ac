import { Worker } from 'node:worker_threads';
import type { Hunt } from './hunt.ts';
import type { Answer, Task } from './hunter.ts';

/** An altered copy that loops for ever takes its worker with it. */
const SILENT_MS_MAX = 120_000;

/**
 * Hunts for all of the tasks, several at a time.
 * @param told what came of each, as it comes
 */
export async function huntAll(
  tasks: readonly Task[],
  workers: number,
  told: (task: Task, found: Hunt | Error) => void,
): Promise<void> {
  const queue = [...tasks];
  await Promise.all(
    Array.from({ length: Math.min(workers, tasks.length) }, async () => {
      let worker = newWorker();
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        const found = await ask(worker, task);
        told(task, found);
        if (!(found instanceof Error)) continue;
        await worker.terminate();
        worker = newWorker();
      }
      await worker.terminate();
    }),
  );
}

function newWorker(): Worker {
  return new Worker(new URL('hunter.ts', import.meta.url), { execArgv: [] });
}

function ask(worker: Worker, task: Task): Promise<Hunt | Error> {
  return new Promise((resolve) => {
    const give = (found: Hunt | Error) => {
      clearTimeout(timer);
      worker.off('message', answered);
      worker.off('error', failed);
      resolve(found);
    };
    const answered = (answer: Answer) => {
      if ('run' in answer) return void timer.refresh();
      give('hunt' in answer ? answer.hunt : new Error(answer.error));
    };
    const failed = (error: unknown) => {
      give(error instanceof Error ? error : new Error(String(error)));
    };
    const timer = setTimeout(() => {
      give(new Error(`nothing was heard for ${SILENT_MS_MAX / 1_000} s`));
    }, SILENT_MS_MAX);
    worker.on('message', answered);
    worker.on('error', failed);
    worker.postMessage(task);
  });
}
