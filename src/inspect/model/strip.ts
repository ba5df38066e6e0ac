import type { Facts, PeerId } from '../../index.ts';
import { entriesOf, valuesOf } from './ordered-entries.ts';

/** Heights in a row that are in the same stage. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  /** A stage of the block chart; `missing`: nobody asked for it yet; `committed`: here. */
  readonly stage: string;
}

export interface ClaimRange {
  readonly peer: PeerId;
  readonly from: number;
  readonly to: number;
  /** State of the claim in the peer chart. */
  readonly state: string;
  readonly connected: boolean;
}

export interface Strip {
  readonly local: { readonly min: number; readonly max: number };
  readonly target: number | null;
  /** The last height of the overview; claims above it are drawn as going on. */
  readonly end: number;
  /** Of the heights next to be committed; what the close-up shows. */
  readonly near: { readonly from: number; readonly to: number };
  readonly stretches: readonly Stretch[];
  readonly claims: readonly ClaimRange[];
  /** Claims there are beside those drawn. */
  readonly moreClaims: number;
}

/** How many heights the close-up shows at least, and how many of them are below the next one. */
const NEAR_HEIGHTS_MIN = 48;
const NEAR_BELOW = 16;
const CLAIMS_MAX = 40;
/** A claim this many times above the one below it would leave no room to see the others. */
const LEAP = 3;

export function stripOf(facts: Facts): Strip {
  const { local, window, aggregate, peers } = facts;
  const next = local.maxHeight + 1;
  const target = aggregate?.maxHeight ?? null;
  const spans = valuesOf(window.spans);
  const frontier = Math.max(next, ...spans.slice(-1).map(({ to }) => to + 1));
  const from = Math.max(1, next - NEAR_BELOW);
  const to = Math.max(from + NEAR_HEIGHTS_MIN - 1, frontier - 1, Math.min(target ?? 0, next + 8));
  const stretches: Stretch[] = [];
  const add = (first: number, last: number, stage: string): void => {
    if (first > last) return;
    const before = stretches.at(-1);
    if (before?.stage === stage && before.to === first - 1) stretches[stretches.length - 1] = { ...before, to: last };
    else stretches.push({ from: first, to: last, stage });
  };
  if (local.maxHeight > 0) add(Math.max(1, local.minHeight), local.maxHeight, 'committed');
  let at = next;
  for (const span of spans) {
    add(at, span.from - 1, 'missing');
    add(span.from, span.to, span.stage);
    at = span.to + 1;
  }
  if (target !== null) add(at, target, 'missing');
  const known = entriesOf(peers.byId).flatMap(({ value: { id, claim, life } }) =>
    claim === null
      ? []
      : [
          {
            peer: id,
            from: claim.minHeight,
            to: claim.maxHeight,
            state: life.claim,
            connected: life.link === 'Connected',
          },
        ],
  );
  const ordered = known.sort((a, b) => b.to - a.to || (a.peer < b.peer ? -1 : 1));
  return {
    local: { min: local.minHeight, max: local.maxHeight },
    target,
    end: Math.max(
      1,
      overviewEnd(
        frontier - 1,
        known.map((claim) => claim.to),
      ),
    ),
    near: { from, to },
    stretches,
    claims: ordered.slice(0, CLAIMS_MAX),
    moreClaims: Math.max(0, ordered.length - CLAIMS_MAX),
  };
}

/** The highest claim, unless it leaps so far above the others that nothing else could be seen. */
function overviewEnd(here: number, claims: readonly number[]): number {
  let end = Math.max(here, 1);
  for (const claim of [...claims].sort((a, b) => a - b)) {
    if (claim <= end) continue;
    const isLeap = claim > end * LEAP && claims.some((other) => other !== claim && other <= end && other > 0);
    if (isLeap) break;
    end = claim;
  }
  return end;
}
