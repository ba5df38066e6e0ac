import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { mixText } from '../simulation/random.ts';

interface Entry {
  readonly atMs: number;
  readonly node: string;
  readonly event: SyncEvent;
  readonly effects: readonly Effect[];
}

const KEPT = 60;

/** All events and effects of a run as one number, and the last of them in words. */
export class Trace {
  events = 0;
  #digest = 0x811c9dc5;
  readonly #last: Entry[] = [];
  readonly #texts = new Map<string, number>();

  note(atMs: number, node: string, event: SyncEvent, effects: readonly Effect[]): void {
    this.#last[this.events++ % KEPT] = { atMs, node, event, effects };
    this.#mix(node);
    this.#mix(event);
    this.#mix(effects);
  }

  /** Equal runs have equal digests; different ones hardly ever. */
  get digest(): string {
    return (this.#digest >>> 0).toString(16).padStart(8, '0');
  }

  get lastInWords(): readonly string[] {
    const from = this.events % KEPT;
    const ordered = this.events < KEPT ? this.#last : [...this.#last.slice(from), ...this.#last.slice(0, from)];
    return ordered.map(({ atMs, node, event, effects }) => {
      const came = effects.map((effect) => `\n      -> ${inWords(effect)}`).join('');
      return `${(atMs / 1_000).toFixed(3).padStart(10)} s ${node}: ${inWords(event)}${came}`;
    });
  }

  #mix(value: unknown): void {
    if (typeof value === 'number') return this.#fold((value % 0x7fffffff) | 0, Math.floor(value / 0x7fffffff) | 0);
    if (typeof value === 'string') return this.#fold(this.#textOf(value), 1);
    if (typeof value !== 'object' || value === null) return this.#fold(value === true ? 1 : 0, 2);
    if (Array.isArray(value)) {
      for (const item of value) this.#mix(item);
      return;
    }
    // Of a block, what names all of it.
    if ('contentId' in value) return this.#mix(value.contentId);
    for (const key in value) this.#mix((value as Record<string, unknown>)[key]);
  }

  #fold(a: number, b: number): void {
    const mixed = Math.imul(this.#digest ^ a, 0x01000193);
    this.#digest = Math.imul((mixed ^ (mixed >>> 15)) + b, 0x85ebca6b);
  }

  #textOf(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const hash = mixText(0x811c9dc5, text);
    if (this.#texts.size > 10_000) this.#texts.clear();
    this.#texts.set(text, hash);
    return hash;
  }
}

/** An event or effect as one line. */
export function inWords({ type, ...rest }: SyncEvent | Effect): string {
  const parts = Object.entries(rest)
    .filter(([key]) => key !== 'now')
    .map(([key, value]) => `${key}=${valueInWords(value)}`);
  return [type, ...parts].join(' ');
}

function valueInWords(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueInWords).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('contentId' in value && 'height' in value) return `block ${String(value.height)}`;
  return JSON.stringify(value);
}
