import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { MemberSummary, Summary } from '../../../src/cli/demo/summary.ts';

/** The demo without liars, for its speed: real processes, libp2p, LevelDB. */
export async function runHonestDemo(blocks: number, transactions: number): Promise<readonly MemberSummary[]> {
  const main = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
  const flags = [
    '--honest',
    '--json',
    '--live',
    '0',
    '--blocks',
    String(blocks),
    '--transactions',
    String(transactions),
  ];
  const child = spawn(process.execPath, [main, 'demo', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let summary: Summary | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as { readonly type: string };
    if (event.type === 'summary') summary = event as unknown as Summary;
  }
  if (summary?.ok !== true) throw new Error(`the demo failed: ${summary?.reason ?? 'it ended without a summary'}`);
  return summary.members.filter(({ sync }) => sync !== null);
}
