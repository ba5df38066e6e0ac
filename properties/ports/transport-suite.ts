import type { Transport, TransportListener } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import { assertEqual, assertRejects, assertThat } from './assertions.ts';
import { portCase, type PortCase } from './port-case.ts';
import { TransportRecorder } from './transport-recorder.ts';

/** Some nodes of one network, all of them connected to each other. */
export interface TransportNetwork {
  /** A transport with an identity of its own, started, which connects to all that were started before it. */
  start(listener: TransportListener): Promise<Transport>;
  /** A block that the network's wire can carry, of at least `bytes` bytes. */
  block(height: number, bytes: number): SyncBlock;
  /** A block of this many bytes fits into one message, one of twice as many does not. */
  readonly blockBytesMax: number;
  /** Stops every transport. */
  close(): Promise<void>;
}

/** What the suite needs to try a transport. Peers speak `pocket-state-sync` to each other. */
export interface TransportSubject {
  createNetwork(): TransportNetwork;
}

interface Member {
  readonly transport: Transport;
  readonly told: TransportRecorder;
}

const REFUSE_MS = 400;
const FLOOD = 5_000;

/** Every `Transport` passes these. They take real time: some seconds over a real network. */
export const transportCases: readonly PortCase<TransportSubject>[] = [
  networkCase(
    ['META-1'],
    'a connection is told once to either side, by the identity of the other',
    2,
    async ([a, b]) => {
      assertEqual(connections(a), [`connected ${b.transport.self}`], 'what the one was told');
      assertEqual(connections(b), [`connected ${a.transport.self}`], 'what the other was told');
      assertThat(a.transport.self !== b.transport.self, 'the two have the same identity');
    },
  ),

  networkCase(
    ['SYNC-2'],
    'every kind of message arrives intact and in order, both ways',
    2,
    async ([a, b], network) => {
      const messages: PeerMessage[] = [
        { type: 'metadataRequest' },
        { type: 'metadata', minHeight: 1, maxHeight: Number.MAX_SAFE_INTEGER },
        { type: 'getBlocks', requestId: 1, from: 5, to: 9 },
        { type: 'getBlocks', requestId: 9, from: 1, to: 9, bytesMax: 1_000_000 },
        { type: 'blocks', requestId: 1, blocks: [network.block(5, 100), network.block(6, 5_000)] },
        { type: 'blocks', requestId: 9, blocks: [network.block(1, 100)], more: true },
        { type: 'noBlock', requestId: 2, height: 7 },
        { type: 'blocks', requestId: 3, blocks: [network.block(8, 100_000)] },
        { type: 'getBlocks', requestId: 4, from: 10, to: 10 },
      ];
      await Promise.all([...messages.map((each) => call(a, b, each)), ...messages.map((each) => call(b, a, each))]);
      for (const [receiver, sender] of [
        [a, b],
        [b, a],
      ] as const) {
        await receiver.told.nth('message', messages.length);
        const got = receiver.told.of('message');
        assertEqual(
          got.map(({ message }) => outline(message)),
          messages.map(outline),
          'the messages',
        );
        assertThat(
          got.every(({ peer }) => peer === sender.transport.self),
          'a message names another sender',
        );
      }
    },
  ),

  networkCase(['CHUNK-1'], 'the parts of answers come in order, among other messages', 2, async ([a, b], network) => {
    const parts = Array.from({ length: 60 }, (_, index): PeerMessage => {
      const blocks = [network.block(2 * index + 1, 20_000), network.block(2 * index + 2, 20_000)];
      return { type: 'blocks', requestId: index % 2, blocks, ...(index < 58 ? { more: true } : {}) };
    });
    const sent: PeerMessage[] = [];
    const send = async (messages: readonly PeerMessage[]): Promise<void> => {
      for (const message of messages) {
        sent.push(message);
        await call(a, b, message);
      }
    };
    const others = Array.from({ length: 20 }, (_, height): PeerMessage => ({ type: 'noBlock', requestId: 2, height }));
    const [even, odd] = [0, 1].map((rest) => parts.filter((_, index) => index % 2 === rest));
    await Promise.all([send(even ?? []), send(odd ?? []), send(others)]);
    await b.told.nth('message', sent.length);
    const got = b.told.of('message').map(({ message }) => outline(message));
    assertEqual(got, sent.map(outline), 'the messages');
  }),

  networkCase(
    ['LIVE-1', 'A33'],
    'gossip is told once, by its author, and not to the author',
    3,
    async (members, network) => {
      for (const [author, height] of members.map((member, index) => [member, index + 1] as const)) {
        const others = members.filter((member) => member !== author);
        await publishUntil(author, height * 1_000, network, () =>
          others.every(({ told }) => told.of('gossip').some(({ peer }) => peer === author.transport.self)),
        );
      }
      for (const { transport, told } of members) {
        const gossip = told.of('gossip');
        assertThat(
          gossip.every(({ peer }) => peer !== transport.self),
          'a node was told its own gossip',
        );
        for (const { peer, message } of gossip) {
          const author = members[Math.floor(message.block.height / 1_000) - 1]?.transport.self;
          assertEqual(peer, author, 'the author told');
        }
        const heights = gossip.map(({ message }) => message.block.height);
        assertEqual(new Set(heights).size, heights.length, 'gossip told, each once');
      }
    },
  ),

  networkCase(['SYNC-4'], 'sending to who is not connected fails as PEER_UNREACHABLE', 2, async ([a, b]) => {
    const send = (to: string) => () => a.transport.send(to, { type: 'metadataRequest' });
    await assertRejects(send('00'.repeat(20)), ['PEER_UNREACHABLE'], 'sending to a stranger');
    await assertRejects(send(a.transport.self), ['PEER_UNREACHABLE'], 'sending to oneself');
    await b.transport.stop();
    await a.told.nth('disconnected', 1);
    await assertRejects(send(b.transport.self), ['PEER_UNREACHABLE'], 'sending to who has left');
    await a.transport.stop();
    await assertRejects(send(b.transport.self), ['PEER_UNREACHABLE'], 'sending when stopped');
  }),

  networkCase(['PEER-1'], 'a disconnected peer is refused for that time, and welcome after it', 2, async ([a, b]) => {
    const disconnectedAtMs = performance.now();
    await within(a, () => a.transport.disconnect(b.transport.self, REFUSE_MS));
    await assertRejects(
      () => a.transport.send(b.transport.self, { type: 'metadataRequest' }),
      ['PEER_UNREACHABLE'],
      'sending to a refused peer',
    );
    await Promise.all([a.told.nth('disconnected', 1), b.told.nth('disconnected', 1)]);
    const again = await a.told.nth('connected', 2);
    const afterMs = again.atMs - disconnectedAtMs;
    assertThat(afterMs >= REFUSE_MS, `refused for ${REFUSE_MS} ms, but connected again after ${afterMs} ms`);
    await b.told.until(() => connections(b).at(-1) === `connected ${a.transport.self}`, 'the new connection');
    await call(b, a, { type: 'metadataRequest' });
    await a.told.nth('message', 1);
  }),

  networkCase(['PEER-1'], 'what a disconnected peer had sent is not told any more', 2, async ([a, b]) => {
    const sends = Array.from({ length: 50 }, () => a.transport.send(b.transport.self, { type: 'metadataRequest' }));
    const settled = Promise.allSettled(sends);
    await b.told.until(() => {
      if (b.told.of('message').length === 0) return false;
      // Inside the first message's call, so that the others are under way.
      void b.transport.disconnect(a.transport.self, 60_000);
      return true;
    }, 'the first message');
    await Promise.all([settled, a.told.nth('disconnected', 1), b.told.nth('disconnected', 1)]);
    assertEqual(b.told.of('message').length, 1, 'messages told');
  }),

  networkCase(['PEER-1'], 'disconnecting a stranger is harmless', 2, async ([a, b]) => {
    await within(a, () => a.transport.disconnect('00'.repeat(20), 1_000));
    await call(a, b, { type: 'metadataRequest' });
    await b.told.nth('message', 1);
  }),

  networkCase(['PEER-2'], 'stopping silences, is told to the others, and can be repeated', 2, async ([a, b]) => {
    const sends = Array.from({ length: 100 }, () =>
      b.transport.send(a.transport.self, { type: 'metadataRequest' }).catch(() => undefined),
    );
    await a.told.nth('message', 1);
    await within(a, () => a.transport.stop());
    const toldAtStop = a.told.told.length;
    await b.told.nth('disconnected', 1);
    await Promise.all(sends);
    await a.transport.stop();
    assertEqual(a.told.told.length, toldAtStop, 'what was told, by the time stop() resolved and later');
    assertEqual(connections(b).length, 2, 'connections and disconnections told to the other');
  }),

  networkCase([], 'a stopped transport can be started again', 2, async ([a, b], _network) => {
    await a.transport.stop();
    await b.told.nth('disconnected', 1);
    const told = new TransportRecorder();
    await a.transport.start(told);
    await assertRejects(() => a.transport.start(told), ['TRANSPORT_FAILED'], 'starting it twice');
    await a.transport.stop();
  }),

  networkCase(['LIVE-1'], 'publishing with nobody connected succeeds', 1, async ([a], network) => {
    await within(a, () => a.transport.publish({ type: 'newBlock', block: network.block(1, 100) }));
    assertEqual(a.told.told, [], 'what was told');
  }),

  networkCase(['LIMIT', 'A25'], 'the largest message passes, a larger one is refused', 2, async ([a, b], network) => {
    const { blockBytesMax } = network;
    const largest: PeerMessage = { type: 'blocks', requestId: 1, blocks: [network.block(1, blockBytesMax)] };
    const larger: PeerMessage = { type: 'blocks', requestId: 2, blocks: [network.block(2, 2 * blockBytesMax)] };
    await call(a, b, largest);
    await assertRejects(() => call(a, b, larger), ['OVERSIZE_MESSAGE'], 'sending more than the limit');
    await call(a, b, { type: 'noBlock', requestId: 3, height: 3 });
    await b.told.nth('message', 2);
    const kinds = b.told.of('message').map(({ message }) => message.type);
    assertEqual(kinds, ['blocks', 'noBlock'], 'what arrived');
  }),

  networkCase(['LIMIT', 'A28'], 'a flood is sent or refused, in order, and ends', 2, async ([a, b]) => {
    const accepted: number[] = [];
    const sends = Array.from({ length: FLOOD }, async (_, height) => {
      try {
        await a.transport.send(b.transport.self, { type: 'noBlock', requestId: 1, height });
        accepted.push(height);
      } catch (error) {
        const refused = error instanceof StateSyncError && error.code === 'PEER_UNREACHABLE';
        assertThat(refused, `refused as ${String(error)}, not as PEER_UNREACHABLE`);
      }
    });
    await Promise.all(sends);
    await call(a, b, { type: 'metadataRequest' });
    await b.told.nth('message', accepted.length + 1);
    const heights = b.told.of('message').flatMap(({ message }) => (message.type === 'noBlock' ? [message.height] : []));
    assertEqual(heights, accepted, 'the heights that arrived');
    assertThat(accepted.length > 0, 'nothing of the flood was sent');
  }),
];

type Members<Count extends number> = Count extends 1
  ? readonly [Member]
  : Count extends 2
    ? readonly [Member, Member]
    : readonly [Member, Member, Member];

/** A case with that many connected nodes. Whatever it does, nobody in it misbehaves, so nobody may be charged. */
function networkCase<Count extends 1 | 2 | 3>(
  clauses: readonly string[],
  what: string,
  count: Count,
  run: (members: Members<Count>, network: TransportNetwork) => Promise<void>,
): PortCase<TransportSubject> {
  return portCase(clauses, what, async (subject) => {
    const network = subject.createNetwork();
    const members: Member[] = [];
    try {
      for (let index = 0; index < count; index += 1) {
        const told = new TransportRecorder();
        members.push({ transport: await network.start(told), told });
      }
      if (count > 1) await Promise.all(members.map(({ told }) => told.nth('connected', count - 1)));
      await run(members as readonly Member[] as Members<Count>, network);
      for (const { told } of members) {
        assertEqual(told.of('offence'), [], 'offences');
        assertEqual(told.reentrant, [], 'what was told inside a call to the transport');
      }
    } finally {
      await network.close();
    }
  });
}

/** Runs a call to a member's transport, inside which the member must be told nothing. */
function within<Result>({ told }: Member, run: () => Promise<Result>): Promise<Result> {
  told.inCall = true;
  try {
    return run();
  } finally {
    told.inCall = false;
  }
}

function call(from: Member, to: Member, message: PeerMessage): Promise<void> {
  return within(from, () => from.transport.send(to.transport.self, message));
}

/** Publishing is best effort, so it is done until it is heard: a block of another height each time. */
async function publishUntil(
  author: Member,
  firstHeight: number,
  network: TransportNetwork,
  heard: () => boolean,
): Promise<void> {
  for (let height = firstHeight; height < firstHeight + 200; height += 1) {
    await within(author, () => author.transport.publish({ type: 'newBlock', block: network.block(height, 100) }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (heard()) return;
  }
  throw new Error(`gossip of ${author.transport.self} is not heard`);
}

function connections({ told }: Member): string[] {
  return told.told.flatMap((each) =>
    each.type === 'connected' || each.type === 'disconnected' ? [`${each.type} ${each.peer}`] : [],
  );
}

/** A message without the bodies of its blocks, which only the wire's codec can compare. */
function outline(message: PeerMessage): unknown {
  if (message.type !== 'blocks') return message;
  return { ...message, blocks: message.blocks.map(({ body: _, ...rest }) => rest) };
}
