import type { DemoEvent, Phase, View } from './events.ts';
import { introduction, PHASES, summaryLines } from './passages.ts';
import type { ProgressDisplay } from './progress-display.ts';
import { isLaggard } from './cast.ts';
import { Words } from './words.ts';
import { number } from '../../words/index.ts';

/** Tells a demo in plain words, with the two nodes' progress on a display of its own. */
export class TextView implements View {
  readonly #display: ProgressDisplay;
  #words: Words | undefined;
  #phase: Phase = 'building';

  constructor(display: ProgressDisplay) {
    this.#display = display;
  }

  show(event: DemoEvent): void {
    switch (event.type) {
      case 'cast':
        this.#words = new Words(event.cast);
        for (const line of introduction(event.cast, event.options)) this.#display.line(line);
        return;
      case 'launched':
        return;
      case 'phase':
        return this.#enter(event.phase, event.atMs);
      case 'built':
        return this.#display.building(event.height, event.blocks);
      case 'notice': {
        const text = this.#words?.of(event.member, event.notice) ?? null;
        if (text !== null) this.#display.line(`${clock(event.atMs)}  ${text}`);
        return;
      }
      case 'status':
        if (this.#phase === 'syncing' && isLaggard(event.member)) this.#display.syncing(event.member, event.status);
        return;
      case 'liveBlock': {
        const followers = event.followers.length === 0 ? 'nobody yet' : event.followers.join(', ');
        return this.#display.line(
          `${clock(event.atMs)}  block ${number(event.height)} is out; followed by ${followers}`,
        );
      }
      case 'inspector':
        this.#display.line(`The page is at ${event.url}`);
        this.#display.line('The network lives on until Ctrl-C: break things on the page, and watch.');
        return;
      case 'stately':
        this.#display.line(`Stately's inspector, which comes from stately.ai, shows all nodes at ${event.url}`);
        this.#display.line('The network lives on until Ctrl-C.');
        return;
      case 'madeBlock':
        return;
      case 'summary':
        this.#display.endBars();
        for (const line of summaryLines(event.summary)) this.#display.line(line);
    }
  }

  close(): void {
    this.#display.endBars();
  }

  #enter(phase: Phase, atMs: number): void {
    this.#phase = phase;
    this.#display.endBars();
    this.#display.line('');
    this.#display.line(`${clock(atMs)}  ${PHASES[phase]}`);
  }
}

function clock(atMs: number): string {
  return `${(atMs / 1_000).toFixed(1).padStart(5)} s`;
}
