import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Long enough for an install from a cold cache; a program that does not end by itself is a failure. */
const COMMAND_TIMEOUT_MS = 180_000;

/**
 * Runs a command to its end and returns what it wrote to stdout.
 * @throws Error with everything it wrote when it fails or takes longer than `COMMAND_TIMEOUT_MS`
 */
export function run(cwd: string, command: string, ...args: readonly string[]): string {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_TIMEOUT_MS,
  });
  if (status === 0) return stdout;
  const outcome = error?.message ?? (signal === null ? `exit code ${String(status)}` : `killed by ${signal}`);
  throw new Error(`${[command, ...args].join(' ')}\n${outcome}\n${stdout}${stderr}`);
}

/** An empty project that has installed the package from its tarball, and nothing else. */
export class Consumer {
  readonly directory: string;

  constructor(directory: string, tarball: string) {
    this.directory = directory;
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    this.install(tarball);
  }

  write(file: string, text: string): void {
    const path = join(this.directory, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Installs more packages, as `name@range`. */
  install(...packages: readonly string[]): void {
    run(this.directory, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages);
  }

  /** Runs Node, the one that runs this. */
  node(...args: readonly string[]): string {
    return run(this.directory, process.execPath, ...args);
  }

  /** Runs a module given as text. */
  evaluate(text: string, ...nodeOptions: readonly string[]): string {
    return this.node(...nodeOptions, '--input-type=module', '--eval', text);
  }
}
