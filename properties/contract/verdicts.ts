import type { Verdict } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { Made } from './made.ts';

interface Call {
  made: Made<Verdict>;
}

/** So many calls about one block are remembered. */
const CALLS_MAX = 8;

/**
 * What the verifier made of each call. The same block may be in several calls at a time: as a proposal of several peers,
 * or again, perhaps with another validator set, while a call that was made in vain is still under way.
 */
export class Verdicts {
  readonly #calls = new WeakMap<SyncBlock, Call[]>();

  /** A call about the block begins; what is returned notes how it goes on. */
  asked(block: SyncBlock): (made: Made<Verdict>) => void {
    const calls = this.#calls.get(block) ?? [];
    const call: Call = { made: 'asked' };
    calls.push(call);
    if (calls.length > CALLS_MAX) calls.shift();
    this.#calls.set(block, calls);
    return (made) => {
      call.made = made;
    };
  }

  /** What a call made that fits what the core was told, and which is then done with; else what the last call made. */
  told(block: SyncBlock, fits: (made: Made<Verdict>) => boolean): Made<Verdict> | undefined {
    const calls = this.#calls.get(block) ?? [];
    const call = calls.find(({ made }) => fits(made));
    if (call === undefined) return calls.at(-1)?.made;
    if (calls.length > 1) calls.splice(calls.indexOf(call), 1);
    return call.made;
  }

  last(block: SyncBlock): Made<Verdict> | undefined {
    return this.#calls.get(block)?.at(-1)?.made;
  }
}
