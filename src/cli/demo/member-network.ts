import { titleOf } from './cast.ts';
import type { Cast, Member } from './cast.ts';
import type { View } from './events.ts';
import { MemberHandle } from './member-handle.ts';
import type { Order, Report } from './messages.ts';
import { MemberRecord } from './record.ts';

/** All members' processes, what they reported, and a way to wait for it. */
export class MemberNetwork {
  readonly records: ReadonlyMap<Member, MemberRecord>;
  readonly #cast: Cast;
  readonly #view: View;
  readonly #atMs: () => number;
  readonly #abort: AbortController;
  readonly #handles = new Map<Member, MemberHandle>();
  readonly #waiting = new Set<() => void>();
  #ended = false;

  constructor(cast: Cast, view: View, atMs: () => number, abort: AbortController) {
    this.#cast = cast;
    this.#view = view;
    this.#atMs = atMs;
    this.#abort = abort;
    this.records = new Map(cast.members.map((member) => [member, new MemberRecord(member)]));
  }

  /** Starts all processes; each loads its code and then waits for `run`. */
  launch(): void {
    for (const member of this.#cast.members) {
      const handle = new MemberHandle(
        member,
        (report) => this.#reported(member, report),
        (how) => this.#abort.abort(new Error(`the process of ${titleOf(member)} ended: ${how}`)),
      );
      this.#handles.set(member, handle);
    }
    const processes = [...this.#handles].map(([{ name }, { pid }]) => ({ node: name, pid }));
    this.#view.show({ type: 'launched', processes });
  }

  record(member: Member): MemberRecord {
    const record = this.records.get(member);
    if (record === undefined) throw new RangeError(`${member.name} is not of this cast`);
    return record;
  }

  order(member: Member, order: Order): void {
    this.#handles.get(member)?.order(order);
  }

  /** Resolves when it holds; it is looked at after every report. Rejects with the abort's reason. */
  async until(holds: () => boolean): Promise<void> {
    const { signal } = this.#abort;
    while (!holds()) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const look = (): void => {
          this.#waiting.delete(look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        this.#waiting.add(look);
        signal.addEventListener('abort', look);
      });
    }
  }

  /** Nothing that is reported from now on counts. */
  async stop(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#handles.values()].map((handle) => handle.stop()));
  }

  #reported(member: Member, report: Report): void {
    if (this.#ended) return;
    const record = this.record(member);
    const atMs = this.#atMs();
    switch (report.type) {
      case 'loaded':
        record.loaded = true;
        break;
      case 'started':
        record.addresses = report.addresses;
        break;
      case 'notice':
        record.note(report.notice, atMs);
        this.#view.show({ type: 'notice', member, notice: report.notice, atMs });
        break;
      case 'status':
        record.noteStatus(report.status, atMs);
        this.#view.show({ type: 'status', member, status: report.status, atMs });
        break;
      case 'warning':
        process.stderr.write(`${titleOf(member)}: ${report.message}\n`);
        break;
      case 'failed':
        this.#abort.abort(new Error(`${titleOf(member)} failed: ${report.message}`));
    }
    for (const look of [...this.#waiting]) look();
  }
}
