import { bufferIsBounded, servingIsBounded, tablesAreBounded } from './bounds.ts';
import { refutedClaimsDoNotCount, refutedPeersAreOnlyProbed, settledLeavesOnlyOnEvidence } from './claims.ts';
import {
  bannedPeersAreKeptAway,
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
} from './local-chain.ts';
import {
  everyWaitHasAReason,
  syncEndsAtTheHonestTip,
  syncedMeansNothingIsMissing,
  timersAreSet,
  transitionsAreToldInOrder,
} from './modes.ts';
import type { Always } from './property.ts';
import {
  asksAreBounded,
  asksAreDisjoint,
  asksNothingBelowNext,
  asksOnlyWhatIsClaimed,
  metadataIsAsked,
  slotsAddUp,
  slotsComeBack,
} from './requests.ts';

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
  everyWaitHasAReason,
  timersAreSet,
  transitionsAreToldInOrder,
  syncedMeansNothingIsMissing,
  syncEndsAtTheHonestTip,
];
