import type { NodeStatus } from '../../node/index.ts';
import type { Cast, Member } from './cast.ts';
import { isLaggard } from './cast.ts';
import type { DemoEvent, View } from './events.ts';
import type { ReportedNotice } from './messages.ts';

const PROGRESS_EVERY_MS = 1_000;

/** One JSON object a line, and nothing else. */
export class JsonView implements View {
  readonly #write: (line: string) => void;
  readonly #progressAtMs = new Map<Member, number>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  show(event: DemoEvent): void {
    const line = this.#lineOf(event);
    if (line !== null) this.#write(`${JSON.stringify(line)}\n`);
  }

  close(): void {
    // Nothing is held.
  }

  #lineOf(event: DemoEvent): object | null {
    switch (event.type) {
      case 'cast':
        return { type: 'cast', members: membersOf(event.cast), directory: event.directory, options: event.options };
      case 'built':
        return event.height === event.blocks ? event : null;
      case 'notice':
        return { ...noticeLine(event.notice), node: event.member.name, atMs: event.atMs };
      case 'status':
        return this.#isDue(event.member, event.atMs) ? progressLine(event.member, event.status, event.atMs) : null;
      case 'inspector':
      case 'stately':
      case 'launched':
      case 'phase':
      case 'liveBlock':
        return event;
      case 'madeBlock':
        return { ...event, publisher: event.publisher.name };
      case 'summary':
        return { type: 'summary', ...event.summary };
    }
  }

  #isDue(member: Member, atMs: number): boolean {
    if (!isLaggard(member) || atMs - (this.#progressAtMs.get(member) ?? -Infinity) < PROGRESS_EVERY_MS) return false;
    this.#progressAtMs.set(member, atMs);
    return true;
  }
}

function membersOf({ members }: Cast): object[] {
  return members.map(({ name, role, startHeight, keys }) => ({ name, role, startHeight, address: keys.address }));
}

function noticeLine(notice: ReportedNotice): object {
  if (notice.type === 'rollbackBlocks') return { type: 'rolledBack', toHeight: notice.toHeight };
  return notice;
}

function progressLine({ name }: Member, status: NodeStatus, atMs: number): object {
  const { mode, maxHeight, target, blocksPerSecond, etaMs, why } = status;
  return { type: 'progress', node: name, mode, height: maxHeight, target, blocksPerSecond, etaMs, why, atMs };
}
