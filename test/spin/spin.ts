import { execFile, spawn } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export const MODEL = join(import.meta.dirname, 'state-sync.pml');
const ROOT = join(import.meta.dirname, '..', '..');

/** What to install on Debian for each. */
const PACKAGES = { spin: 'spin', gcc: 'gcc libc6-dev' } as const;
type Tool = keyof typeof PACKAGES;

/** The tools' versions, or what is missing and how to get it. */
export type Tools =
  { readonly found: true; readonly versions: string } | { readonly found: false; readonly missing: string };

export async function findTools(): Promise<Tools> {
  const [spin, gcc] = await Promise.all([versionOf('spin', '-V'), versionOf('gcc', '--version')]);
  if (spin !== null && gcc !== null) return { found: true, versions: `${spin}; ${gcc}` };
  const names: Tool[] = [...(spin === null ? (['spin'] as const) : []), ...(gcc === null ? (['gcc'] as const) : [])];
  const packages = names.map((name) => PACKAGES[name]).join(' ');
  return { found: false, missing: `${names.join(' and ')} not found; on Debian: apt-get install ${packages}` };
}

async function versionOf(tool: string, flag: string): Promise<string | null> {
  try {
    const { stdout } = await execute(tool, [flag]);
    return stdout.split('\n')[0]?.trim() ?? tool;
  } catch {
    return null;
  }
}

/** What the verifier is made for: assertions, LTL formulas with fair processes, or a print of every transition. */
export type Kind = 'safety' | 'liveness' | 'dump';

/** No partial-order reduction and no hashing away: every state is stored, and the counts are exact. */
const COMPILE: Readonly<Record<Kind, readonly string[]>> = {
  safety: ['-DSAFETY', '-DNOREDUCE'],
  // Room for the fairness of up to 30 processes.
  liveness: ['-DNOREDUCE', '-DNFAIR=4'],
  dump: ['-DSAFETY', '-DNOREDUCE'],
};
const MODEL_SWITCH: Readonly<Record<Kind, readonly string[]>> = { safety: [], liveness: ['LIVENESS'], dump: ['DUMP'] };
const MEMORY_MIB_MAX = 3_000;
const DEPTH_MAX = 2_000_000;

export interface Verifier {
  readonly kind: Kind;
  readonly directory: string;
  /** Switches of the model, `NAME` or `NAME=value`. */
  readonly defines: readonly string[];
}

/**
 * Has SPIN write the verifier of the model with these switches, and compiles it, in a directory of its own. `optimised`
 * takes seconds longer and makes a verifier for millions of states.
 */
export async function build(kind: Kind, switches: readonly string[], optimised = false): Promise<Verifier> {
  const defines = [...switches, ...MODEL_SWITCH[kind]];
  const name = [kind, ...switches].join('-').replaceAll('=', '');
  const directory = join(ROOT, '.tmp', 'spin', name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await copyFile(MODEL, join(directory, 'state-sync.pml'));
  const options = { cwd: directory };
  const { stdout } = await execute('spin', ['-a', ...defines.map((each) => `-D${each}`), 'state-sync.pml'], options);
  if (/error/i.test(stdout)) throw new Error(`SPIN refuses the model: ${stdout}`);
  const flags = [optimised ? '-O2' : '-O0', '-w', `-DMEMLIM=${MEMORY_MIB_MAX}`, ...COMPILE[kind]];
  await execute('gcc', [...flags, '-o', 'pan', 'pan.c'], options);
  return { kind, directory, defines };
}

/** What a run of a verifier found. */
export interface Outcome {
  /** `incomplete`: it ran out of memory or depth, so nothing is known. */
  readonly verdict: 'holds' | 'violated' | 'incomplete';
  /** What was violated, or why it is incomplete, in SPIN's words; empty when it holds. */
  readonly what: string;
  /** As SPIN counts them: stored states, and transitions with the initial state counted as one. */
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  readonly seconds: number;
}

export interface RunOptions {
  /** The LTL formula of the model to check; liveness only. */
  readonly formula?: string;
  /** Weak fairness; default true. */
  readonly fair?: boolean;
  /** Told of every line that begins with `@`, without it. */
  readonly onLine?: (line: string) => void;
}

export async function run(verifier: Verifier, { formula, fair = true, onLine }: RunOptions = {}): Promise<Outcome> {
  const claim = formula === undefined ? [] : ['-a', ...(fair ? ['-f'] : []), '-N', formula];
  const child = spawn('./pan', [`-m${DEPTH_MAX}`, ...claim], { cwd: verifier.directory });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      resolve();
    });
  });
  child.stderr.resume();
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('@')) onLine?.(line.slice(1));
    else said.push(line);
  }
  await ended;
  return parseOutcome(said.join('\n'));
}

/** @throws Error when this is not what a verifier prints at its end */
export function parseOutcome(text: string): Outcome {
  const errors = numberIn(text, /errors: (\d+)/);
  const states = numberIn(text, /^\s*([\d.e+]+) states, stored/m);
  const transitions = numberIn(text, /^\s*([\d.e+]+) transitions \(/m);
  const depth = numberIn(text, /depth reached (\d+)/);
  const seconds = numberIn(text, /elapsed time ([\d.e+]+) seconds/);
  if (errors === null || states === null || transitions === null || depth === null) {
    throw new Error(`not the report of a verifier: ${text.slice(0, 500)}`);
  }
  const stopped = /max search depth too small|reached -DMEMLIM bound|out of memory|Search not completed/.exec(
    text,
  )?.[0];
  const violation = /^pan:\d+: (.*?)(?: \(at depth \d+\))?$/m.exec(text)?.[1];
  const counts = { states, transitions, depth, seconds: seconds ?? 0 };
  if (violation !== undefined && errors > 0 && !violation.startsWith('max search depth')) {
    return { verdict: 'violated', what: violation, ...counts };
  }
  if (stopped !== undefined) return { verdict: 'incomplete', what: stopped, ...counts };
  if (errors > 0) return { verdict: 'violated', what: 'SPIN reports an error without naming it', ...counts };
  return { verdict: 'holds', what: '', ...counts };
}

function numberIn(text: string, pattern: RegExp): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

/** The events that led to the violation that the last run of this verifier found, one label a line. */
export async function replayTrail(verifier: Verifier): Promise<readonly string[]> {
  const defines = verifier.defines.map((each) => `-D${each}`);
  const { stdout } = await execute('spin', ['-t', ...defines, 'state-sync.pml'], {
    cwd: verifier.directory,
    maxBuffer: 64 * 1_048_576,
  });
  return stdout.split('\n').flatMap((line) => /@(\d+ \d+ \d+ \d+)/.exec(line)?.[1] ?? []);
}
