/**
 * Writes docs/charts/*.json, each chart's configuration as XState 5 takes it (`npm run generate:charts`). Stately's editor opens
 * them: New machine, Import from code, and there `createMachine(<the file>)`, or the `.ts` file beside it as it is.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { blockRequestMachine } from '../machines/block-request.ts';
import { operationModeMachine } from '../machines/operation-mode.ts';
import { peerMachine } from '../machines/peer.ts';
import { stateSyncChart } from '../machines/state-sync.ts';

const CHARTS = {
  'operation-mode': operationModeMachine,
  'block-request': blockRequestMachine,
  peer: peerMachine,
  'state-sync': stateSyncChart,
};

/** The files, by address. */
export function chartFiles(): Map<URL, string> {
  const files = new Map<URL, string>();
  for (const [name, { config }] of Object.entries(CHARTS)) {
    const json = JSON.stringify(config, null, 2);
    files.set(new URL(`charts/${name}.json`, import.meta.url), `${json}\n`);
    files.set(
      new URL(`charts/${name}.stately.ts`, import.meta.url),
      `// Written by docs/generate-charts.ts. For Stately's editor: Import from code.\nimport { createMachine } from 'xstate';\n\nexport const machine = createMachine(${json});\n`,
    );
  }
  return files;
}

if (import.meta.main) {
  mkdirSync(new URL('charts/', import.meta.url), { recursive: true });
  for (const [address, text] of chartFiles()) writeFileSync(address, text);
}
