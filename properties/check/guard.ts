import { AsyncLocalStorage } from 'node:async_hooks';
import type { Outside } from '../campaign/simulate.ts';
import { errorInWords } from '../contract/watched-host.ts';
import type { ContractRule } from '../contract/rules.ts';
import { CONTRACT } from '../contract/rules.ts';

type Listener = (...args: unknown[]) => void;

/** Which check the code that runs now belongs to. */
const current = new AsyncLocalStorage<Guard>();
const guards = new Set<Guard>();
const FAULTS = ['unhandledRejection', 'uncaughtException'] as const;
let restore: (() => void) | null = null;

export interface GuardOptions {
  /** A host may set real timers, for logs say. Then a run may differ from its replay. */
  readonly allowRealTimers: boolean;
  /** How long one run may take, in real time. */
  readonly runMsMax: number;
}

/**
 * Notices what a host does outside of its ports: timers of its own, promises rejected with nobody to hear, exceptions
 * out of nowhere. While one is installed, the process' own listeners for these are set aside.
 */
export class Guard {
  /** How often it read the wall clock, and where first. No fault: logs do. */
  readonly clockReads = { count: 0, at: '' };
  readonly #options: GuardOptions;
  #found: Outside | null = null;
  #runEndsMs = Infinity;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** To be called before each run. */
  beginRun(): void {
    this.#found = null;
    this.#runEndsMs = performance.now() + this.#options.runMsMax;
  }

  readonly within = <Result>(call: () => Result): Result => current.run(this, call);

  readonly outside = (): Outside | null => {
    if (this.#found === null && performance.now() > this.#runEndsMs) {
      this.found(CONTRACT.spins, `one run has taken more than ${this.#options.runMsMax / 1_000} s of real time`);
    }
    return this.#found;
  };

  found({ name, clauses, says }: ContractRule, detail: string): void {
    this.#found ??= { name, clauses, says, detail };
  }

  setsTimer(what: string): void {
    if (!this.#options.allowRealTimers)
      this.found(CONTRACT.time, `${what} was called${callerOf()}; timers are set by clock.after()`);
  }

  readsClock(what: string): void {
    if (this.clockReads.count++ === 0) this.clockReads.at = `${what}${callerOf()}`;
  }

  install(): void {
    if (guards.size === 0) restore = watchProcess();
    guards.add(this);
  }

  uninstall(): void {
    guards.delete(this);
    if (guards.size > 0) return;
    restore?.();
    restore = null;
  }
}

function watchProcess(): () => void {
  const told = (what: string) => (error: unknown) => {
    const guard = current.getStore() ?? [...guards][0];
    guard?.found(CONTRACT.throws, `${what}: ${errorInWords(error)}`);
  };
  const listeners = FAULTS.map((name) => {
    const before = process.listeners(name as 'uncaughtException') as Listener[];
    process.removeAllListeners(name);
    process.on(
      name,
      told(name === 'unhandledRejection' ? 'a promise was rejected, and nobody heard it' : 'an exception got loose'),
    );
    return { name, before };
  });
  const unpatch = [
    patch(globalThis, 'setTimeout', (guard) => {
      guard.setsTimer('setTimeout()');
    }),
    patch(globalThis, 'setInterval', (guard) => {
      guard.setsTimer('setInterval()');
    }),
    patch(Date, 'now', (guard) => {
      guard.readsClock('Date.now()');
    }),
    patch(performance, 'now', (guard) => {
      guard.readsClock('performance.now()');
    }),
  ];
  return () => {
    for (const undo of unpatch) undo();
    for (const { name, before } of listeners) {
      process.removeAllListeners(name);
      for (const listener of before) process.on(name, listener);
    }
  };
}

/** Lets a function of everybody's tell when the host under check calls it. */
function patch<Key extends string>(holder: Record<Key, unknown>, key: Key, called: (guard: Guard) => void): () => void {
  const own = Object.getOwnPropertyDescriptor(holder, key);
  const original = holder[key] as (...args: unknown[]) => unknown;
  const patched = function (this: unknown, ...args: unknown[]): unknown {
    const guard = current.getStore();
    if (guard !== undefined) called(guard);
    return original.apply(this, args);
  };
  Object.defineProperty(holder, key, { value: Object.assign(patched, original), configurable: true, writable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(holder, key);
    else Object.defineProperty(holder, key, own);
  };
}

/** The first place on the stack that is not this package's. */
function callerOf(): string {
  const lines = (new Error().stack ?? '').split('\n').slice(1);
  const at = lines.find((line) => !/node:|properties\/(check|contract|simulation|campaign)\//.test(line));
  return at === undefined ? '' : ` (${at.trim()})`;
}
