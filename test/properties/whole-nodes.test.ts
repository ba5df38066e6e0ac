import { describe, expect, it, vi } from 'vitest';
import type { CreateHostToCheck, Parts } from '../../properties/index.ts';
import { chargedTimeout } from '../../properties/campaign/canaries/charged-timeout.ts';
import { hostOver } from '../../properties/campaign/canaries/planted-host.ts';
import { checkHost, checkWholeNode, createStateSyncNode, HostCheckError } from '../../properties/index.ts';
import { createMemoryStore } from '../../src/adapters/memory-store.ts';
import type { BlockStore, ChainTip, Executor, Transport } from '../../src/node/ports.ts';
import { bundledParts } from '../../properties/whole-nodes/bundled-parts.ts';
import { createMemoryNetwork } from '../../src/adapters/memory-transport.ts';
import { plainBlock } from '../adapters/plain-blocks.ts';
import { textBlock } from '../transport/test-codec.ts';

vi.setConfig({ testTimeout: 120_000 });

const [freshSeed = 0] = crypto.getRandomValues(new Uint32Array(1));
const RUNS = 15;
const RUNS_TO_CATCH = 60;

describe('a node of LevelDB, ledger, certificates and wire', () => {
  it(`APPLY-4, SYNC-2, SERVE-3: syncs, is killed, comes back and serves (fresh seed ${freshSeed})`, async () => {
    let [refusing, lives] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const check = await checkWholeNode(freshSeed + run, bundledParts);
      expect(check.violation, `seed ${freshSeed + run}`).toBeNull();
      if (check.refusals > 0) refusing++;
      lives += check.lives;
    }
    expect(refusing).toBeGreaterThan(0);
    expect(lives).toBeGreaterThan(RUNS);
  });

  it('the same seed gives the same run', async () => {
    const { violation: _, ...first } = await checkWholeNode(7, bundledParts);
    const { violation: __, ...again } = await checkWholeNode(7, bundledParts);
    expect(again).toEqual(first);
  });
});

/** Changes one method of an object. */
function changed<Thing extends object, Name extends keyof Thing>(thing: Thing, name: Name, to: Thing[Name]): Thing {
  thing[name] = to;
  return thing;
}

interface PlantedBug {
  readonly bug: string;
  readonly clauses: string;
  readonly breaks: string;
  readonly plant?: (parts: Parts) => Partial<Parts>;
  readonly createHost?: CreateHostToCheck;
}

const storing = (change: (store: BlockStore) => BlockStore) => (parts: Parts) => ({
  store: () => change(parts.store()),
});
const executing = (change: (executor: Executor) => Executor) => (parts: Parts) => ({
  executor: () => change(parts.executor()),
});

/** An executor with another tip for as long as that is the one it was opened with. */
function onceReopened(executor: Executor, tipThen: (tip: ChainTip) => ChainTip): Executor {
  const [open, tip] = [executor.open.bind(executor), executor.tip.bind(executor)];
  let opened = 0;
  changed(executor, 'open', async (store) => {
    await open(store);
    opened = tip().height;
  });
  return changed(executor, 'tip', () => (opened > 0 && tip().height === opened ? tipThen(tip()) : tip()));
}

const BUGS: readonly PlantedBug[] = [
  {
    bug: 'a store that leaves the state of every second commit out',
    clauses: 'APPLY-4',
    breaks: 'starts-and-stops-over-its-parts',
    plant: storing((store) => {
      const commit = store.commit.bind(store);
      let commits = 0;
      return changed(store, 'commit', (blocks, state) => commit(blocks, ++commits % 2 === 0 ? [] : state));
    }),
  },
  {
    bug: 'a store that says done before it is',
    clauses: 'APPLY-4',
    breaks: 'what-is-committed-stays',
    plant: storing((store) => {
      const commit = store.commit.bind(store);
      let before: Parameters<BlockStore['commit']> | null = null;
      return changed(store, 'commit', async (blocks, state) => {
        if (before !== null) await commit(...before);
        before = [blocks, state];
      });
    }),
  },
  {
    bug: 'a store that reads the block before',
    clauses: 'SERVE-3',
    breaks: 'stores-the-chain-and-nothing-else',
    plant: storing((store) => {
      const read = store.read.bind(store);
      return changed(store, 'read', (height) => read(height > 8 ? height - 1 : height));
    }),
  },
  {
    bug: 'a store that reads many blocks in the wrong order',
    clauses: 'CHUNK-1',
    breaks: 'stores-the-chain-and-nothing-else',
    plant: storing((store) => {
      const readMany = store.readMany?.bind(store);
      if (readMany === undefined) return store;
      return changed(store, 'readMany', async (from, to, bytesMax) =>
        (await readMany(from, to, bytesMax)).toReversed(),
      );
    }),
  },
  {
    bug: 'an executor that keeps what it should roll back',
    clauses: 'APPLY-2',
    breaks: 'a-whole-node-syncs',
    plant: executing((executor) => changed(executor, 'rollback', () => Promise.resolve())),
  },
  {
    bug: 'an executor that is a block behind after it is opened again',
    clauses: 'APPLY-5',
    breaks: 'starts-and-stops-over-its-parts',
    plant: executing((executor) => onceReopened(executor, (tip) => ({ ...tip, height: tip.height - 1 }))),
  },
  {
    bug: 'an executor that comes back with another state hash',
    clauses: 'APPLY-5',
    breaks: 'begins-where-the-store-is',
    plant: executing((executor) => onceReopened(executor, (tip) => ({ ...tip, stateHash: 'another' }))),
  },
  {
    bug: 'a verifier that takes every certificate',
    clauses: 'APPLY-1',
    breaks: 'stores-the-chain-and-nothing-else',
    plant: () => ({ verifier: { verify: async () => ({ valid: true }) } }),
  },
];

function withSend(transport: Transport, send: Transport['send']): Transport {
  const { self, start, stop, publish, disconnect } = transport;
  return {
    self,
    send,
    start: start.bind(transport),
    stop: stop.bind(transport),
    publish: publish.bind(transport),
    disconnect: disconnect.bind(transport),
  };
}

const HOST_BUGS: readonly PlantedBug[] = [
  {
    bug: 'a host that serves its blocks from the last to the first',
    clauses: 'CHUNK-1',
    breaks: 'serves-what-it-has',
    createHost: (options) => {
      const { transport } = options;
      const send: Transport['send'] = (peer, message) => {
        if (message.type !== 'blocks') return transport.send(peer, message);
        return transport.send(peer, { ...message, blocks: message.blocks.toReversed() });
      };
      return createStateSyncNode({ ...options, transport: withSend(transport, send) });
    },
  },
  {
    bug: 'a host that charges whoever takes too long',
    clauses: 'APPLY-3',
    breaks: 'whoever-sends-bad-blocks-is-charged',
    createHost: hostOver(chargedTimeout),
  },
  {
    bug: 'a host that stumbles over a block that applies elsewhere',
    clauses: 'APPLY-5',
    breaks: 'no-error-goes-astray',
    createHost: (options) =>
      createStateSyncNode({
        ...options,
        observe: (event, effects, state, before) => {
          options.observe?.(event, effects, state, before);
          if (event.type === 'blocksApplied') options.onInternalError?.(new Error('stumbled'));
        },
      }),
  },
];

describe('whole nodes: bugs that are planted are caught', () => {
  for (const { bug, clauses, breaks, plant, createHost } of [...BUGS, ...HOST_BUGS]) {
    it(`${clauses}: ${bug}: ${breaks}`, async () => {
      const found = new Set<string>();
      for (let seed = 1; seed <= RUNS_TO_CATCH && !found.has(breaks); seed++) {
        const makeParts = async (drawn: number) => {
          const parts = await bundledParts(drawn);
          return { ...parts, ...plant?.(parts) };
        };
        const { violation } = await checkWholeNode(
          seed,
          makeParts,
          createHost === undefined ? {} : { createHost, ownCore: false },
        );
        if (violation !== null) found.add(violation.property);
      }
      expect([...found]).toContain(breaks);
    });
  }

  it('APPLY-5: a call that never comes to an end', async () => {
    const stuck = async (seed: number) => {
      const parts = await bundledParts(seed);
      const never = new Promise<never>(() => undefined);
      return { ...parts, verifier: { verify: () => never } };
    };
    const { violation } = await checkWholeNode(1, stuck, { realMsMax: 500 });
    expect(violation?.property).toBe('every-call-comes-to-an-end');
  });
});

describe('checkHost on single adapters', () => {
  const storeSubject = (change: (store: BlockStore) => BlockStore) => ({
    create: async () => {
      const store = change(createMemoryStore());
      return { store, again: () => store, block: plainBlock, dispose: async () => undefined };
    },
  });
  const network = (change: (transport: Transport) => Transport) => () => {
    const nodes = createMemoryNetwork({ messageBytesMax: 100_000 });
    const started: Transport[] = [];
    return {
      blockBytesMax: 100_000,
      block: textBlock,
      start: async (recorder: Parameters<Transport['start']>[0]) => {
        const transport = change(nodes.transport(String(started.length).repeat(40)));
        started.push(transport);
        await transport.start(recorder);
        return transport;
      },
      close: async () => {
        for (const transport of started) await transport.stop();
      },
    };
  };

  it('HOST-1: runs them in whole nodes after their suites, under the host that is given', async () => {
    let hosts = 0;
    const createHost: typeof createStateSyncNode = (options) => {
      hosts++;
      return createStateSyncNode(options);
    };
    const plan = { nodes: 1, faulty: 0, environment: [], faultsMs: 40_000 };
    const report = await checkHost({ createHost, store: storeSubject((store) => store) }, { runs: 2, seed: 1, plan });
    const [nodes] = report.wholeNodes;
    expect(nodes).toMatchObject({ port: 'store', failed: null });
    expect(nodes?.lives).toBeGreaterThan(nodes?.runs ?? 0);
    expect(nodes?.refusing).toBeGreaterThan(0);
    expect(hosts).toBeGreaterThan(nodes?.lives ?? 0);
    expect(report.text).toContain('The store in whole nodes: 25 networks');
  });

  it('APPLY-5: what the suite does not see is told with the line that shows it again', async () => {
    // The suite makes fewer commits than that in any one store.
    const forgetful = storeSubject((store) => {
      const commit = store.commit.bind(store);
      let commits = 0;
      return changed(store, 'commit', (blocks, state) => commit(blocks, ++commits > 12 ? [] : state));
    });
    const error = await checkHost({ store: forgetful }, { seed: 3 }).catch((thrown: unknown) => thrown);
    if (!(error instanceof HostCheckError)) throw error;
    expect(error.report.portCases.every(({ failed }) => failed === null)).toBe(true);
    expect(error.message).toContain('BROKEN: starts-and-stops-over-its-parts');
    const again = /replay: '(store \d+)'/.exec(error.message)?.[1] ?? '';
    await expect(checkHost({ store: forgetful }, { replay: again })).rejects.toThrow('starts-and-stops-over-its-parts');
  });

  it('SYNC-2: a transport carries what nodes send to each other, and one that spoils a byte is found', async () => {
    const good = await checkHost({ transport: { createNetwork: network((transport) => transport) } }, { seed: 1 });
    expect(good.wholeNodes).toMatchObject([{ port: 'transport', runs: 2, failed: null }]);
    const spoiling = network((transport) => {
      const send = transport.send.bind(transport);
      return changed(transport, 'send', (peer, message) => {
        if (message.type !== 'blocks') return send(peer, message);
        const blocks = message.blocks.map((block) =>
          block.height > 20 && block.bytes % 2 === 1 ? { ...block, contentId: 'spoiled' } : block,
        );
        return send(peer, { ...message, blocks });
      });
    });
    const bad = checkHost({ transport: { createNetwork: spoiling } }, { seed: 1 });
    await expect(bad).rejects.toThrow('BROKEN: blocks-arrive-as-they-were-sent');
  });
});
