import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Member } from './cast.ts';
import type { Order, Report } from './messages.ts';

/** The source is TypeScript here and JavaScript in the package. */
const PROGRAM = fileURLToPath(new URL(`member-process${extname(import.meta.url)}`, import.meta.url));
const STOP_MS_MAX = 3_000;
/** What is kept of a process's last words. */
const STDERR_CHARS_MAX = 2_000;

/** The process of one member, seen from the demo. */
export class MemberHandle {
  readonly member: Member;
  readonly #child: ChildProcess;
  #stderr = '';
  #stopping = false;

  /** @param ended is told when the process ends without having been stopped */
  constructor(member: Member, reported: (report: Report) => void, ended: (how: string) => void) {
    this.member = member;
    this.#child = fork(PROGRAM, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.on('message', (report) => {
      reported(report as Report);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARS_MAX);
    });
    this.#child.on('error', (error) => {
      if (!this.#stopping) ended(error.message);
    });
    this.#child.on('close', (code, signal) => {
      if (!this.#stopping)
        ended(`${signal ?? `exit code ${String(code)}`}${this.#stderr && `: ${this.#stderr.trim()}`}`);
    });
  }

  /** 0 when the process could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  order(order: Order): void {
    // A process that is gone is told of by its end.
    if (this.#child.connected) this.#child.send(order, () => undefined);
  }

  /** As `kill -9` does it. */
  async kill(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await closed;
  }

  /** Stops the process; one that does not listen is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
    this.order({ type: 'stop' });
    if (!this.#child.connected) this.#child.kill('SIGKILL');
    await closed;
    clearTimeout(timer);
  }
}
