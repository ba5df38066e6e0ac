import type { StateChange } from '../../src/node/ports.ts';
import type { NodePorts } from '../../src/node/index.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { PeerMessage } from '../../src/protocol/messages.ts';
import type { Errands } from './errands.ts';
import type { Made } from './made.ts';
import type { Requests } from './requests.ts';
import type { ToldByTransport } from './told.ts';
import type { WorkDone } from './work.ts';

export interface PortWatch {
  readonly told: ToldByTransport;
  readonly errands: Errands;
  readonly requests: Requests;
  readonly work: WorkDone;
  /** Each call of a port. @throws Error when there are so many at one moment that the host must be spinning */
  called(): void;
  /** The way into the host, for everything: what it throws is told, and goes no further. */
  enter(what: string, call: () => void): void;
  /** The transport took a message. */
  sent(message: PeerMessage): void;
  /** What the clock showed. */
  showed(now: number): void;
  /** Something that a port has done, in words. */
  note(words: string): void;
}

/** The ports of one life of a host, with every call and every answer noted. */
export function watchedPorts(ports: NodePorts, watch: PortWatch): NodePorts {
  const { consensus } = ports;
  return {
    transport: watchedTransport(ports, watch),
    store: watchedStore(ports, watch),
    executor: watchedExecutor(ports, watch),
    verifier: {
      verify: (block, parent, certified) => {
        const verdicts = certified ? watch.work.verdicts.certified : watch.work.verdicts.bare;
        return follow(watch, () => ports.verifier.verify(block, parent, certified), verdicts.asked(block));
      },
    },
    clock: watchedClock(ports, watch),
    ...(consensus === undefined
      ? {}
      : {
          consensus: {
            start: (nextHeight) => {
              watch.errands.startsConsensus(nextHeight);
              consensus.start(nextHeight);
            },
            stop: () => {
              watch.errands.stopsConsensus();
              consensus.stop();
            },
            proposal: (from, block) => {
              watch.errands.proposes(from, block.height);
              consensus.proposal(from, block);
            },
          },
        }),
  };
}

function watchedTransport({ transport }: NodePorts, watch: PortWatch): NodePorts['transport'] {
  const { told, errands, requests } = watch;
  return {
    self: transport.self,
    start: (listener) => {
      const inner = told.listen(listener);
      return transport.start({
        peerConnected: (peer, wire) => watch.enter('peerConnected', () => inner.peerConnected(peer, wire)),
        peerDisconnected: (peer) => watch.enter('peerDisconnected', () => inner.peerDisconnected(peer)),
        message: (peer, message) => watch.enter('message', () => inner.message(peer, message)),
        gossip: (author, message) => watch.enter('gossip', () => inner.gossip(author, message)),
        offence: (peer, offence, detail) => watch.enter('offence', () => inner.offence(peer, offence, detail)),
      });
    },
    stop: () => transport.stop(),
    send: async (peer, message) => {
      watch.called();
      if (!requests.serves(peer, message)) errands.sends(peer, message);
      try {
        await transport.send(peer, message);
        watch.sent(message);
      } catch (error) {
        requests.sendFails(peer, message);
        if (message.type === 'getBlocks') watch.note(`sending request ${message.requestId ?? ''} to ${peer} fails`);
        throw error;
      }
    },
    publish: (message) => transport.publish(message),
    disconnect: (peer, refuseMs) => {
      watch.called();
      errands.disconnects(peer, refuseMs);
      return transport.disconnect(peer, refuseMs);
    },
  };
}

function watchedStore({ store }: NodePorts, watch: PortWatch): NodePorts['store'] {
  return {
    open: () => store.open(),
    close: () => store.close(),
    range: () => store.range(),
    read: async (height) => {
      watch.called();
      try {
        const block = await store.read(height);
        watch.requests.read(block);
        return block;
      } catch (error) {
        watch.requests.readFailed(height);
        throw error;
      }
    },
    ...readingMany(store, watch),
    commit: async (blocks: readonly SyncBlock[], state: readonly StateChange[]) => {
      const heights = blocks.map(({ height }) => height);
      return follow(
        watch,
        () => store.commit(blocks, state),
        (made) => {
          for (const height of heights) watch.work.committed.set(height, asDone(made));
          if (made !== 'asked')
            watch.note(
              `the store ${'threw' in made ? `fails to commit ${heights.join()}: ${made.threw}` : `has committed ${heights.join()}`}`,
            );
          for (const old of watch.work.committed.keys())
            if (old < (heights[0] ?? 0) - 100) watch.work.committed.delete(old);
        },
      );
    },
    prune: (minHeight) => store.prune(minHeight),
    state: () => store.state(),
  };
}

/** Only where the store can. */
function readingMany(store: NodePorts['store'], watch: PortWatch): Pick<NodePorts['store'], 'readMany'> {
  if (store.readMany === undefined) return {};
  return {
    readMany: async (from, to, bytesMax) => {
      watch.called();
      try {
        const blocks = (await store.readMany?.(from, to, bytesMax)) ?? [];
        for (const block of blocks) watch.requests.read(block);
        if (blocks.length === 0) watch.requests.readFailed(from);
        return blocks;
      } catch (error) {
        watch.requests.readFailed(from);
        throw error;
      }
    },
  };
}

function watchedExecutor({ executor }: NodePorts, watch: PortWatch): NodePorts['executor'] {
  const { work } = watch;
  return {
    open: (store) => executor.open(store),
    tip: () => executor.tip(),
    head: () => executor.head(),
    ...(executor.prepare === undefined ? {} : { prepare: (block: SyncBlock) => executor.prepare?.(block) }),
    apply: (block) =>
      follow(
        watch,
        () => executor.apply(block),
        (made) => {
          work.applied.set(block, made);
          if (made !== 'asked' && 'threw' in made)
            watch.note(`the executor fails to apply ${block.height}: ${made.threw}`);
        },
      ),
    changes: (height) => executor.changes(height),
    committed: (height) => {
      executor.committed(height);
    },
    rollback: async (toHeight) =>
      follow(
        watch,
        () => executor.rollback(toHeight),
        (made) => {
          work.rolledBack = { toHeight, made: asDone(made) };
          if (made !== 'asked')
            watch.note(`the executor ${'threw' in made ? 'fails to roll back' : 'has rolled back'} to ${toHeight}`);
        },
      ),
  };
}

function watchedClock({ clock }: NodePorts, watch: PortWatch): NodePorts['clock'] {
  return {
    now: () => {
      watch.called();
      const now = clock.now();
      watch.showed(now);
      return now;
    },
    after: (delayMs, callback) => {
      watch.called();
      // A process that was frozen wakes up with callbacks that were under way: those cancelled meanwhile do not come.
      let cancelled = false;
      const cancel = clock.after(delayMs, () => {
        if (!cancelled) watch.enter('timer callback', callback);
      });
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };
}

/** What answers at once does so here too. */
function follow<Answer>(
  watch: PortWatch,
  call: () => Answer | Promise<Answer>,
  note: (made: Made<Answer>) => void,
): Answer | Promise<Answer> {
  watch.called();
  note('asked');
  const answered = (answer: Answer): Answer => {
    note({ answer });
    return answer;
  };
  const failed = (error: unknown): never => {
    note({ threw: error instanceof Error ? error.message : String(error) });
    throw error;
  };
  let answer: Answer | Promise<Answer>;
  try {
    answer = call();
  } catch (error) {
    return failed(error);
  }
  return isPromise(answer) ? answer.then(answered, failed) : answered(answer);
}

/** Not by its class: a test runner that gives each file a global scope of its own has several. */
function isPromise<Answer>(answer: Answer | Promise<Answer>): answer is Promise<Answer> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

function asDone(made: Made<void>): Made<true> {
  return typeof made === 'object' && 'answer' in made ? { answer: true } : made;
}
