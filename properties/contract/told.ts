import type { EventOf, SyncEvent } from '../../src/core/events.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { TransportListener, WireProtocol } from '../../src/node/ports.ts';
import { eventInWords } from '../report/words.ts';
import type { Judge } from './rules.ts';
import { BEATS_MAX, CONTRACT } from './rules.ts';

interface Told {
  /** Asked for only when it goes wrong. */
  words(): string;
  is(event: SyncEvent): boolean;
  beats: number;
}

interface Queue {
  readonly waiting: Told[];
  last: Told | null;
}

/** HOST-4: what the transport told, until the core has heard it. */
export class ToldByTransport {
  readonly #judge: Judge;
  readonly #queues = new Map<PeerId, Queue>();
  /** What authors announce comes on other ways than what they send: it is in order only by itself. */
  readonly #gossip = new Map<PeerId, Queue>();
  #running = false;
  /** How much was told so far. */
  count = 0;

  constructor(judge: Judge) {
    this.#judge = judge;
  }

  /** A listener that notes what it is told, and passes it on. */
  listen(inner: TransportListener): TransportListener {
    return {
      peerConnected: (peer, wire) => {
        this.#note(peer, isConnected(peer, wire));
        inner.peerConnected(peer, wire);
      },
      peerDisconnected: (peer) => {
        this.#note(
          peer,
          told(
            () => `${peer} left`,
            (event) => event.type === 'peerDisconnected' && event.peer === peer,
          ),
        );
        inner.peerDisconnected(peer);
      },
      message: (peer, message) => {
        this.#note(peer, isMessage(peer, message));
        inner.message(peer, message);
      },
      gossip: (author, message) => {
        this.#note(author, isGossip(author, message), this.#gossip);
        inner.gossip(author, message);
      },
      offence: (peer, offence, detail) => {
        this.#note(peer, isOffence(peer, offence));
        inner.offence(peer, offence, detail);
      },
    };
  }

  observed(event: SyncEvent): void {
    if (event.type === 'Start' || event.type === 'Stop') {
      this.#running = event.type === 'Start';
      this.#queues.clear();
      this.#gossip.clear();
      return;
    }
    if (!this.#running || !isOfTheTransport(event)) return;
    const queue = (isAnnounced(event) ? this.#gossip : this.#queues).get(event.peer);
    const first = queue?.waiting[0];
    if (queue !== undefined && first?.is(event) === true) {
      queue.waiting.shift();
      queue.last = first;
      this.#judge.held(CONTRACT.tells);
      return;
    }
    const what = `the core was told "${eventInWords(event)}"`;
    if (queue?.waiting.some((each) => each.is(event)) === true) {
      this.#judge.broken(CONTRACT.tells, `${what} before "${first?.words() ?? ''}", which came first`);
    } else if (queue?.last?.is(event) === true) this.#judge.broken(CONTRACT.tells, `${what} twice; it happened once`);
    else this.#judge.broken(CONTRACT.tells, `${what}, which the transport did not tell`);
  }

  beat(): void {
    for (const { waiting } of [...this.#queues.values(), ...this.#gossip.values()]) {
      const first = waiting[0];
      if (first === undefined || ++first.beats <= BEATS_MAX) continue;
      this.#judge.broken(CONTRACT.tells, `the transport told "${first.words()}", and the core was never told`);
      return;
    }
  }

  #note(peer: PeerId, entry: Told, queues = this.#queues): void {
    this.count++;
    if (!this.#running) return;
    const queue = queues.get(peer);
    if (queue === undefined) queues.set(peer, { waiting: [entry], last: null });
    else queue.waiting.push(entry);
  }
}

function told(words: () => string, is: (event: SyncEvent) => boolean): Told {
  return { words, is, beats: 0 };
}

function isConnected(peer: PeerId, wire: WireProtocol): Told {
  const range = (blocks: number) => (wire === 'pokt-background' ? blocks === 1 : blocks >= 1);
  return told(
    () => `${peer} connected (${wire})`,
    (event) => {
      return event.type === 'peerConnected' && event.peer === peer && range(event.rangeBlocksMax);
    },
  );
}

function isOffence(peer: PeerId, offence: Offence): Told {
  return told(
    () => `${peer} was caught at ${offence}`,
    (event) => {
      return event.type === 'peerMisbehaved' && event.peer === peer && event.offence === offence;
    },
  );
}

function isMessage(peer: PeerId, message: PeerMessage): Told {
  return told(
    () => `${message.type} of ${peer}`,
    (event) => {
      if (!('peer' in event) || event.peer !== peer) return false;
      switch (message.type) {
        case 'metadataRequest':
          return event.type === 'metadataRequested';
        case 'metadata': {
          const { minHeight, maxHeight } = message;
          return event.type === 'metadataReceived' && event.minHeight === minHeight && event.maxHeight === maxHeight;
        }
        case 'getBlocks': {
          const { requestId, from, to, bytesMax } = message;
          if (event.type !== 'blocksRequested' || event.bytesMax !== bytesMax) return false;
          return event.requestId === requestId && event.from === from && event.to === to;
        }
        case 'blocks':
          if (event.type !== 'blocksReceived' || (event.more === true) !== (message.more === true)) return false;
          return event.requestId === message.requestId && areSame(event, message);
        case 'noBlock': {
          if (event.type !== 'blocksUnavailable') return false;
          return event.requestId === message.requestId && event.height === message.height;
        }
      }
    },
  );
}

function areSame(
  { blocks }: EventOf<'blocksReceived'>,
  message: { readonly blocks: EventOf<'blocksReceived'>['blocks'] },
) {
  return blocks.length === message.blocks.length && blocks.every((block, i) => block === message.blocks[i]);
}

function isGossip(author: PeerId, { type, block }: GossipMessage): Told {
  const expected = type === 'newBlock' ? 'newBlockReceived' : 'proposalReceived';
  return told(
    () => `${type} ${block.height} of ${author}`,
    (event) => {
      return event.type === expected && 'block' in event && event.peer === author && event.block === block;
    },
  );
}

type OfTheTransport = EventOf<
  | 'peerConnected'
  | 'peerDisconnected'
  | 'peerMisbehaved'
  | 'metadataReceived'
  | 'metadataRequested'
  | 'blocksRequested'
  | 'blocksReceived'
  | 'blocksUnavailable'
  | 'newBlockReceived'
  | 'proposalReceived'
>;

const OF_THE_TRANSPORT: Readonly<Record<OfTheTransport['type'], true>> = {
  peerConnected: true,
  peerDisconnected: true,
  peerMisbehaved: true,
  metadataReceived: true,
  metadataRequested: true,
  blocksRequested: true,
  blocksReceived: true,
  blocksUnavailable: true,
  newBlockReceived: true,
  proposalReceived: true,
};

function isOfTheTransport(event: SyncEvent): event is OfTheTransport {
  return event.type in OF_THE_TRANSPORT;
}

function isAnnounced({ type }: OfTheTransport): boolean {
  return type === 'newBlockReceived' || type === 'proposalReceived';
}
