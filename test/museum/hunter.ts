/** A worker that hunts for one bug after another. */
import { parentPort } from 'node:worker_threads';
import { serveBugs } from './alter.ts';
import { ALL_BUGS } from './collections.ts';
import type { Hunt } from './hunt.ts';
import { hunt } from './hunt.ts';
import type { Bug } from './bug.ts';

export interface Task extends Pick<Bug, 'id' | 'stage' | 'breaks'> {
  readonly runsMax: number;
}

/** A sign of life before each run, and what came of the hunt. */
export type Answer = { readonly run: number } | { readonly hunt: Hunt } | { readonly error: string };

serveBugs(ALL_BUGS);
parentPort?.on('message', (task: Task) => {
  const told = (run: number) => {
    answer({ run });
  };
  void hunt(task, task.runsMax, told).then(
    (found) => {
      answer({ hunt: found });
    },
    (error: unknown) => {
      answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});

function answer(message: Answer): void {
  parentPort?.postMessage(message);
}
