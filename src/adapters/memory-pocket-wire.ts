import type { PeerMessage } from '../protocol/messages.ts';

/**
 * What a message becomes on Pocket's wire: one height a message, no ids, no limits to an answer, no parts of one, no "I
 * have none" (SERVE-3).
 */
export function pocketMessages(message: PeerMessage): PeerMessage[] {
  switch (message.type) {
    case 'metadataRequest':
    case 'metadata':
      return [message];
    case 'noBlock':
      return [];
    case 'blocks':
      return message.blocks.map((block) => ({ type: 'blocks', requestId: null, blocks: [block] }));
    case 'getBlocks': {
      const count = Math.max(0, message.to - message.from + 1);
      return Array.from({ length: count }, (_, index) => {
        const height = message.from + index;
        return { type: 'getBlocks', requestId: null, from: height, to: height };
      });
    }
  }
}
