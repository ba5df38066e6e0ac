import type { SyncEvent } from '../../src/core/events.ts';
import type { OwnersHost } from '../simulation/host-under-test.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';

const ASKED_BY_OWNERS = ['syncRequested', 'Server_Enable', 'Server_Disable'] as const;
type AskedByOwners = (typeof ASKED_BY_OWNERS)[number];

interface Wish {
  readonly event: AskedByOwners;
  readonly call: string;
  beats: number;
}

/** HOST-11: what the host's owner asked for, until the core has heard it. */
export class OwnersWishes {
  readonly #judge: Judge;
  readonly #waiting: Wish[] = [];

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** What of it the host can do, with each call noted. `enter` is the way into the host. */
  listen(
    host: OwnersHost,
    enter: (what: string, call: () => void) => void,
  ): Pick<OwnersHost, 'startSyncing' | 'setServerEnabled'> {
    const { startSyncing, setServerEnabled } = host;
    const ask = (event: AskedByOwners, call: string, carryOut: () => void) => {
      this.#waiting.push({ event, call, beats: 0 });
      enter(call, carryOut);
    };
    return {
      ...(startSyncing && {
        startSyncing: () => {
          ask('syncRequested', 'startSyncing()', () => startSyncing.call(host));
        },
      }),
      ...(setServerEnabled && {
        setServerEnabled: (enabled: boolean) => {
          const event = enabled ? 'Server_Enable' : 'Server_Disable';
          ask(event, `setServerEnabled(${enabled})`, () => setServerEnabled.call(host, enabled));
        },
      }),
    };
  }

  observed({ type }: SyncEvent): void {
    if (type === 'Stop') this.#waiting.length = 0;
    if (!isAskedByOwners(type)) return;
    const wish = this.#waiting.shift();
    if (wish?.event === type) this.#judge.held(CONTRACT.obeys);
    else {
      const asked = wish === undefined ? 'nobody asked for it' : `${wish.call} was called`;
      this.#judge.broken(CONTRACT.obeys, `the core was told "${type}"; ${asked}`);
    }
  }

  beat(): void {
    const [wish] = this.#waiting;
    if (wish === undefined || ++wish.beats <= BEATS_MAX) return;
    this.#judge.broken(CONTRACT.obeys, `${wish.call} was called, and the core was never told "${wish.event}"`);
  }
}

function isAskedByOwners(type: SyncEvent['type']): type is AskedByOwners {
  return (ASKED_BY_OWNERS as readonly string[]).includes(type);
}
