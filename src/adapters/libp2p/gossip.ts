import type { Message, TopicValidatorFn, TopicValidatorResult } from '@libp2p/gossipsub';
import type { PeerId as Libp2pPeerId } from '@libp2p/interface';
import type { TransportListener, WireCodec } from '../../node/ports.ts';
import type { PeerId } from '../../protocol/block.ts';
import { addressOfKey } from './identity.ts';
import { offenceOfError } from './peer-session.ts';
import type { TransportCounters } from './stats.ts';

/** Pocket's topic. Other things than blocks travel on it too. */
export const GOSSIP_TOPIC = 'pokt/background';

export interface GossipHost {
  readonly self: PeerId;
  readonly codec: WireCodec;
  readonly counters: TransportCounters;
  readonly listener: TransportListener;
  /** Whether the neighbour that passed a message on may pass on one more. */
  admits(neighbour: Libp2pPeerId): boolean;
  refuses(author: PeerId): boolean;
}

/**
 * Judges gossip before it is passed on, and tells what it says. gossipsub has checked the author's signature (StrictSign)
 * and that the message is new. What is bad is not passed on; what is only not for us is.
 */
export function gossipValidator(host: GossipHost, verdicts: typeof TopicValidatorResult): TopicValidatorFn {
  return (neighbour, message) => {
    const author = authorOf(message);
    if (author === null) return verdicts.Reject;
    if (author === host.self || host.refuses(author) || !host.admits(neighbour)) return verdicts.Ignore;
    try {
      if (message.data.length > host.codec.messageBytesMax) {
        host.listener.offence(author, 'OVERSIZE_MESSAGE', `gossip of ${message.data.length} bytes`);
        return verdicts.Reject;
      }
      const gossip = host.codec.decodeGossip(author, message.data);
      if (gossip !== null) {
        host.counters.gossipIn += 1;
        host.listener.gossip(author, gossip);
      }
      return verdicts.Accept;
    } catch (error) {
      const offence = offenceOfError(error);
      if (offence === null) return verdicts.Ignore;
      host.counters.offences += 1;
      host.listener.offence(author, offence, error instanceof Error ? error.message : String(error));
      return verdicts.Reject;
    }
  };
}

function authorOf(message: Message): PeerId | null {
  return message.type === 'signed' ? addressOfKey(message.key) : null;
}
