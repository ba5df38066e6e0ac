import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Job, JobDone } from './job.ts';
import type { Told } from './worker.ts';

/** A state of the larger worlds is some kilobytes while it waits for its turn. */
const HEAP_MEBIBYTES_MAX = 4_096;

export interface Listener {
  progress(job: Job, line: string): void;
  done(job: Job, done: JobDone): void;
}

/**
 * Does every job, as many at a time as the machine has cores, in the order given.
 * @throws Error what was thrown in one of them
 */
export async function doInParallel(jobs: readonly Job[], listener: Listener): Promise<ReadonlyMap<Job, JobDone>> {
  const queue = [...jobs];
  const all = new Map<Job, JobDone>();
  const workers = Math.min(availableParallelism(), jobs.length);
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        const done = await doElsewhere(job, listener);
        all.set(job, done);
        listener.done(job, done);
      }
    }),
  );
  return all;
}

function doElsewhere(job: Job, listener: Listener): Promise<JobDone> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES_MAX },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if ('line' in told) listener.progress(job, told.line);
      else resolve(told.done);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      reject(new Error(`exploring ${job.world} ended with ${code}, and without an outcome`));
    });
  });
}
