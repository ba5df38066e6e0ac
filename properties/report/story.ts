import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import { effectInWords, eventInWords, isHousekeeping } from './words.ts';

/** One thing that happened in a run. */
interface Chapter {
  readonly atMs: number;
  readonly node: string;
  readonly words: string;
  readonly came: readonly string[];
  /** Peers and heights that it is about. */
  readonly about: ReadonlySet<string>;
  /** Comes again and again, and is no news by itself. */
  readonly isRoutine: boolean;
}

const KEPT = 4_000;
const LAST_ALWAYS = 5;
const LINES_OF_EFFECTS_MAX = 12;

/** What the nodes under test were told and did, kept so that the part that matters can be told. */
export class Story {
  #chapters: Chapter[] = [];

  observed(atMs: number, node: string, event: SyncEvent, effects: readonly Effect[]): void {
    const told = effects.filter((effect) => !isHousekeeping(effect));
    this.#add({
      atMs,
      node,
      words: eventInWords(event),
      came: effects.map(effectInWords),
      about: subjectsOf(event, told),
      isRoutine: ROUTINE.has(event.type) && told.every(({ type }) => type.startsWith('sendMetadata')),
    });
  }

  /** Something that is not an event of the core. */
  noted(atMs: number, node: string, words: string): void {
    this.#add({ atMs, node, words: `(${words})`, came: [], about: new Set(wordsOf(words)), isRoutine: false });
  }

  began(atMs: number, node: string): void {
    this.#add({ atMs, node, words: '(the process starts)', came: [], about: new Set(), isRoutine: false });
  }

  /** What concerns the peers and heights that `detail` names, and how it ended; at most `entriesMax` things. */
  about(node: string, detail: string, entriesMax: number): readonly string[] {
    const ofNode = this.#chapters.filter((chapter) => chapter.node === node);
    const subjects = wordsOf(detail);
    const concerns = ({ about }: Chapter) => subjects.some((subject) => about.has(subject));
    const candidates = ofNode.filter((chapter, i) => i >= ofNode.length - LAST_ALWAYS || concerns(chapter));
    const wanted = new Set(candidates.slice(-entriesMax));
    // Little is said of what it is about: then what came before helps.
    for (let i = ofNode.length - 1; i >= 0 && wanted.size < entriesMax / 2; i--) {
      const chapter = ofNode[i];
      if (chapter !== undefined && !chapter.isRoutine) wanted.add(chapter);
    }
    const lines: string[] = [];
    let left = 0;
    for (const chapter of ofNode) {
      if (!wanted.has(chapter)) {
        left++;
        continue;
      }
      if (left > 0) lines.push(`             .. ${left} ${left === 1 ? 'thing' : 'things'} left out ..`);
      left = 0;
      lines.push(...linesOf(chapter));
    }
    return lines;
  }

  #add(chapter: Chapter): void {
    this.#chapters.push(chapter);
    if (this.#chapters.length > 2 * KEPT) this.#chapters = this.#chapters.slice(-KEPT);
  }
}

const ROUTINE: ReadonlySet<SyncEvent['type']> = new Set<SyncEvent['type']>([
  'metadataRequested',
  'metadataReceived',
  'timerFired',
  'blocksServed',
]);

function linesOf({ atMs, words, came }: Chapter): string[] {
  const time = `${(atMs / 1_000).toFixed(3)} s`.padStart(12);
  const shown = came.slice(0, LINES_OF_EFFECTS_MAX).map((effect) => `${' '.repeat(12)}   -> ${effect}`);
  const more = came.length - shown.length;
  return [`${time} ${words}`, ...shown, ...(more > 0 ? [`${' '.repeat(12)}   -> and ${more} more`] : [])];
}

function subjectsOf(event: SyncEvent, effects: readonly Effect[]): Set<string> {
  const subjects = new Set<string>();
  for (const item of [event, ...effects]) {
    if ('peer' in item && item.peer !== null) subjects.add(item.peer);
    if ('timer' in item) subjects.add(item.timer);
    if ('workId' in item) subjects.add(`${item.workId}`);
    if ('requestId' in item && item.requestId !== null) subjects.add(`${item.requestId}`);
    if ('height' in item) subjects.add(`${item.height}`);
    if ('block' in item) subjects.add(`${item.block.height}`);
    if ('toHeight' in item) subjects.add(`${item.toHeight}`);
    if ('from' in item && 'to' in item)
      for (let h = item.from; h <= Math.min(item.to, item.from + 100); h++) subjects.add(`${h}`);
    if ('blocks' in item) for (const { height } of item.blocks) subjects.add(`${height}`);
  }
  return subjects;
}

/** The names and numbers in a text. */
function wordsOf(text: string): string[] {
  return text.match(/\b[a-z]+-\d+(?:#\d+)?|\b\d+\b|\b(?:metadata|request|peer|host)\b(?= fired| was due)/g) ?? [];
}
