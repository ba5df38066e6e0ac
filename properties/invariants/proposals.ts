import type { EventOf } from '../../src/core/events.ts';
import type { Facts } from '../../src/core/facts.ts';
import { maps } from '../../src/core/facts.ts';
import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import { bodyOf } from '../simulation/chain.ts';
import type { Always, Outcome, Seen, Subject } from './property.ts';
import { effectsOf, isEvent } from './property.ts';

interface Proposal {
  readonly peer: PeerId;
  readonly block: SyncBlock;
}

/** As many may be in the verifier at once. */
const PROPOSALS_MAX = 4;

export const proposalsReachConsensus: Always = {
  kind: 'always',
  name: 'proposals-reach-consensus-checked',
  clauses: ['LIVE-3'],
  says:
    'A proposal is handed to consensus exactly when it is for the next height, links to the local tip, was found good ' +
    'but for its certificate, and the node is in Pacemaker.',
  on: { events: ['proposalReceived', 'blocksVerified'], effects: ['deliverProposal', 'verifyBlocks'] },
  watch: (subject) => {
    const checked = new Map<number, Proposal>();
    return {
      reborn: () => {
        checked.clear();
      },
      check: (seen): Outcome => {
        const begun = effectsOf(seen, 'verifyBlocks').filter(({ certified }) => !certified);
        if (isEvent(seen.event, 'proposalReceived')) {
          const wrong = whatIsWrong(seen, seen.event, begun);
          const [work] = begun;
          if (work !== undefined) checked.set(work.workId, { peer: seen.event.peer, block: seen.event.block });
          if (wrong !== undefined) return wrong;
        } else if (begun.length > 0) return `${begun[0]?.blocks[0]?.height ?? '?'} is verified as a proposal unasked`;
        return delivery(seen, checked, subject);
      },
    };
  },
};

function whatIsWrong(
  seen: Seen,
  { peer, block }: EventOf<'proposalReceived'>,
  begun: readonly { readonly blocks: readonly SyncBlock[] }[],
): string | undefined {
  const { before } = seen;
  const next = before.local.maxHeight + 1;
  const what = `the proposal ${block.height} of ${peer}`;
  if (!isDue(before, block)) {
    return begun.length === 0 ? undefined : `${what} is verified in ${before.control.mode}, where ${next} is next`;
  }
  if (begun.length > 0)
    return begun[0]?.blocks[0] === block ? undefined : `in the place of ${what} another is verified`;
  const isFull = before.proposals.length >= PROPOSALS_MAX;
  const isStranger = maps.peers.get(before.peers.byId, peer)?.life.link !== 'Connected';
  if (isFull && effectsOf(seen, 'requestDropped').length > 0) return undefined;
  if (isStranger && effectsOf(seen, 'blockRejected').some(({ reason }) => reason === 'FLOOD')) return undefined;
  return `${what} is not verified, though it is next, in Pacemaker`;
}

function isDue({ control, local, config }: Facts, { height, bytes, parentId }: SyncBlock): boolean {
  if (control.mode !== 'Consensus_Pacemaker' || height !== local.maxHeight + 1) return false;
  return bytes <= config.blockBytesMax && parentId === local.tipId;
}

function delivery(seen: Seen, checked: Map<number, Proposal>, { chain }: Subject): Outcome {
  const { event, before } = seen;
  const delivered = effectsOf(seen, 'deliverProposal');
  const proposal = isEvent(event, 'blocksVerified') ? checked.get(event.workId) : undefined;
  if (proposal === undefined || !isEvent(event, 'blocksVerified')) {
    const [first] = delivered;
    if (first !== undefined) return `the proposal ${first.block.height} of ${first.peer} reaches consensus unchecked`;
    return isEvent(event, 'proposalReceived') ? true : undefined;
  }
  checked.delete(event.workId);
  if (seen.after.proposals.some(({ workId }) => workId === event.workId))
    return `the proposal ${proposal.block.height} of ${proposal.peer} takes up room, and is judged`;
  const { peer, block } = proposal;
  const isNext = before.control.mode === 'Consensus_Pacemaker' && block.height === before.local.maxHeight + 1;
  const isGood = event.fault === undefined && event.hostFault === undefined;
  const wanted = isNext && isGood ? 1 : 0;
  if (delivered.length !== wanted)
    return `the proposal ${block.height} of ${peer} reaches consensus ${delivered.length} times, and should ${wanted}`;
  for (const given of delivered) {
    if (given.peer !== peer || given.block !== block) return `the proposal of ${peer} reaches consensus as another one`;
    const isOurs = bodyOf(block).networkId === chain.networkId;
    const isLinked = block.parentId === chain.tipAt(block.height - 1).stateHash;
    if (!isOurs || !isLinked) return `consensus is handed ${block.height} of ${peer}, which is no block of this chain`;
  }
  return true;
}
