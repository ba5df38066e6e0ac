import type { Facts } from '../../src/core/facts.ts';
import { isSynced } from '../../src/core/sync-api.ts';
import type { OwnersHost } from '../simulation/host-under-test.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';

/** So long is waited for a node to be synced before one gives up and asks again. */
const PATIENCE_BEATS = 30;
const GIVEN_UP = new Error('nobody waits any more');

/** HOST-11: whether a host says when it is synced, to somebody who asks again and again. */
export class WhenSynced {
  readonly #judge: Judge;
  /** Gives up the call that is open; null: there is none. */
  #asked: AbortController | null = null;
  #beats = 0;
  #wasSynced = false;
  #beatsSynced = 0;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  observed(facts: Facts): void {
    if (isSynced(facts)) this.#wasSynced = true;
  }

  beat(host: OwnersHost, facts: Facts): void {
    if (this.#asked === null) return this.#ask(host, facts);
    if (++this.#beats === PATIENCE_BEATS) this.#asked.abort(GIVEN_UP);
    if (this.#asked.signal.aborted && this.#beats > PATIENCE_BEATS)
      this.#judge.broken(CONTRACT.status, 'whenSynced() was given up by its signal, and was not rejected');
    else if (!isSynced(facts)) this.#beatsSynced = 0;
    else if (++this.#beatsSynced > BEATS_MAX) {
      const detail = `the node has been synced for ${this.#beatsSynced} s, and whenSynced() has not resolved`;
      this.#judge.broken(CONTRACT.status, detail);
    }
  }

  #ask(host: OwnersHost, facts: Facts): void {
    const asked = new AbortController();
    this.#asked = asked;
    this.#wasSynced = isSynced(facts);
    this.#beats = 0;
    this.#beatsSynced = 0;
    host.whenSynced?.(asked.signal).then(
      () => {
        this.#asked = null;
        if (this.#wasSynced) this.#judge.held(CONTRACT.status);
        else
          this.#judge.broken(CONTRACT.status, 'whenSynced() resolved, and the node was not synced since it was called');
      },
      (error: unknown) => {
        this.#asked = null;
        if (error === GIVEN_UP) this.#judge.held(CONTRACT.status);
        else this.#judge.broken(CONTRACT.status, `whenSynced() was rejected: ${String(error)}`);
      },
    );
  }
}
