/** What an engine is put through: one node syncs from peers of the same process. */
export interface Load {
  readonly peers: number;
  readonly blocks: number;
  /** How many blocks one request may name. */
  readonly requestBlocks: number;
  /** Between a request and its answer; 0: answers come in the next turn of the event loop. */
  readonly roundTripMs: number;
  /** What processing takes, for each `PROCESS_BLOCKS` blocks; the process is free meanwhile. */
  readonly processMs: number;
  /** The share of requests that fail when they are sent. */
  readonly failShare: number;
  /** When a run is given up. */
  readonly limitMs: number;
}

export interface EngineRun {
  /** How many blocks were processed. */
  readonly blocks: number;
  /** How often nothing was processed for `STALL_MS`. */
  readonly stalls: number;
}

/** One that downloads a chain of blocks from several peers. */
export interface Engine {
  readonly name: string;
  /** Asks for its own number of blocks at a time, whatever the load says. */
  readonly ownRange?: boolean;
  run(load: Load): Promise<EngineRun>;
}

export const PROCESS_BLOCKS = 32;
export const STALL_MS = 500;

export const CLEAN: Load = {
  peers: 8,
  blocks: 0,
  requestBlocks: PROCESS_BLOCKS,
  roundTripMs: 0,
  processMs: 0,
  failShare: 0,
  limitMs: 60_000,
};

/** Counts blocks as they are processed, and notices when none are. */
export class ProgressCount {
  blocks = 0;
  stalls = 0;
  #atMs = performance.now();

  add(blocks: number): void {
    this.look();
    this.blocks += blocks;
  }

  /** Also called at the end: a run that is given up ends in a stall. */
  look(): void {
    const nowMs = performance.now();
    if (nowMs - this.#atMs >= STALL_MS) this.stalls++;
    this.#atMs = nowMs;
  }
}

/** Resolves `true` once `work` is done, `false` when that takes longer than `limitMs`. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, limitMs, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
