/** A worker that does one job. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Job, JobDone } from './job.ts';
import { doJob } from './job.ts';

export type Told = { readonly line: string } | { readonly done: JobDone };

const tell = (told: Told) => {
  parentPort?.postMessage(told);
};
tell({
  done: doJob(workerData as Job, (line) => {
    tell({ line });
  }),
});
