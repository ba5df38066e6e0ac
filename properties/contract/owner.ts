import type { Effect } from '../../src/core/effects.ts';
import type { SyncEvent } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Clock } from '../../src/node/ports.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { OwnersHost } from '../simulation/host-under-test.ts';
import { OwnersWishes } from './owners-wishes.ts';
import type { Judge } from './rules.ts';
import { StatusTold } from './status-told.ts';
import { WhenSynced } from './when-synced.ts';

/** How often somebody looks at the host's status. */
const LOOKS_EVERY_BEATS = 5;

/** HOST-11: whoever runs the host, asks things of it, and looks how it is. */
export class Owner {
  readonly #enter: (what: string, call: () => void) => void;
  readonly #wishes: OwnersWishes;
  readonly #status: StatusTold;
  readonly #whenSynced: WhenSynced;
  #beats = 0;

  /** @param enter the way into the host */
  constructor(judge: Judge, enter: (what: string, call: () => void) => void) {
    this.#enter = enter;
    this.#wishes = new OwnersWishes(judge);
    this.#status = new StatusTold(judge);
    this.#whenSynced = new WhenSynced(judge);
  }

  /** What of it the host can do, with each call noted. */
  listen(host: OwnersHost): Pick<OwnersHost, 'startSyncing' | 'setServerEnabled'> {
    return this.#wishes.listen(host, this.#enter);
  }

  observed(event: SyncEvent, effects: readonly Effect[], state: Facts): void {
    this.#wishes.observed(event);
    this.#status.observed(event, effects, state);
    this.#whenSynced.observed(state);
  }

  /** The transport took a message. */
  sent(message: PeerMessage): void {
    this.#status.sent(message);
  }

  beat(): void {
    this.#wishes.beat();
  }

  /** Each second, while the host is started. */
  asks(host: OwnersHost, facts: Facts, clock: Clock): void {
    this.#beats++;
    if (host.whenSynced !== undefined) this.#enter('whenSynced()', () => this.#whenSynced.beat(host, facts));
    if (this.#beats % LOOKS_EVERY_BEATS !== 0 || host.status === undefined) return;
    this.#enter('status()', () => {
      const status = host.status?.();
      if (status !== undefined) this.#status.looked(status, facts, clock.now());
    });
  }
}
