import type { Transport } from '../../node/ports.ts';
import type { PeerId, SyncBlock } from '../../protocol/block.ts';
import type { PeerMessage } from '../../protocol/messages.ts';
import { tamper } from '../../adapters/ledger/index.ts';
import { INFLATED_HEIGHT } from './cast.ts';
import type { Conduct } from './messages.ts';
import type { TamperKeys, TamperName } from '../../adapters/ledger/index.ts';

/**
 * Liars are made of honest nodes: the node inside is the ordinary one, and what it sends is spoiled on its way out.
 */

/**
 * The ways in which blocks are spoiled, in turn; those that only executing the block finds come first. A block may be one
 * that somebody else gives sooner, so that nobody executes it: so there are three.
 */
const WAYS: readonly TamperName[] = [
  'certifiedTransaction',
  'certifiedStateHash',
  'certifiedTransaction',
  'badSignature',
  'fewSigners',
  'repeatedSigner',
  'otherHeight',
  'foreignSigners',
];

/** A liar that spoils everything is found out at once; this one spoils one block in so many. */
export const SPOILED_ONE_IN = 4;

/** Spoils some of the blocks it serves, in another way each time. The keys are those of a quorum that is at fault. */
export function tamperingTransport(inner: Transport, keys: TamperKeys): Transport {
  const servedTo = new Map<PeerId, number>();
  const spoil = (peer: PeerId, block: SyncBlock): SyncBlock => {
    const served = servedTo.get(peer) ?? 0;
    servedTo.set(peer, served + 1);
    const way = served % SPOILED_ONE_IN === 0 ? WAYS[(served / SPOILED_ONE_IN) % WAYS.length] : undefined;
    return way === undefined ? block : tamper(block, way, keys);
  };
  return spoiling(inner, (peer, message) =>
    message.type === 'blocks' ? { ...message, blocks: message.blocks.map((block) => spoil(peer, block)) } : message,
  );
}

/** Claims a height it does not have, and when it is asked for blocks has none to give. */
export function inflatingTransport(inner: Transport, claimedHeight: number): Transport {
  return spoiling(inner, (_peer, message) => {
    if (message.type === 'metadata') return { ...message, maxHeight: claimedHeight };
    if (message.type !== 'blocks') return message;
    return { type: 'noBlock', requestId: message.requestId, height: message.blocks[0]?.height ?? 0 };
  });
}

/** As the conduct is at the moment: honest, or a liar that answers in one of the ways above, or not at all. */
export function conductedTransport(inner: Transport, keys: TamperKeys, conduct: () => Conduct): Transport {
  const tampering = tamperingTransport(inner, keys);
  const inflating = inflatingTransport(inner, INFLATED_HEIGHT);
  return {
    ...tampering,
    self: inner.self,
    send: (peer, message) => {
      switch (conduct()) {
        case 'honest':
          return inner.send(peer, message);
        case 'tampers':
          return tampering.send(peer, message);
        case 'inflates':
          return inflating.send(peer, message);
        case 'silent':
          return ANSWERS.has(message.type) ? Promise.resolve() : inner.send(peer, message);
      }
    },
  };
}

const ANSWERS: ReadonlySet<PeerMessage['type']> = new Set<PeerMessage['type']>(['metadata', 'blocks', 'noBlock']);

function spoiling(inner: Transport, spoil: (peer: PeerId, message: PeerMessage) => PeerMessage): Transport {
  return {
    self: inner.self,
    start: (listener) => inner.start(listener),
    stop: () => inner.stop(),
    send: (peer, message) => inner.send(peer, spoil(peer, message)),
    publish: (message) => inner.publish(message),
    disconnect: (peer, refuseMs) => inner.disconnect(peer, refuseMs),
  };
}
