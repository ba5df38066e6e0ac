import type { Peer } from '../../src/core/facts.ts';

/** META-6, META-7: whose claim counts now; written apart from the chart's own tag, so that a slip there shows. */
export function claimCounts({ life }: Pick<Peer, 'life'>): boolean {
  return life.link === 'Connected' && (life.claim === 'Untested' || life.claim === 'Credible');
}
