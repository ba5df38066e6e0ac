import { drawBetween, drawing, drawLink, LIES, NO_FAILURES } from '../links/peer-plan.ts';
import type { PeerPlan } from '../links/peer-plan.ts';
import type { NetworkPlan } from './network-plan.ts';

/** What goes wrong in a network: nothing, a third of the peers lie, or every fifth request fails in one way. */
const TROUBLES = ['none', 'none', 'lies', 'send', 'absent', 'silent'] as const;
export type PaceTrouble = (typeof TROUBLES)[number];

/** Bytes of a block, from and to. */
const SIZES = [
  [1_000, 1_000],
  [20_000, 20_000],
  [500, 50_000],
  [50_000, 500_000],
] as const;
const PEERS_MAX = 8;
const FAIL_SHARE = 0.2;
/** How long the honest links are to be busy, as far as that takes no more blocks than this. */
const BUSY_MS = [6_000, 12_000] as const;
const BLOCKS_MAX = 4_000;

/** A network of unequal peers and a chain for it: some seconds of virtual time. */
export function drawPacePlan(seed: number): { readonly plan: NetworkPlan; readonly trouble: PaceTrouble } {
  const draw = drawing(seed);
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[Math.floor(draw() * from.length)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  };
  const trouble = pick(TROUBLES);
  const count = 1 + Math.floor(draw() * PEERS_MAX);
  const liars = trouble === 'lies' ? Math.floor(count / 3) : 0;
  const fails = trouble === 'none' || trouble === 'lies' ? NO_FAILURES : { ...NO_FAILURES, [trouble]: FAIL_SHARE };
  const peers = Array.from({ length: count }, (_, i): PeerPlan => ({
    id: `peer-${i}`,
    ...drawLink(draw),
    lie: i < liars ? pick(LIES) : null,
    fails,
  }));
  const bytesPerMs = peers.filter(({ lie }) => lie === null).reduce((sum, peer) => sum + peer.bytesPerMs, 0);
  const size = pick(SIZES);
  const blocks = Math.min(BLOCKS_MAX, Math.ceil((bytesPerMs * drawBetween(draw, BUSY_MS)) / meanOf(size)));
  const blockBytes = Array.from({ length: blocks }, () => Math.round(drawBetween(draw, size)));
  const applyMsPerBlock = pick([0, 0, 1]);
  const name = `${count} peers, ${blocks} x ${size.join('-')} bytes`;
  const plan = { name, seed, peers, blockBytes, applyMsPerBlock, verifyMsPerBlock: 0.1, commitMs: 5, config: {} };
  return { plan, trouble };
}

/** Of what is spread evenly by its logarithm. */
function meanOf([min, max]: readonly [number, number]): number {
  return min === max ? min : (max - min) / Math.log(max / min);
}
