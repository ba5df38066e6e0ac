import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Engine, Load } from '../engines/engine.ts';
import { CLEAN } from '../engines/engine.ts';
import { middleOf } from '../measure.ts';
import type { Answer, Task } from './task.ts';

/**
 * The same for all. With the 1 MB that V8 begins with, chance decides in the first second whether it takes what is
 * short-lived for long-lived, and never thinks better of it.
 */
const YOUNG_GENERATION = ['--min-semi-space-size=16'];
/** In requests of 32, and before anything is measured: enough for the compiler to be done with an engine. */
const WARM_UP_BLOCKS = 384_000;
const WARM_UP_RUNS_MAX = 3;

/** What the compiler makes of an engine differs from process to process, by half as much again, and stays so. */
const PROCESSES = 3;

/** In several processes one after the other; of each engine, the one with the median of CPU. */
export async function aloneInTurns(runs: number, engines: readonly Engine[], load: Load) {
  const rounds: Awaited<ReturnType<typeof inOneProcessEach>>[] = [];
  for (let i = 0; i < Math.min(runs, PROCESSES); i++) rounds.push(await inOneProcessEach(runs, engines, load));
  return Object.fromEntries(
    engines.map(({ name }) => [
      name,
      middleOf(
        rounds.flatMap(({ [name]: measured }) => (measured === undefined ? [] : [measured])),
        'cpuMs',
      ),
    ]),
  );
}

/**
 * Each engine in a process of its own, as in a node that uses it: in one process they would spoil each other what the
 * compiler has learnt. Only one of them is at work at a time, and they take turns; of each, the run with the median of CPU.
 */
async function inOneProcessEach(runs: number, engines: readonly Engine[], load: Load) {
  const children = new Map<string, ChildProcess>();
  try {
    const samples = new Map<string, Awaited<ReturnType<typeof ask>>[]>();
    for (const { name } of engines) {
      const child = fork(new URL('process.ts', import.meta.url), { execArgv: YOUNG_GENERATION });
      children.set(name, child);
      const blocks = Math.max(load.blocks, (WARM_UP_BLOCKS * load.requestBlocks) / CLEAN.requestBlocks);
      for (let i = 0; i < Math.min(runs, WARM_UP_RUNS_MAX); i++)
        await ask(child, { engine: name, load: { ...load, blocks } });
    }
    for (let i = 0; i < runs; i++) {
      for (const [name, child] of children) {
        samples.set(name, [...(samples.get(name) ?? []), await ask(child, { engine: name, load })]);
      }
    }
    return Object.fromEntries([...samples].map(([name, all]) => [name, middleOf(all, 'cpuMs')]));
  } finally {
    for (const child of children.values()) child.kill();
  }
}

async function ask(child: ChildProcess, task: Task) {
  const heard = new AbortController();
  const answered = once(child, 'message', { signal: heard.signal }) as Promise<[Answer]>;
  const ended = once(child, 'exit', { signal: heard.signal }).then(([code]) => {
    throw new Error(`the process of ${task.engine} ended with ${String(code)}`);
  });
  child.send(task);
  try {
    const [answer] = await Promise.race([answered, ended]);
    if ('error' in answer) throw new Error(answer.error);
    return answer.measured;
  } finally {
    heard.abort();
  }
}
