import { onlyTheChainsBlockAcquits, theChainsBlockAcquits } from './acquittals.ts';
import { factsAgree } from './agreement.ts';
import {
  answersEndOpenRequests,
  oneTrialAtATime,
  partsLeaveTheRestOwed,
  probesLeaveRoom,
  rangesFitThePeer,
  roomIsKept,
  roomIsNotTakenTwice,
  testsAreOfWhatIsMissing,
} from './asking.ts';
import { whoAsksIsAskedBack } from './asking-back.ts';
import { bufferIsBounded, servingIsBounded, tablesAreBounded } from './bounds.ts';
import { refutationsHaveACause, troublesHaveACause } from './causes.ts';
import { hostFaultsBackOff, offencesAreCharged, oneLocalFaultOneCharge } from './charges.ts';
import { floodsAreCharged } from './floods.ts';
import {
  claimsAreTestedAnewWhenRaised,
  dueProbesAreSent,
  refutedClaimsAreProbedAgain,
  refutedClaimsDoNotCount,
  refutedPeersAreOnlyProbed,
  settledLeavesOnlyOnEvidence,
} from './claims.ts';
import {
  bannedPeersAreKeptAway,
  bannedPeersStayOut,
  honestPeersAreNeverBanned,
  honestPeersAreNeverCharged,
  unaskedBlocksAreNotStored,
} from './conduct.ts';
import {
  certifiedOnly,
  heightGrowsByOne,
  localStateIsTheChains,
  onlyCheckedBlocksCommit,
  portsAreUsedAsPromised,
  validatorIsWhoSigns,
} from './local-chain.ts';
import {
  committedStays,
  workIsBounded,
  failingWorkWaitsLonger,
  hostFaultsAreOfTheHost,
  undoneBeforeApplied,
} from './host-work.ts';
import { coreTimeIsHostTime, leapsAreNotTime } from './leaps.ts';
import { consensusRunsInPacemaker, modesFollowTheFacts } from './mode-choice.ts';
import {
  everyWaitHasAReason,
  syncEndsAtTheHonestTip,
  syncedMeansNothingIsMissing,
  timersAreSet,
  transitionsAreToldInOrder,
} from './modes.ts';
import { bannedPeersCopiesGo, nextIsTakenFromAnybody, sparesAreUsed, syncLeavesNothing } from './copies.ts';
import { onlyProofEndsADispute } from './disputes.ts';
import { failuresRefute, whoGivesOthersIsBelieved } from './failures.ts';
import {
  effectsAreAnswered,
  fewFailedSendsAreForgiven,
  leavingAgainRefutes,
  outcomesEndRequests,
  timeNeverGoesBack,
  givingUpIsFair,
  timeoutsAreFair,
} from './outcomes.ts';
import {
  askedTwiceIsBounded,
  disputesReachDown,
  historyOutlivesConnections,
  lateAnswersAreNoOffence,
  lostAnswersAreNoticed,
  probationFollowsABan,
  requestsEndInTime,
  sparesAreOfDifferentPeers,
  successEndsBackOff,
  troubleIsOfWhatIsNext,
  whatIsLostIsAskedAgain,
  whatIsPassedRefutesNothing,
} from './records.ts';
import { paceIsWhatWasGained } from './pace.ts';
import type { Always } from './property.ts';
import { inTurnIsWhatWasCheckedInTurn } from './in-turn.ts';
import { goodProbesSettle, probesAreNotPutOff, probesAskWhatIsDisputed, probesInVainTurnToTheHead } from './probes.ts';
import { proposalsReachConsensus } from './proposals.ts';
import { nothingIsAskedOverAGap } from './pruned.ts';
import {
  orderIsWhatWasSeen,
  secondRequestsGoToThoseWhoAnswer,
  speedIsWhatWasMeasured,
  theBestIsAsked,
  timeoutsHalve,
} from './ranking.ts';
import {
  asksAreBounded,
  asksAreDisjoint,
  asksNothingBelowNext,
  asksOnlyWhatIsClaimed,
  metadataIsAsked,
  slotsAddUp,
  slotsAreKept,
  slotsComeBack,
} from './requests.ts';
import { reasonsAreTrue } from './reasons.ts';
import { scoresAddUp } from './scores.ts';
import {
  droppedOnlyWhenFull,
  nobodyJumpsItsLine,
  offServesNobody,
  servedIsTheChain,
  serverIsAsChosen,
  servingRoomComesBack,
  tellsWhatIsCommitted,
  whatIsNotThereIsDenied,
  whoAsksIsAnswered,
} from './serving.ts';
import { rejectionsHaveACause } from './rejections.ts';
import { strangersKeepToARate } from './strangers.ts';
import { badHeadsAreTold, certifiedBeforeExecuted, suspicionHasWitnesses, suspicionWaitsLonger } from './suspicion.ts';
import { termsAreServed } from './terms.ts';
import { targetsAreTold, theTargetAddsUp } from './target.ts';
import { timeoutsFollowAnswers } from './timeouts.ts';
import { endedRequestsAreTold, onlyTrialsRefuteAgain, whatBecomesOfPeersIsTold } from './told-of-peers.ts';
import {
  badBlocksRefute,
  certifiedBlocksProve,
  sameAgainRests,
  termsGrow,
  trustComesBackSlowly,
  wrongAnswersRefute,
} from './trust.ts';
import {
  answersComeBeforeAnnouncements,
  earlyBlocksAreKept,
  lateBlocksAreKept,
  nextIsAskedWhenItCanBe,
  theWindowAddsUp,
  whoFailedIsAskedLast,
} from './window.ts';

export { WITNESSES } from './witnesses.ts';
export type { Always, Outcome, Seen, Sometimes, Subject, Watch } from './property.ts';

/** What must hold after every event, in any run. */
export const PROPERTIES: readonly Always[] = [
  localStateIsTheChains,
  certifiedOnly,
  heightGrowsByOne,
  onlyCheckedBlocksCommit,
  portsAreUsedAsPromised,
  asksOnlyWhatIsClaimed,
  asksNothingBelowNext,
  asksAreDisjoint,
  asksAreBounded,
  slotsComeBack,
  slotsAddUp,
  slotsAreKept,
  factsAgree,
  testsAreOfWhatIsMissing,
  committedStays,
  workIsBounded,
  fewFailedSendsAreForgiven,
  suspicionHasWitnesses,
  certifiedBeforeExecuted,
  inTurnIsWhatWasCheckedInTurn,
  suspicionWaitsLonger,
  badHeadsAreTold,
  metadataIsAsked,
  bufferIsBounded,
  tablesAreBounded,
  servingIsBounded,
  refutedClaimsDoNotCount,
  refutedPeersAreOnlyProbed,
  settledLeavesOnlyOnEvidence,
  honestPeersAreNeverBanned,
  honestPeersAreNeverCharged,
  unaskedBlocksAreNotStored,
  bannedPeersAreKeptAway,
  bannedPeersStayOut,
  everyWaitHasAReason,
  timersAreSet,
  transitionsAreToldInOrder,
  syncedMeansNothingIsMissing,
  syncEndsAtTheHonestTip,
  theTargetAddsUp,
  targetsAreTold,
  modesFollowTheFacts,
  consensusRunsInPacemaker,
  theWindowAddsUp,
  earlyBlocksAreKept,
  lateBlocksAreKept,
  answersComeBeforeAnnouncements,
  nextIsAskedWhenItCanBe,
  whoFailedIsAskedLast,
  outcomesEndRequests,
  failuresRefute,
  whoGivesOthersIsBelieved,
  givingUpIsFair,
  requestsEndInTime,
  askedTwiceIsBounded,
  sparesAreOfDifferentPeers,
  troubleIsOfWhatIsNext,
  disputesReachDown,
  historyOutlivesConnections,
  successEndsBackOff,
  nobodyJumpsItsLine,
  lateAnswersAreNoOffence,
  lostAnswersAreNoticed,
  probationFollowsABan,
  whatIsPassedRefutesNothing,
  timeoutsAreFair,
  timeoutsFollowAnswers,
  timeNeverGoesBack,
  effectsAreAnswered,
  refutedClaimsAreProbedAgain,
  offencesAreCharged,
  floodsAreCharged,
  oneLocalFaultOneCharge,
  hostFaultsBackOff,
  tellsWhatIsCommitted,
  servingRoomComesBack,
  servedIsTheChain,
  droppedOnlyWhenFull,
  proposalsReachConsensus,
  theBestIsAsked,
  secondRequestsGoToThoseWhoAnswer,
  speedIsWhatWasMeasured,
  scoresAddUp,
  onlyProofEndsADispute,
  whoAsksIsAskedBack,
  dueProbesAreSent,
  nextIsTakenFromAnybody,
  sparesAreUsed,
  bannedPeersCopiesGo,
  syncLeavesNothing,
  whoAsksIsAnswered,
  whatIsNotThereIsDenied,
  reasonsAreTrue,
  leapsAreNotTime,
  strangersKeepToARate,
  leavingAgainRefutes,
  hostFaultsAreOfTheHost,
  failingWorkWaitsLonger,
  undoneBeforeApplied,
  badBlocksRefute,
  certifiedBlocksProve,
  sameAgainRests,
  termsGrow,
  termsAreServed,
  onlyTheChainsBlockAcquits,
  theChainsBlockAcquits,
  trustComesBackSlowly,
  rangesFitThePeer,
  roomIsKept,
  roomIsNotTakenTwice,
  probesLeaveRoom,
  timeoutsHalve,
  orderIsWhatWasSeen,
  probesAskWhatIsDisputed,
  probesAreNotPutOff,
  goodProbesSettle,
  probesInVainTurnToTheHead,
  oneTrialAtATime,
  answersEndOpenRequests,
  partsLeaveTheRestOwed,
  refutationsHaveACause,
  troublesHaveACause,
  wrongAnswersRefute,
  whatIsLostIsAskedAgain,
  whatBecomesOfPeersIsTold,
  endedRequestsAreTold,
  onlyTrialsRefuteAgain,
  paceIsWhatWasGained,
  nothingIsAskedOverAGap,
  claimsAreTestedAnewWhenRaised,
  offServesNobody,
  serverIsAsChosen,
  coreTimeIsHostTime,
  validatorIsWhoSigns,
  rejectionsHaveACause,
];
