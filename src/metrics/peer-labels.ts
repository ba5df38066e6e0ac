import type { PeerId } from '../protocol/block.ts';

/** The label of all peers that have none of their own. */
export const OTHER_PEERS = 'other';

/**
 * Which peers have a label of their own: a scraper must not be given a series for each of ten thousand. A label is had
 * from the first time it is needed until the peer is gone and another one needs it; so a counter never moves from one
 * label to another, and rates over all of them stay right.
 */
export class PeerLabels {
  readonly #max: number;
  readonly #isHere: (peer: PeerId) => boolean;
  readonly #onFreed: (peer: PeerId) => void;
  readonly #labelled = new Set<PeerId>();

  constructor(max: number, isHere: (peer: PeerId) => boolean, onFreed: (peer: PeerId) => void) {
    this.#max = max;
    this.#isHere = isHere;
    this.#onFreed = onFreed;
  }

  of(peer: PeerId): string {
    if (this.#labelled.has(peer)) return peer;
    if (this.#labelled.size >= this.#max && !this.#free()) return OTHER_PEERS;
    this.#labelled.add(peer);
    return peer;
  }

  [Symbol.iterator](): Iterator<PeerId> {
    return this.#labelled.values();
  }

  #free(): boolean {
    for (const peer of this.#labelled) {
      if (this.#isHere(peer)) continue;
      this.#labelled.delete(peer);
      this.#onFreed(peer);
      return true;
    }
    return false;
  }
}
