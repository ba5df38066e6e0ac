import type { PeerId } from '../../src/protocol/block.ts';
import type { Always, Outcome } from './property.ts';
import { effectsOf } from './property.ts';

interface Term {
  readonly kind: 'coolingDown' | 'banned';
  readonly endsAt: number;
}

export const termsAreServed: Always = {
  kind: 'always',
  name: 'terms-are-served',
  clauses: ['PEER-1', 'PEER-3', 'APPLY-3'],
  says:
    'A cool-down or a ban is over when its time is, and not before; but a cool-down also when a charge is taken back and ' +
    'its score is good enough then.',
  on: { effects: ['reportPeer'] },
  watch: () => {
    const terms = new Map<PeerId, Term>();
    return {
      reborn: () => {
        terms.clear();
      },
      check: (seen): Outcome => {
        const { clock, config } = seen.after;
        const { now } = clock;
        let checked: Outcome = undefined;
        for (const { peer, report } of effectsOf(seen, 'reportPeer')) {
          const term = terms.get(peer);
          if (report.kind === 'coolingDown' || report.kind === 'banned')
            terms.set(peer, { kind: report.kind, endsAt: now + report.forMs });
          const isGood = report.kind === 'acquitted' && report.score > config.scoreCoolDown;
          if (isGood && term?.kind === 'coolingDown') terms.delete(peer);
          if (report.kind !== 'forgiven' || term === undefined) continue;
          if (now < term.endsAt) return `${peer} is forgiven ${term.endsAt - now} ms before its time (${term.kind})`;
          terms.delete(peer);
          checked = true;
        }
        return checked;
      },
    };
  },
};
