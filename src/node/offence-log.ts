import type { Effect } from '../core/effects.ts';
import type { PeerId } from '../protocol/block.ts';
import type { Offence } from '../protocol/offences.ts';

/** What a peer was charged with. */
export interface OffenceRecord {
  readonly count: number;
  readonly last: LastOffence;
}

export interface LastOffence {
  readonly offence: Offence;
  readonly detail: string;
  /** Of the block it was about; null when it was about none. */
  readonly height: number | null;
  /** By the host's clock. */
  readonly at: number;
}

const PEERS_MAX = 1_000;

/** Remembers who was charged with what, for people to read; the core itself keeps the score alone. */
export class OffenceLog {
  readonly #byPeer = new Map<PeerId, OffenceRecord>();

  of(peer: PeerId): OffenceRecord | null {
    return this.#byPeer.get(peer) ?? null;
  }

  note(effects: readonly Effect[], at: number): void {
    for (const effect of effects) {
      if (effect.type !== 'reportPeer' || effect.report.kind !== 'charged') continue;
      const { peer, report } = effect;
      const { offence, detail, height } = report;
      const count = (this.#byPeer.get(peer)?.count ?? 0) + 1;
      // Set anew, so that the first ones of the map are those of longest ago.
      this.#byPeer.delete(peer);
      this.#byPeer.set(peer, { count, last: { offence, detail, height, at } });
      const [oldest] = this.#byPeer.keys();
      if (this.#byPeer.size > PEERS_MAX && oldest !== undefined) this.#byPeer.delete(oldest);
    }
  }
}
