import type { Effect } from '../../src/core/effects.ts';

/** The peers that are charged with something. */
export function chargedIn(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) => {
    return effect.type === 'reportPeer' && effect.report.kind === 'charged' ? [effect.peer] : [];
  });
}
