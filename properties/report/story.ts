import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Violation } from '../invariants/monitor.ts';
import { effectInWords, eventInWords, isHousekeeping } from './words.ts';

/** One thing that happened in a run. */
interface Chapter {
  readonly atMs: number;
  readonly node: string;
  readonly words: string;
  readonly came: readonly Came[];
  /** Peers and heights that it is about. */
  readonly about: ReadonlySet<string>;
  /** Comes again and again, and is no news by itself. */
  readonly isRoutine: boolean;
  /** Announced, and turned away: there is a lot of that. */
  readonly isHearsay: boolean;
}

interface Came {
  readonly words: string;
  /** A timer that is set or cleared. */
  readonly isTimer: boolean;
}

const KEPT = 4_000;
const LAST_ALWAYS = 5;
const HEIGHT = /^\d+$/;
const TIMER = /\btimer \w+/;
const LINES_OF_EFFECTS_MAX = 12;

type Broken = Pick<Violation, 'node' | 'detail'>;

/** What the nodes under test were told and did, kept so that the part that matters can be told. */
export class Story {
  #chapters: Chapter[] = [];

  observed(atMs: number, node: string, event: SyncEvent, effects: readonly Effect[]): void {
    const told = effects.filter((effect) => !isHousekeeping(effect));
    this.#add({
      atMs,
      node,
      words: eventInWords(event),
      came: effects.map((effect) => ({ words: effectInWords(effect), isTimer: isHousekeeping(effect) })),
      about: subjectsOf(event, effects),
      isHearsay: told.length > 0 && told.every(({ type }) => type === 'blockRejected'),
      isRoutine: ROUTINE.has(event.type) && told.every(({ type }) => type.startsWith('sendMetadata')),
    });
  }

  /** Something that is not an event of the core. */
  noted(atMs: number, node: string, words: string): void {
    this.#add({
      atMs,
      node,
      words: `(${words})`,
      came: [],
      about: new Set(wordsOf(words)),
      isRoutine: false,
      isHearsay: false,
    });
  }

  began(atMs: number, node: string): void {
    this.#add({
      atMs,
      node,
      words: '(the process starts)',
      came: [],
      about: new Set(),
      isRoutine: false,
      isHearsay: false,
    });
  }

  /** What concerns the peers and heights that `detail` names, and how it ended; at most `entriesMax` things. */
  about({ node, detail }: Broken, entriesMax: number): readonly string[] {
    const ofNode = this.#chapters.filter((chapter) => chapter.node === node);
    const subjects = wordsOf(detail);
    // Hearsay only says something where it is about a height in question, not because of who it is from.
    const concerns = ({ about, isHearsay }: Chapter) => {
      return subjects.some((subject) => about.has(subject) && (!isHearsay || HEIGHT.test(subject)));
    };
    const candidates = ofNode.filter((chapter, i) => i >= ofNode.length - LAST_ALWAYS || concerns(chapter));
    const wanted = new Set(candidates.slice(-entriesMax));
    // Little is said of what it is about: then what came before helps.
    for (let i = ofNode.length - 1; i >= 0 && wanted.size < entriesMax / 2; i--) {
      const chapter = ofNode[i];
      if (chapter !== undefined && !chapter.isRoutine && !chapter.isHearsay) wanted.add(chapter);
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
      lines.push(...linesOf(chapter, TIMER.exec(detail)?.[0] ?? null));
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

function linesOf({ atMs, words, came: all }: Chapter, timer: string | null): string[] {
  const came = all.filter(({ isTimer, words: effect }) => !isTimer || (timer !== null && effect.includes(timer)));
  const time = `${(atMs / 1_000).toFixed(3)} s`.padStart(12);
  const shown = came.slice(0, LINES_OF_EFFECTS_MAX).map((effect) => `${' '.repeat(12)}   -> ${effect.words}`);
  const more = came.length - shown.length;
  return [`${time} ${words}`, ...shown, ...(more > 0 ? [`${' '.repeat(12)}   -> and ${more} more`] : [])];
}

/** Peers by name, heights, and pieces of work, requests and timers by what they are. */
function subjectsOf(event: SyncEvent, effects: readonly Effect[]): Set<string> {
  const subjects = new Set<string>();
  for (const item of [event, ...effects]) {
    if ('timer' in item) subjects.add(`timer ${item.timer}`);
    if ('peer' in item && item.peer !== null) subjects.add(item.peer);
    if ('workId' in item) subjects.add(`work ${item.workId}`);
    if ('requestId' in item && item.requestId !== null) subjects.add(`request ${item.requestId}`);
    if ('serveId' in item) subjects.add(`serveBlocks ${item.serveId}`);
    if ('height' in item) subjects.add(`${item.height}`);
    if ('block' in item) subjects.add(`${item.block.height}`);
    if ('toHeight' in item) subjects.add(`${item.toHeight}`);
    if ('from' in item && 'to' in item) {
      for (let height = item.from; height <= Math.min(item.to, item.from + 100); height++) subjects.add(`${height}`);
    }
    if ('blocks' in item) for (const { height } of item.blocks) subjects.add(`${height}`);
  }
  return subjects;
}

const NAMED = /\b(?:work|request|serveBlocks) \d+|\btimer \w+/g;
const PEER_OR_HEIGHT = /\b[a-z]+-\d+(?:#\d+)?|(?<![-#.\d])\d+(?![.\d]*(?:\d| s\b| ms\b| %))/g;

/** What a text names, as `subjectsOf` does. */
function wordsOf(text: string): string[] {
  return [...(text.match(NAMED) ?? []), ...(text.replace(NAMED, '').match(PEER_OR_HEIGHT) ?? [])];
}
