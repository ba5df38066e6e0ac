import { readdirSync, readFileSync } from 'node:fs';
import type { Scenario } from './runner.ts';
import { parseScenario } from './runner.ts';

/** Every script of this folder, by name. */
export function allScenarios(): Scenario[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.scenario'))
    .sort()
    .map((name) => parseScenario(name, readFileSync(`${import.meta.dirname}/${name}`, 'utf8')));
}
