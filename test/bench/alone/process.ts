/** The process of one engine: runs it as it is told, and measures itself. */
import { OUR_CORE } from '../engines/core.ts';
import { OUR_NODE } from '../engines/node.ts';
import { timedAsIs } from '../measure.ts';
import { loadOthers } from '../others/load.ts';
import type { Answer, Task } from './task.ts';

process.on('message', (task: Task) => {
  void run(task).then(answer, (error: unknown) => {
    answer({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});

async function run({ engine: name, load }: Task): Promise<Answer> {
  const ours = [OUR_CORE, OUR_NODE].find((each) => each.name === name);
  const engine = ours ?? (await loadOthers()).find((each) => each.name === name);
  if (engine === undefined) throw new Error(`there is no engine "${name}"`);
  const { value, wallMs, cpuMs } = await timedAsIs(() => engine.run(load));
  const { blocks, stalls } = value;
  return { measured: { value: { blocks, stalls }, wallMs, cpuMs } };
}

function answer(message: Answer): void {
  process.send?.(message);
}
