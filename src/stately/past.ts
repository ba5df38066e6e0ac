import type { StatelyMessage } from './stately-feed.ts';

const LATEST_MAX = 200;
const ACTORS_MAX = 100;

/**
 * What somebody who comes late is told: first of the actors, then where each stands that has been quiet for long, then
 * the latest events.
 */
export class Past {
  readonly #actors = new Map<string, { readonly actor: string; snapshot: string | null }>();
  readonly #latest: string[] = [];

  note({ type, sessionId }: StatelyMessage, text: string): void {
    if (type === '@xstate.actor') {
      this.#actors.delete(sessionId);
      this.#actors.set(sessionId, { actor: text, snapshot: null });
      const [oldest] = this.#actors.keys();
      if (this.#actors.size > ACTORS_MAX && oldest !== undefined) this.#actors.delete(oldest);
      return;
    }
    const actor = this.#actors.get(sessionId);
    if (type === '@xstate.snapshot' && actor !== undefined) actor.snapshot = text;
    this.#latest.push(text);
    if (this.#latest.length > LATEST_MAX) this.#latest.shift();
  }

  texts(): string[] {
    const actors = [...this.#actors.values()];
    const latest = new Set(this.#latest);
    const quiet = actors.flatMap(({ snapshot }) => (snapshot === null || latest.has(snapshot) ? [] : [snapshot]));
    return [...actors.map(({ actor }) => actor), ...quiet, ...this.#latest];
  }
}
