import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from './import-directions.ts';

/** The project's own rules, without those that need types: the planted files are not on disk. */
const eslint = new ESLint({
  cwd: PACKAGE_ROOT,
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { projectService: false } } },
  ],
});

const PURE_FILES = ['machines/planted.ts', 'src/core/planted.ts', 'src/protocol/planted.ts'];

const IMPURE = [
  'export const now = (): number => Date.now();',
  'export const today = new Date();',
  'export type Moment = Date;',
  'export const elapsed = (): number => performance.now();',
  'export const roll = (): number => Math.random();',
  'export const roll = (): number => Math["random"]();',
  'export const { random } = Math;',
  'const M = Math; export const roll = (): number => M.random();',
  'export const id = (): string => crypto.randomUUID();',
  'export async function wait(): Promise<void> {}',
  'export const wait = async (): Promise<void> => {};',
  'export type Later = Promise<void>;',
  'export const later = (): unknown => Promise.resolve();',
  'export const later = (p: PromiseLike<number>): unknown => p;',
  'import { p } from "./p.ts"; export const later = (): unknown => p.then(() => 1);',
  'import { p } from "./p.ts"; export const x: unknown = await p;',
  'import { p } from "./p.ts"; for await (const x of p) { if (x) break; }',
  'export async function* stream(): AsyncIterable<number> {}',
  'export const x = (): unknown => setTimeout(() => 1, 1);',
  'export const x = (): unknown => setInterval(() => 1, 1);',
  'export const x = (): unknown => setImmediate(() => 1);',
  'queueMicrotask(() => 1);',
  'export const platform = process.platform;',
  'console.log("applied");',
  'export const x: unknown = globalThis;',
  'export const x = (globalThis as { Date: { now(): number } }).Date.now();',
  'export const later = import("./step.ts");',
  'export const here = import.meta.url;',
  'export const x = new Function("return Date.now()");',
  'export const x: unknown = eval("Date.now()");',
  'export const sorted = (a: string, b: string): number => a.localeCompare(b);',
  'export const shown = (n: number): string => n.toLocaleString();',
  'export const shown = new Intl.NumberFormat();',
  'let calls = 0; export const count = (): number => ++calls;',
  'export let calls = 0;',
  'export const seen = new WeakRef({});',
  'import { readFileSync } from "node:fs"; export const x = readFileSync("x");',
  'import { fromPromise } from "xstate"; export const x = fromPromise;',
  '/* eslint-disable */ export const now = (): number => Date.now();',
  '// eslint-disable-next-line no-restricted-globals\nexport const now = (): number => Date.now();',
];

const PURE = [
  'export const larger = (a: number, b: number): number => Math.max(a, b);',
  'export const copy = <T>(items: readonly T[]): T[] => [...items];',
  'export interface Event { readonly type: string; readonly now: number }',
  'import { setup } from "xstate"; export const chart = setup({}).createMachine({});',
  'const answers = new Map<string, number>(); export const answer = (key: string): number | undefined => answers.get(key);',
];

describe('the core is a function of its arguments', () => {
  test.each(PURE)('accepted: %s', async (text) => {
    expect(await problems(text, 'src/core/planted.ts')).toEqual([]);
  });

  test.each(IMPURE)('caught: %s', async (text) => {
    for (const file of PURE_FILES) expect(await problems(text, file), file).not.toEqual([]);
  });

  test('the other rooms may read a clock', async () => {
    expect(await problems('export const now = (): number => Date.now();', 'src/adapters/planted.ts')).toEqual([]);
  });
});

/** A planted line that only breaks a rule of style would prove nothing. */
function isAboutPurity({ severity, ruleId, fatal }: Linter.LintMessage): boolean {
  if (fatal === true) throw new Error('the planted text does not parse');
  return severity === 2 && ruleId !== null && /^no-(restricted-.*|eval|implied-eval|new-func)$/.test(ruleId);
}

async function problems(text: string, filePath: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath });
  if (result === undefined) throw new Error(`ESLint did not look at ${filePath}`);
  return result.messages.filter(isAboutPurity).map(({ ruleId, message }) => `${ruleId}: ${message}`);
}
