import { expect as jestExpect } from 'expect';

/**
 * What test files import in place of Vitest while mutants are run: it only collects their tests, so that one process can
 * run them again and again without loading anything anew. `expect` is Jest's, which Vitest's follows.
 */
/** Vitest's takes a message besides, which nobody reads here. */
export const expect = Object.assign((actual: unknown, _message?: string) => jestExpect(actual), jestExpect);

type Body = () => unknown;

export interface CollectedTest {
  readonly id: string;
  readonly run: Body;
  readonly before: readonly Once[];
}

export const tests: CollectedTest[] = [];

let path: readonly string[] = [];
let before: readonly Once[] = [];

export function describe(name: string, body: () => void): void {
  const outer = { path, before };
  path = [...path, name];
  body();
  ({ path, before } = outer);
}

export function it(name: string, body: Body): void {
  tests.push({ id: [...path, name].join(' > '), run: body, before });
}

export function beforeAll(body: Body): void {
  before = [...before, new Once(body)];
}

describe.each = eachOf(describe);
it.each = eachOf(it);

/** Collects the tests of one file under its name. */
export async function collectFrom(file: string, load: () => Promise<unknown>): Promise<void> {
  path = [file];
  before = [];
  await load();
}

class Once {
  #done: Promise<unknown> | null = null;
  readonly #body: Body;

  constructor(body: Body) {
    this.#body = body;
  }

  run(): Promise<unknown> {
    this.#done ??= Promise.resolve(this.#body());
    return this.#done;
  }

  /** What was prepared under one mutant must not serve the next. */
  forget(): void {
    this.#done = null;
  }
}

function eachOf(define: (name: string, body: () => void) => void) {
  return (cases: readonly unknown[]) => (name: string, body: (...given: unknown[]) => unknown) => {
    for (const [i, each] of cases.entries()) {
      const given: unknown[] = Array.isArray(each) ? each : [each];
      define(`${titled(name, given)} #${i}`, () => body(...given));
    }
  };
}

function titled(name: string, given: readonly unknown[]): string {
  let next = 0;
  return name.replaceAll(/%[sdifjo]/g, () => String(given[next++]));
}
