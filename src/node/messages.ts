import type { EventOf } from '../core/events.ts';
import type { PeerId } from '../protocol/block.ts';
import type { GossipMessage, PeerMessage } from '../protocol/messages.ts';

type Told<
  Type extends
    | 'metadataRequested'
    | 'metadataReceived'
    | 'blocksRequested'
    | 'blocksReceived'
    | 'blocksUnavailable'
    | 'newBlockReceived'
    | 'proposalReceived',
> = Omit<EventOf<Type>, 'now'>;

/** A peer's message as the event it is. */
export function eventOfMessage(peer: PeerId, message: PeerMessage) {
  switch (message.type) {
    case 'metadataRequest':
      return { type: 'metadataRequested', peer } satisfies Told<'metadataRequested'>;
    case 'metadata': {
      const { minHeight, maxHeight } = message;
      return { type: 'metadataReceived', peer, minHeight, maxHeight } satisfies Told<'metadataReceived'>;
    }
    case 'getBlocks': {
      const { requestId, from, to, bytesMax } = message;
      const room = bytesMax === undefined ? {} : { bytesMax };
      return { type: 'blocksRequested', peer, requestId, from, to, ...room } satisfies Told<'blocksRequested'>;
    }
    case 'blocks': {
      const { requestId, blocks, more } = message;
      const part = more === true ? { more } : {};
      return { type: 'blocksReceived', peer, requestId, blocks, ...part } satisfies Told<'blocksReceived'>;
    }
    case 'noBlock': {
      const { requestId, height } = message;
      return { type: 'blocksUnavailable', peer, requestId, height } satisfies Told<'blocksUnavailable'>;
    }
  }
}

export function eventOfGossip(author: PeerId, message: GossipMessage) {
  const { block } = message;
  switch (message.type) {
    case 'newBlock':
      return { type: 'newBlockReceived', peer: author, block } satisfies Told<'newBlockReceived'>;
    case 'proposal':
      return { type: 'proposalReceived', peer: author, block } satisfies Told<'proposalReceived'>;
  }
}
