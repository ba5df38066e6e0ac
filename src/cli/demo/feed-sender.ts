import type { FeedSink } from '../../inspect/index.ts';
import type { FeedItem } from './messages.ts';

const FLUSH_AFTER_MS = 15;
const FLUSH_CHARS = 256 * 1_024;

/** Sends what a tap tells over to the demo's process, many lines at a time. */
export class FeedSender implements FeedSink {
  readonly #send: (items: readonly FeedItem[]) => void;
  #items: FeedItem[] = [];
  #chars = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (items: readonly FeedItem[]) => void) {
    this.#send = send;
  }

  piece({ run, after }: { readonly run: number; readonly after: number }): void {
    this.#add({ run, after }, 0);
  }

  line(text: string): void {
    this.#add(text, text.length);
  }

  /** The demo's process sees itself when a member is gone. */
  ended(): void {
    this.flush();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#chars = 0;
    this.#send(items);
  }

  #add(item: FeedItem, chars: number): void {
    this.#items.push(item);
    this.#chars += chars;
    if (this.#chars >= FLUSH_CHARS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }
}
