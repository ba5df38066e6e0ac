import type { PeerId } from '../protocol/block.ts';
import type { Trouble } from './facts.ts';
import type { Turn } from './turn.ts';
import { AVOID_MAX, headHeight } from './window.ts';

/** Notes what went wrong at the head, for `whyNotSynced()` and the choice of peers. */
export function noteTrouble(turn: Turn, code: Trouble['code'], peer: PeerId, more: Partial<Trouble> = {}): void {
  const height = headHeight(turn);
  const trouble = turn.window.trouble?.height === height ? turn.window.trouble : null;
  const peers = [...(trouble?.peers ?? []).filter((id) => id !== peer), peer].slice(-2 * AVOID_MAX);
  turn.window = {
    ...turn.window,
    trouble: { height, code, peers, unapplied: trouble?.unapplied ?? [], suspect: trouble?.suspect ?? null, ...more },
  };
}
