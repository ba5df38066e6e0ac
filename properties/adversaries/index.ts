import type { Adversary, EnvironmentAdversary, PeerAdversary } from './adversary.ts';
import { inflatedHeight } from './a01-inflated-height.ts';
import { highThenLow } from './a02-high-then-low.ts';
import { inflatedBase } from './a03-inflated-base.ts';
import { invertedRange } from './a04-inverted-range.ts';
import { silentGuardian } from './a05-silent-guardian.ts';
import { staggeredLiars } from './a06-staggered-liars.ts';
import { banThenRepeat } from './a07-ban-then-repeat.ts';
import { prunedAhead } from './a08-pruned-ahead.ts';
import { laggingFriend } from './a09-lagging-friend.ts';
import { mute } from './a10-mute.ts';
import { headWithholder } from './a11-head-withholder.ts';
import { slowDrip } from './a12-slow-drip.ts';
import { absentLiar } from './a13-absent-liar.ts';
import { wrongHeight } from './a14-wrong-height.ts';
import { unsolicited } from './a15-unsolicited.ts';
import { answerForOther } from './a16-answer-for-other.ts';
import { duplicate } from './a17-duplicate.ts';
import { lateAnswer } from './a18-late-answer.ts';
import { badStateHash } from './a19-bad-state-hash.ts';
import { forgedCertificate } from './a20-forged-certificate.ts';
import { malleatedSignature } from './a21-malleated-signature.ts';
import { equivocator } from './a22-equivocator.ts';
import { otherChain } from './a23-other-chain.ts';
import { brokenLink } from './a24-broken-link.ts';
import { oversize } from './a25-oversize.ts';
import { garbage } from './a26-garbage.ts';
import { metadataFlood } from './a27-metadata-flood.ts';
import { requestFlood } from './a28-request-flood.ts';
import { churn } from './a29-churn.ts';
import { vanishWithBlocks } from './a30-vanish-with-blocks.ts';
import { restartAll } from './a31-restart-all.ts';
import { spoofedAddress } from './a32-spoofed-address.ts';
import { echo } from './a33-echo.ts';
import { futureFlood } from './a34-future-flood.ts';
import { eviction } from './a35-eviction.ts';
import { holeInRange } from './a36-hole-in-range.ts';
import { shortRange } from './a37-short-range.ts';
import { twoFailingPeers } from './a38-two-failing-peers.ts';
import { sendFailure } from './a39-send-failure.ts';
import { greedyClaim } from './a40-greedy-claim.ts';
import { validatorRotation } from './a41-validator-rotation.ts';
import { targetRunsAway } from './a42-target-runs-away.ts';
import { clockJump } from './a43-clock-jump.ts';
import { localFault } from './a44-local-fault.ts';
import { storeFault } from './a45-store-fault.ts';
import { eclipse } from './a46-eclipse.ts';
import { validatorEviction } from './a49-validator-eviction.ts';
import { falseProposals } from './a50-false-proposals.ts';
import { crash } from './e01-crash.ts';
import { restart } from './e02-restart.ts';
import { freeze } from './e03-freeze.ts';
import { partition } from './e04-partition.ts';
import { honestChurn } from './e05-honest-churn.ts';
import { executorFault } from './e06-executor-fault.ts';
import { weather } from './e07-weather.ts';
import { slowHost } from './e08-slow-host.ts';
import { leakyGate } from './e09-leaky-gate.ts';
import { owner } from './e10-owner.ts';

export { fullName } from './adversary.ts';
export type { Adversary, EnvironmentAdversary, PeerAdversary } from './adversary.ts';

/** Behaviours to be laid over peers. */
export const PEER_ADVERSARIES: readonly PeerAdversary[] = [
  inflatedHeight,
  highThenLow,
  inflatedBase,
  invertedRange,
  silentGuardian,
  staggeredLiars,
  banThenRepeat,
  mute,
  headWithholder,
  slowDrip,
  absentLiar,
  wrongHeight,
  unsolicited,
  answerForOther,
  duplicate,
  lateAnswer,
  badStateHash,
  forgedCertificate,
  malleatedSignature,
  equivocator,
  otherChain,
  brokenLink,
  oversize,
  garbage,
  metadataFlood,
  requestFlood,
  churn,
  vanishWithBlocks,
  spoofedAddress,
  echo,
  futureFlood,
  eviction,
  holeInRange,
  shortRange,
  twoFailingPeers,
  sendFailure,
  greedyClaim,
  validatorRotation,
  validatorEviction,
  falseProposals,
];

/** Faults of the world around a node. */
export const ENVIRONMENT_ADVERSARIES: readonly EnvironmentAdversary[] = [
  prunedAhead,
  laggingFriend,
  restartAll,
  targetRunsAway,
  clockJump,
  localFault,
  storeFault,
  eclipse,
  crash,
  restart,
  freeze,
  partition,
  honestChurn,
  executorFault,
  weather,
  slowHost,
  leakyGate,
  owner,
];

export const ADVERSARIES: readonly Adversary[] = [...PEER_ADVERSARIES, ...ENVIRONMENT_ADVERSARIES];
