import { MultiBar } from 'cli-progress';
import type { SingleBar } from 'cli-progress';
import type { NodeStatus } from '../../node/index.ts';
import type { Member } from './cast.ts';
import { duration, number } from '../../words/index.ts';

/** Where the text view writes: lines, and the progress of building and syncing. */
export interface ProgressDisplay {
  line(text: string): void;
  building(height: number, blocks: number): void;
  syncing(member: Member, status: NodeStatus): void;
  endBars(): void;
}

type Write = (text: string) => void;

/** For pipes and logs: progress is a line every second. */
export class LineDisplay implements ProgressDisplay {
  readonly #write: Write;
  readonly #saidAtMs = new Map<string, number>();

  constructor(write: Write) {
    this.#write = write;
  }

  line(text: string): void {
    this.#write(`${text}\n`);
  }

  building(height: number, blocks: number): void {
    if (height === blocks || this.#isDue('building'))
      this.line(`         ${number(height)} of ${number(blocks)} blocks`);
  }

  syncing(member: Member, status: NodeStatus): void {
    if (status.mode === 'Consensus_SyncMode' && this.#isDue(member.name)) {
      this.line(`         ${member.name} ${figures(status)}`);
    }
  }

  endBars(): void {
    // There are none.
  }

  #isDue(what: string): boolean {
    const now = performance.now();
    if (now - (this.#saidAtMs.get(what) ?? -Infinity) < 1_000) return false;
    this.#saidAtMs.set(what, now);
    return true;
  }
}

const CLEAR_TO_END_OF_LINE = '\u001b[K';
const INDENT = ' '.repeat(9);
/** Below this many columns the bars are short. */
const WIDE_COLUMNS = 100;

/** For terminals: bars at the bottom, lines above them. */
export class BarDisplay implements ProgressDisplay {
  readonly #write: Write;
  readonly #stream: NodeJS.WriteStream;
  #multi: MultiBar | undefined;
  readonly #bars = new Map<string, SingleBar>();

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#write = (text) => stream.write(text);
  }

  line(text: string): void {
    for (const line of wrap(text, this.#stream.columns)) {
      if (this.#multi === undefined) this.#write(`${line}\n`);
      else this.#multi.log(`${line}${CLEAR_TO_END_OF_LINE}\n`);
    }
  }

  building(height: number, blocks: number): void {
    this.#update('building', height, blocks, `${number(height)} / ${number(blocks)} blocks`);
  }

  syncing({ name }: Member, status: NodeStatus): void {
    this.#update(name, status.maxHeight, status.target ?? 0, figures(status));
  }

  endBars(): void {
    // Also writes out what was logged last.
    this.#multi?.update();
    this.#multi?.stop();
    this.#multi = undefined;
    this.#bars.clear();
  }

  #update(name: string, value: number, total: number, text: string): void {
    this.#multi ??= new MultiBar({
      stream: this.#stream,
      format: ' {name} [{bar}] {percentage}%  {text}',
      barsize: this.#stream.columns < WIDE_COLUMNS ? 10 : 24,
      barCompleteChar: '#',
      barIncompleteChar: '.',
      autopadding: true,
      hideCursor: true,
      gracefulExit: false,
      emptyOnZero: true,
      forceRedraw: true,
      linewrap: true,
    });
    const payload = { name: name.padEnd(12), text };
    const bar = this.#bars.get(name) ?? this.#multi.create(total, value, payload);
    this.#bars.set(name, bar);
    bar.setTotal(Math.max(total, value));
    bar.update(value, payload);
  }
}

/** Breaks between words; what goes on is indented under what the clock begins. */
function wrap(text: string, columns: number): string[] {
  if (text.length <= columns) return [text];
  const space = text.lastIndexOf(' ', columns);
  if (space <= INDENT.length) return [text];
  return [text.slice(0, space), ...wrap(INDENT + text.slice(space + 1), columns)];
}

function figures({ maxHeight, target, blocksPerSecond, etaMs, mode }: NodeStatus): string {
  const heights = `${number(maxHeight)} / ${target === null ? '--' : number(target)}`;
  if (mode !== 'Consensus_SyncMode') return `${heights}  ${mode}`;
  return `${heights}  ${number(blocksPerSecond)} blocks/s  ETA ${duration(etaMs)}`;
}
