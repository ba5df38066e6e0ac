import type { Effect, PeerId, SyncEvent } from '../../index.ts';

/** Throughput is told over so much time before the point looked at. */
const RECENT_MS = 5_000;
/** The plot shows no more than this before the point, in so many columns. */
const PLOT_MS = 600_000;
export const PLOT_COLUMNS = 240;

interface Arrival {
  /** Of the entry. */
  readonly index: number;
  readonly atMs: number;
  readonly blocks: number;
  readonly bytes: number;
}

export interface Throughput {
  readonly blocksPerSecond: number;
  readonly bytesPerSecond: number;
}

/** What the plot shows: for each column the middle of its time in seconds, and two rates. */
export interface Plot {
  readonly seconds: readonly number[];
  readonly blocksPerSecond: readonly number[];
  readonly bytesPerSecond: readonly number[];
}

/** How much arrived and how much was committed, over time. */
export class Rates {
  readonly #received = new Map<PeerId, Arrival[]>();
  #arrived: Arrival[] = [];
  #committed: Arrival[] = [];

  note(index: number, atMs: number, event: SyncEvent, effects: readonly Effect[]): void {
    if (event.type === 'blocksReceived') {
      let bytes = 0;
      for (const block of event.blocks) bytes += block.bytes;
      this.#arrive(event.peer, { index, atMs, blocks: event.blocks.length, bytes });
    } else if (event.type === 'newBlockReceived') {
      this.#arrive(event.peer, { index, atMs, blocks: 1, bytes: event.block.bytes });
    }
    for (const effect of effects) {
      if (effect.type !== 'blocksAdded') continue;
      this.#committed.push({ index, atMs, blocks: effect.to - effect.from + 1, bytes: 0 });
    }
  }

  /** What a peer has sent lately, as seen at an entry. */
  of(peer: PeerId, index: number, atMs: number): Throughput {
    return ratesOf(this.#received.get(peer) ?? [], index, atMs);
  }

  /** What was committed, and what arrived, lately. */
  overall(index: number, atMs: number): Throughput {
    return {
      blocksPerSecond: ratesOf(this.#committed, index, atMs).blocksPerSecond,
      bytesPerSecond: ratesOf(this.#arrived, index, atMs).bytesPerSecond,
    };
  }

  /** Of everything up to `endMs`. */
  plot(endMs: number): Plot {
    const startMs = Math.max(0, endMs - PLOT_MS);
    const columnMs = Math.max(250, Math.ceil((endMs - startMs) / PLOT_COLUMNS));
    const columns = Math.max(1, Math.ceil((endMs - startMs + 1) / columnMs));
    const rate = (arrivals: readonly Arrival[], of: 'blocks' | 'bytes'): number[] => {
      const sums = new Array<number>(columns).fill(0);
      for (let i = firstAfter(arrivals, ({ atMs }) => atMs >= startMs); i < arrivals.length; i++) {
        const arrival = arrivals[i];
        if (arrival === undefined) break;
        const column = Math.floor((arrival.atMs - startMs) / columnMs);
        if (column < columns) sums[column] = (sums[column] ?? 0) + arrival[of];
      }
      return sums.map((sum) => (sum * 1_000) / columnMs);
    };
    return {
      seconds: Array.from({ length: columns }, (_, column) => (startMs + (column + 0.5) * columnMs) / 1_000),
      blocksPerSecond: rate(this.#committed, 'blocks'),
      bytesPerSecond: rate(this.#arrived, 'bytes'),
    };
  }

  dropBelow(index: number): void {
    const kept = (arrivals: readonly Arrival[]) => arrivals.slice(firstAfter(arrivals, (each) => each.index >= index));
    this.#arrived = kept(this.#arrived);
    this.#committed = kept(this.#committed);
    for (const [peer, arrivals] of this.#received) {
      const left = kept(arrivals);
      if (left.length > 0) this.#received.set(peer, left);
      else this.#received.delete(peer);
    }
  }

  #arrive(peer: PeerId, arrival: Arrival): void {
    this.#arrived.push(arrival);
    const ofPeer = this.#received.get(peer);
    if (ofPeer === undefined) this.#received.set(peer, [arrival]);
    else ofPeer.push(arrival);
  }
}

function ratesOf(arrivals: readonly Arrival[], index: number, atMs: number): Throughput {
  let blocks = 0;
  let bytes = 0;
  const sinceMs = atMs - RECENT_MS;
  for (let i = firstAfter(arrivals, (each) => each.index > index) - 1; i >= 0; i--) {
    const arrival = arrivals[i];
    if (arrival === undefined || arrival.atMs <= sinceMs) break;
    blocks += arrival.blocks;
    bytes += arrival.bytes;
  }
  const seconds = Math.max(0.25, Math.min(RECENT_MS, atMs) / 1_000);
  return { blocksPerSecond: blocks / seconds, bytesPerSecond: bytes / seconds };
}

/** The index of the first for which it holds, given that it holds for all after it too. */
function firstAfter(arrivals: readonly Arrival[], holds: (arrival: Arrival) => boolean): number {
  let low = 0;
  let high = arrivals.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const arrival = arrivals[middle];
    if (arrival !== undefined && !holds(arrival)) low = middle + 1;
    else high = middle;
  }
  return low;
}
