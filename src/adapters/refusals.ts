import type { PeerId } from '../protocol/block.ts';

/** Who is refused, in and out, and until when. Bounded: a full table forgets the refusal that ends first. */
export class Refusals {
  readonly #untilMs = new Map<PeerId, number>();
  readonly #countMax: number;
  readonly #now: () => number;

  constructor(countMax: number, now: () => number) {
    this.#countMax = countMax;
    this.#now = now;
  }

  refuse(peer: PeerId, refuseMs: number): void {
    const untilMs = this.#now() + refuseMs;
    if (untilMs <= (this.#untilMs.get(peer) ?? this.#now())) return;
    if (this.#untilMs.size >= this.#countMax && !this.#untilMs.has(peer)) this.#makeRoom();
    this.#untilMs.set(peer, untilMs);
  }

  has(peer: PeerId): boolean {
    const untilMs = this.#untilMs.get(peer);
    if (untilMs === undefined) return false;
    if (untilMs > this.#now()) return true;
    this.#untilMs.delete(peer);
    return false;
  }

  #makeRoom(): void {
    let first: readonly [PeerId, number] | null = null;
    for (const entry of this.#untilMs) if (first === null || entry[1] < first[1]) first = entry;
    if (first !== null) this.#untilMs.delete(first[0]);
  }
}
