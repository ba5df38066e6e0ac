import { createMemoryStore } from '../../src/adapters/memory-store.ts';
import { createSystemClock } from '../../src/adapters/system-clock.ts';
import type { BlockStore, Transport, TransportListener, WireProtocol } from '../../src/node/ports.ts';
import type { PeerId, SyncBlock } from '../../src/protocol/block.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { CreateHostToCheck, HostToCheck } from '../contract/watched-host.ts';
import { errorInWords } from '../contract/watched-host.ts';
import { opaqueBlock } from '../links/chain.ts';
import { opaqueVerifier } from '../pace/host.ts';
import { withinRealTime } from '../ports/time-limit.ts';
import type { TransportNetwork, TransportSubject } from '../ports/transport-suite.ts';
import { createStateSyncNode } from '../simulation/host-under-test.ts';
import { Random } from '../simulation/random.ts';
import { chargedIn } from './charged.ts';
import type { Broken } from '../report/broken.ts';
import { BrokenProperty, WHOLE } from './properties.ts';
import { MarkingExecutor } from './stand-ins.ts';

/** How many nodes a network has. */
export const TRANSPORT_NODES = 3;
const HEIGHTS = 60;
const REAL_MS_MAX = 60_000;

export interface TransportCheckOptions {
  readonly createHost?: CreateHostToCheck;
  readonly realMsMax?: number;
}

/**
 * Three nodes over the transport, in real time: one syncs from two others, of which one stops halfway; the sizes of the
 * blocks are drawn from the seed. Every block must arrive as it was sent, and nobody is charged.
 */
export async function checkTransportInNetwork(
  seed: number,
  subject: TransportSubject,
  { createHost = createStateSyncNode, realMsMax = REAL_MS_MAX }: TransportCheckOptions = {},
): Promise<Broken | null> {
  const network = subject.createNetwork();
  const cargo = new Cargo(network, new Random(seed).fork('sizes'));
  const hosts: HostToCheck[] = [];
  const late = () =>
    WHOLE.syncs.broken(`the node is not at height ${HEIGHTS} after ${realMsMax / 1_000} s of real time`).broken;
  try {
    return await withinRealTime<Broken | null>(realMsMax, syncInNetwork(network, cargo, createHost, hosts), late);
  } catch (error) {
    return error instanceof BrokenProperty ? error.broken : WHOLE.starts.broken(errorInWords(error)).broken;
  } finally {
    const stopped = Promise.allSettled(hosts.map((host) => host.stop())).then(() => network.close());
    await withinRealTime(realMsMax, stopped, () => undefined);
  }
}

/** @param hosts those that are started; @throws BrokenProperty and what the transport throws */
async function syncInNetwork(
  network: TransportNetwork,
  cargo: Cargo,
  createHost: CreateHostToCheck,
  hosts: HostToCheck[],
): Promise<null> {
  const { promise: isThere, resolve, reject } = Promise.withResolvers<null>();
  // It may fail before the last node is up.
  isThere.catch(() => undefined);
  const join = async (store: BlockStore): Promise<HostToCheck> => {
    const relay = new Relay(cargo, reject);
    const host = hostOver(await relay.over(network), store, cargo, createHost, reject);
    hosts.push(host);
    await host.start();
    return host;
  };
  const leaving = await join(await storeOf(cargo.chain));
  await join(await storeOf(cargo.chain));
  await join(
    watchedStore({
      [HEIGHTS / 2]: () => void leaving.stop().catch(reject),
      [HEIGHTS]: () => {
        resolve(null);
      },
    }),
  );
  return isThere;
}

function hostOver(
  transport: Transport,
  store: BlockStore,
  { chain, blockBytesMax }: Cargo,
  createHost: CreateHostToCheck,
  fail: (broken: BrokenProperty) => void,
): HostToCheck {
  return createHost({
    transport,
    store,
    executor: new MarkingExecutor(chain[0]?.parentId ?? ''),
    verifier: opaqueVerifier(),
    clock: createSystemClock(),
    config: { blockBytesMax },
    observe: (_, effects) => {
      const [charged] = chargedIn(effects);
      if (charged !== undefined) fail(WHOLE.charges.broken(`${charged} is charged, and all are honest`));
    },
    onInternalError: (error) => {
      fail(WHOLE.errors.broken(errorInWords(error)));
    },
  });
}

/** The chain that the nodes know, and the blocks that stand for it on the wire, which has blocks of its own. */
class Cargo {
  readonly chain: readonly SyncBlock[];
  readonly blockBytesMax: number;
  readonly #wired: readonly SyncBlock[];

  constructor(network: TransportNetwork, random: Random) {
    this.#wired = Array.from({ length: HEIGHTS }, (_, i) => {
      // From a few bytes to nearly as large as may be.
      return network.block(i + 1, Math.floor(network.blockBytesMax ** random.between(0.3, 0.99)));
    });
    this.blockBytesMax = this.#wired.reduce((most, { bytes }) => Math.max(most, bytes), 0);
    this.chain = this.#wired.map(({ bytes }, i) => opaqueBlock(i + 1, bytes));
  }

  onWire(block: SyncBlock): SyncBlock {
    const wired = this.#wired[block.height - 1];
    if (wired === undefined) throw new Error(`nobody has block ${block.height}`);
    return wired;
  }

  /** @throws BrokenProperty */
  offWire({ height, contentId, bytes }: SyncBlock): SyncBlock {
    const wired = this.#wired[height - 1];
    const block = this.chain[height - 1];
    if (block !== undefined && wired?.contentId === contentId && wired.bytes === bytes) return block;
    throw WHOLE.arrives.broken(`block ${height} of ${bytes} bytes, ${contentId}, is none that was sent`);
  }
}

/** Stands between a node and the transport under check: the blocks of the one for those of the other. */
class Relay implements TransportListener {
  readonly #cargo: Cargo;
  readonly #fail: (error: unknown) => void;
  readonly #early: ((listener: TransportListener) => void)[] = [];
  #listener: TransportListener | null = null;

  constructor(cargo: Cargo, fail: (error: unknown) => void) {
    this.#cargo = cargo;
    this.#fail = fail;
  }

  /** The transport is up before the node is: what it tells until then is kept. */
  async over(network: TransportNetwork): Promise<Transport> {
    const inner = await network.start(this);
    return {
      self: inner.self,
      start: async (listener) => {
        this.#listener = listener;
        for (const tell of this.#early.splice(0)) tell(listener);
      },
      stop: () => inner.stop(),
      send: (peer, message) =>
        inner.send(
          peer,
          this.#carried(message, (block) => this.#cargo.onWire(block)),
        ),
      // What is announced are blocks of the chain, and there are no new ones.
      publish: () => Promise.resolve(),
      disconnect: (peer, refuseMs) => inner.disconnect(peer, refuseMs),
    };
  }

  peerConnected(peer: PeerId, wire: WireProtocol): void {
    this.#tell((listener) => listener.peerConnected(peer, wire));
  }

  peerDisconnected(peer: PeerId): void {
    this.#tell((listener) => listener.peerDisconnected(peer));
  }

  message(peer: PeerId, message: PeerMessage): void {
    try {
      const carried = this.#carried(message, (block) => this.#cargo.offWire(block));
      this.#tell((listener) => listener.message(peer, carried));
    } catch (error) {
      this.#fail(error);
    }
  }

  gossip(author: PeerId, message: GossipMessage): void {
    this.#tell((listener) => listener.gossip(author, message));
  }

  offence(peer: PeerId, offence: Offence, detail: string): void {
    this.#tell((listener) => listener.offence(peer, offence, detail));
  }

  #carried(message: PeerMessage, exchange: (block: SyncBlock) => SyncBlock): PeerMessage {
    return message.type === 'blocks' ? { ...message, blocks: message.blocks.map(exchange) } : message;
  }

  #tell(tell: (listener: TransportListener) => void): void {
    if (this.#listener === null) this.#early.push(tell);
    else tell(this.#listener);
  }
}

async function storeOf(chain: readonly SyncBlock[]): Promise<BlockStore> {
  const store = createMemoryStore();
  const executor = new MarkingExecutor(chain[0]?.parentId ?? '');
  await store.open();
  for (const block of chain) await executor.apply(block);
  await store.commit(chain, executor.changes(chain.length));
  await store.close();
  return store;
}

/** Tells when it comes to certain heights. */
function watchedStore(reached: Record<number, () => void>): BlockStore {
  const store = createMemoryStore();
  const commit = store.commit.bind(store);
  let below = 0;
  store.commit = async (blocks, state) => {
    await commit(blocks, state);
    const { maxHeight } = store.range();
    for (const [height, tell] of Object.entries(reached)) {
      if (below < Number(height) && Number(height) <= maxHeight) tell();
    }
    below = maxHeight;
  };
  return store;
}
