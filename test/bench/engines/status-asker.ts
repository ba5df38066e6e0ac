/** A thread that asks a node for its status again and again, and says how long each answer took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { askStatus } from '../../../src/admin/index.ts';

const PAUSE_MS = 5;

const tookMs: number[] = [];
let asking = false;

parentPort?.on('message', (message: unknown) => {
  if (message === 'begin') {
    asking = true;
    void ask();
  } else {
    asking = false;
    parentPort?.postMessage(tookMs);
  }
});
parentPort?.postMessage('ready');

async function ask(): Promise<void> {
  while (asking) {
    const begun = performance.now();
    await askStatus({ url: workerData as string });
    tookMs.push(performance.now() - begun);
    await sleep(PAUSE_MS);
  }
}
