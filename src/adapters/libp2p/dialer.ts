import type { Connection } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Libp2pLimits } from './limits.ts';
import type { TransportCounters } from './stats.ts';

export interface DialerOptions {
  readonly limits: Libp2pLimits;
  readonly counters: TransportCounters;
  readonly now: () => number;
  dial(address: Multiaddr, signal: AbortSignal): Promise<Connection>;
}

/** Keeps one configured address connected: dials it, and again whenever the connection is gone, until stopped. */
export class Dialer {
  readonly #address: Multiaddr;
  readonly #options: DialerOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #delayMs: number;

  constructor(address: Multiaddr, options: DialerOptions) {
    this.#address = address;
    this.#options = options;
    this.#delayMs = options.limits.redialMsMin;
  }

  start(): void {
    void this.#dial();
  }

  stop(): void {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  /** Never rejects: a dial that fails is one to be tried again. */
  async #dial(): Promise<void> {
    const { counters, limits, now } = this.#options;
    counters.dials += 1;
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(limits.dialTimeoutMs)]);
      const connection = await this.#options.dial(this.#address, signal);
      const openedAtMs = now();
      const onClose = (): void => {
        // A connection that lasted shows that the peer wants us; one that was closed at once shows nothing of the kind.
        if (now() - openedAtMs >= limits.redialMsMax) this.#delayMs = limits.redialMsMin;
        this.#dialLater();
      };
      if (connection.status === 'open') connection.addEventListener('close', onClose, { once: true });
      else onClose();
    } catch {
      counters.dialsFailed += 1;
      this.#dialLater();
    }
  }

  #dialLater(): void {
    if (this.#stop.signal.aborted) return;
    const jitter = 0.5 + Math.random() / 2;
    this.#timer = setTimeout(() => {
      void this.#dial();
    }, this.#delayMs * jitter);
    this.#delayMs = Math.min(this.#delayMs * 2, this.#options.limits.redialMsMax);
  }
}
