import { titleOf } from './cast.ts';
import type { Cast, Member } from './cast.ts';
import type { View } from './events.ts';
import type { DemoInspection } from './inspection.ts';
import type { DemoOnlookers } from './onlookers.ts';
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
  readonly #inspection: DemoInspection | null;
  readonly #stately: DemoOnlookers['stately'];
  #ended = false;

  constructor(cast: Cast, view: View, atMs: () => number, abort: AbortController, onlookers: DemoOnlookers) {
    this.#inspection = onlookers.inspection;
    this.#stately = onlookers.stately;
    this.#cast = cast;
    this.#view = view;
    this.#atMs = atMs;
    this.#abort = abort;
    this.records = new Map(cast.members.map((member) => [member, new MemberRecord(member)]));
  }

  /** Starts all processes; each loads its code and then waits for `run`. */
  launch(): void {
    for (const member of this.#cast.members) this.#launch(member);
    this.#look();
    this.#tellProcesses([...this.#handles]);
  }

  /** Starts the process of one whose process is gone. */
  relaunch(member: Member): void {
    const record = this.record(member);
    record.loaded = false;
    record.beginAnew();
    this.#launch(member);
    this.#tellProcesses([...this.#handles].filter(([each]) => each === member));
  }

  /** As `kill -9` does it. */
  async kill(member: Member): Promise<void> {
    await this.#handles.get(member)?.kill();
    this.#gone(member, 'killed', 'its process was killed (SIGKILL)');
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

  #launch(member: Member): void {
    const handle = new MemberHandle(
      member,
      (report) => this.#reported(member, report),
      (how) => this.#died(member, how),
    );
    this.#handles.set(member, handle);
  }

  #tellProcesses(handles: readonly (readonly [Member, MemberHandle])[]): void {
    const processes = handles.map(([{ name }, { pid }]) => ({ node: name, pid }));
    this.#view.show({ type: 'launched', processes });
  }

  /** Nobody ordered it. Where people break things on purpose the show goes on. */
  #died(member: Member, how: string): void {
    if (this.#inspection === null) {
      this.#abort.abort(new Error(`the process of ${titleOf(member)} ended: ${how}`));
      return;
    }
    this.record(member).mishap = `its process ended: ${how}`;
    this.#gone(member, 'killed', `its process ended: ${how}`);
  }

  #gone(member: Member, life: 'left' | 'killed', why: string): void {
    const record = this.record(member);
    record.beginAnew();
    record.life = life;
    this.#inspection?.gone(member, `${member.name} is gone: ${why}.`);
    this.#look();
  }

  #failed(member: Member, message: string): void {
    if (this.#inspection === null) {
      this.#abort.abort(new Error(`${titleOf(member)} failed: ${message}`));
      return;
    }
    this.record(member).mishap = message;
  }

  /** Something about a member is another way than before. */
  changed(): void {
    this.#look();
  }

  #look(): void {
    this.#inspection?.show(this.records);
    for (const look of [...this.#waiting]) look();
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
        record.life = 'running';
        break;
      case 'feed':
        this.#inspection?.feed(member, report.items);
        return;
      case 'stately':
        this.#stately?.send(report.message);
        return;
      case 'left':
        this.#gone(member, 'left', 'it was stopped');
        return;
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
        this.#failed(member, report.message);
    }
    this.#look();
  }
}
