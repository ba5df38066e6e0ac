import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FeedLine, FeedPiece } from '../feed.ts';

/** Takes what a tap tells. */
export interface FeedSink {
  /** A header is the next line, and records follow. */
  piece(place: Omit<FeedPiece, 'is'>): void;
  /** One line of a trace, with its line feed. */
  line(text: string): void;
  /** The node is gone. */
  ended(why: string): void;
}

export interface TraceFeedOptions {
  /** What is kept for pages that come later, in UTF-16 code units; the newest piece always is. Default: 64 Mi. */
  readonly charsMax?: number;
}

interface Piece {
  readonly id: number;
  readonly lines: string[];
  chars: number;
}

const CHARS_MAX = 64 * 1_048_576;
/** What is written at once. */
const WRITE_CHARS = 256 * 1_024;

/**
 * The newest part of what one node was told and answered, for any number of pages. Each page takes it at its own pace:
 * nothing is queued for it, and one that is too slow goes on where the feed still is, and is told what it missed.
 */
export class TraceFeed implements FeedSink {
  readonly #charsMax: number;
  #pieces: Piece[] = [];
  #chars = 0;
  #nextId = 0;
  readonly #waiting = new Set<() => void>();

  constructor({ charsMax = CHARS_MAX }: TraceFeedOptions = {}) {
    this.#charsMax = charsMax;
  }

  piece(place: Omit<FeedPiece, 'is'>): void {
    this.#begin({ is: 'piece', ...place });
  }

  line(text: string): void {
    const piece = this.#pieces.at(-1);
    if (piece === undefined) throw new Error('a feed begins with a piece');
    piece.lines.push(text);
    piece.chars += text.length;
    this.#chars += text.length;
    this.#forgetOldest();
    this.#wake();
  }

  ended(why: string): void {
    this.#begin({ is: 'ended', why });
  }

  /** Sends everything that is kept and everything that comes, until the page or the server hangs up. */
  async sendTo(response: ServerResponse, signal: AbortSignal): Promise<void> {
    let id = this.#pieces[0]?.id ?? 0;
    let line = 0;
    while (!signal.aborted) {
      const first = this.#pieces[0]?.id ?? id;
      // Too slow: what it was at is not kept any more. The newest piece begins with a whole state.
      if (id < first) [id, line] = [this.#pieces.at(-1)?.id ?? first, 0];
      const piece = this.#pieces[id - first];
      if (piece === undefined || (line === piece.lines.length && id === this.#nextId - 1)) {
        await this.#news(signal);
        continue;
      }
      if (line === piece.lines.length) {
        [id, line] = [id + 1, 0];
        continue;
      }
      let text = '';
      for (; line < piece.lines.length && text.length < WRITE_CHARS; line++) text += piece.lines[line] ?? '';
      if (!response.write(text)) await once(response, 'drain', { signal });
    }
  }

  #begin(feed: FeedLine['feed']): void {
    const line = `${JSON.stringify({ feed } satisfies FeedLine)}\n`;
    this.#pieces.push({ id: this.#nextId++, lines: [line], chars: line.length });
    this.#chars += line.length;
    this.#forgetOldest();
    this.#wake();
  }

  #forgetOldest(): void {
    while (this.#chars > this.#charsMax && this.#pieces.length > 1) this.#chars -= this.#pieces.shift()?.chars ?? 0;
  }

  #news(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        this.#waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look);
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
