import type { SyncConfig } from '../../src/protocol/config.ts';

export interface LivenessSetting {
  readonly config: SyncConfig;
  /** Peers that may misbehave, or may not have what they are asked for. */
  readonly faultyPeers: number;
  /** Honest peers besides the one that has everything. */
  readonly otherPeers: number;
  readonly missingBlocks: number;
  /** What an honest peer takes to answer, and the node to verify, apply and commit one block, at most. */
  readonly blockMsMax: number;
  /** Whether a tampered block can pass for certified until it is executed (APPLY-3). */
  readonly tamperingShowsLate: boolean;
}

/**
 * SYNC-7, META-7: within how many milliseconds after faults have stopped a node is Synced or in Pacemaker, if one honest
 * peer that has every block stays connected. With
 *
 *     T  = requestTimeoutMsMax         b(k) = min(R, first * 2^k), with either first back-off
 *     R  = refutedBackoffMsMax         F, H = faulty and other peers
 *     B  = blocks missing              c    = blockMsMax
 *
 * the bound is  (S + B * h + E) / (1 - F * T / R),  where
 *
 * - S, until the honest peer is of use: what was in flight when faults stopped times out (T); the host's own back-off
 *   ends (hostRetryMsMax), and that of a suspect state (R); the peer is asked for its metadata (a period with its
 *   jitter); if faults had its claim refuted, it is probed after R at most, behind the probes of everybody else
 *   ((F + H) * T).
 * - h, each height: whoever fails it is avoided for it, and refuted, or goes on giving others. So before the honest peer's turn comes, each of
 *   the others costs at most one request timeout: h = c + (F + H) * T. Where tampering only shows on execution, two
 *   accomplices can make the node suspect itself, once a peer and height: h grows by F * R.
 * - E, until nobody's false claim counts at the same time: a claim above the tip can never be proven, so each time it
 *   is made anew its owner's back-off doubles; and above the tip there is nothing valid that it could give instead. In round k all of them together cost at most F * T, and then stay
 *   refuted for b(k). From the first k with F * T <= b(k) on there is a moment without any: E = sum of F * T + b(k) up
 *   to that k. "I have none" is counted apart from what is worse and begins lower, so the sum is taken for both.
 * - The divisor: a probe of a refuted claim takes a slot for T at most once in R, which with a single slot is time
 *   taken from everything else.
 *
 * It presumes F * T < R, and no more peers than a height remembers to avoid (8).
 */
export function livenessBoundMs(setting: LivenessSetting): number {
  const { config, faultyPeers, otherPeers, missingBlocks, blockMsMax, tamperingShowsLate } = setting;
  const timeoutMs = config.requestTimeoutMsMax + blockMsMax;
  const {
    absentBackoffMsMin,
    refutedBackoffMsMin,
    refutedBackoffMsMax,
    metadataPeriodMs,
    metadataJitterRatio,
    hostRetryMsMax,
  } = config;
  const allFailMs = faultyPeers * timeoutMs;
  const metadataMs = metadataPeriodMs * (1 + metadataJitterRatio);
  const startMs =
    timeoutMs + hostRetryMsMax + 2 * refutedBackoffMsMax + metadataMs + (faultyPeers + otherPeers) * timeoutMs;
  const suspectMs = tamperingShowsLate ? faultyPeers * refutedBackoffMsMax : 0;
  const heightMs = blockMsMax + (faultyPeers + otherPeers) * timeoutMs + suspectMs;
  const endMs =
    untilNoneCountsMs(absentBackoffMsMin, refutedBackoffMsMax, allFailMs) +
    untilNoneCountsMs(refutedBackoffMsMin, refutedBackoffMsMax, allFailMs);
  const share = 1 - Math.min(0.9, allFailMs / refutedBackoffMsMax);
  return (startMs + missingBlocks * heightMs + endMs) / share;
}

/** E of one kind of refutation, which begins with `firstMs`. */
function untilNoneCountsMs(firstMs: number, maxMs: number, allFailMs: number): number {
  let sumMs = 0;
  for (let backoffMs = firstMs; ; backoffMs = Math.min(maxMs, 2 * backoffMs)) {
    sumMs += allFailMs + backoffMs;
    if (allFailMs <= backoffMs || backoffMs >= maxMs) return sumMs;
  }
}
