import type { CreateHostToCheck, PlanOverrides } from '../../../properties/index.ts';
import { createStateSyncNode } from '../../../properties/index.ts';
import type { NodeStatus, StateSyncNodeOptions } from '../../../src/node/index.ts';
import type { BlockStore } from '../../../src/node/ports.ts';
import type { Slip } from './actor-host.ts';
import { createActorHost } from './actor-host.ts';

/** A bug that hosts really have, planted in the actor host. */
export interface HostBug {
  readonly bug: string;
  readonly clauses: readonly string[];
  /** The property that must name it. */
  readonly breaks: string;
  /** What the report must say. */
  readonly says: RegExp;
  readonly createHost: CreateHostToCheck;
  /** A world in which it shows soon: the tests must be quick. */
  readonly plan?: PlanOverrides;
}

export const HOST_BUGS: readonly HostBug[] = [
  {
    bug: 'it forgets to tell that blocks are rolled back',
    clauses: ['HOST-6'],
    breaks: 'host-answers-each-effect-once',
    plan: { faulty: 3, behaviours: ['A19 bad-state-hash'], environment: ['A44 local-fault'] },
    says: /rollbackBlocks to \d+ .*: blocksRolledBack was never told; the executor has answered/,
    createHost: slipping((event, tell) => {
      if (event.type !== 'blocksRolledBack') tell(event);
    }),
  },
  {
    bug: 'it tells committed before the store has done it',
    clauses: ['HOST-6', 'APPLY-4'],
    breaks: 'host-tells-outcomes-truly',
    says: /told committed before the store had done it/,
    createHost: overStore((store) => ({
      commit: (...args) => {
        store.commit(...args).catch(() => undefined);
        return Promise.resolve();
      },
    })),
  },
  {
    bug: 'it swallows what the store throws',
    clauses: ['HOST-6', 'APPLY-5'],
    breaks: 'host-tells-outcomes-truly',
    plan: { environment: ['A45 store-fault'] },
    says: /told committed, and the store threw: .*simulated fault/,
    createHost: overStore((store) => ({ commit: (...args) => store.commit(...args).catch(() => undefined) })),
  },
  {
    bug: 'it tells an answer twice',
    clauses: ['HOST-4'],
    breaks: 'host-tells-what-ports-tell',
    says: /the core was told "\S+ answers \d+ .*" twice; it happened once/,
    createHost: slipping((event, tell) => {
      tell(event);
      if (event.type === 'blocksReceived') tell(event);
    }),
  },
  {
    bug: 'it tells an answer only after the one that came next',
    clauses: ['HOST-4'],
    breaks: 'host-tells-what-ports-tell',
    says: /the core was told ".*" before ".*", which came first/,
    createHost: (ports) => {
      const kept: Parameters<Slip>[0][] = [];
      return createActorHost(ports, (event, tell) => {
        if (event.type === 'blocksReceived' && kept.length === 0) {
          kept.push(event);
          return;
        }
        tell(event);
        for (const late of kept.splice(0)) tell(late);
      });
    },
  },
  {
    bug: 'it does not cancel the timer that it replaces',
    clauses: ['HOST-7'],
    breaks: 'host-keeps-timers',
    says: /timer \w+ fired.*(cleared|not cancelled)/,
    createHost: (ports) => {
      const { clock } = ports;
      const after = (delayMs: number, callback: () => void) => {
        clock.after(delayMs, callback);
        return () => undefined;
      };
      return createActorHost({ ...ports, clock: { now: () => clock.now(), after } });
    },
  },
  {
    bug: 'it ignores disconnectPeer',
    clauses: ['HOST-5'],
    breaks: 'host-carries-out-effects',
    plan: { faulty: 3, behaviours: ['A26 garbage'], environment: [] },
    says: /the core asked to disconnect \S+ and refuse it for \d+ ms, and it was not done/,
    createHost: overTransport(() => ({ disconnect: () => Promise.resolve() })),
  },
  {
    bug: 'it numbers its answers itself',
    clauses: ['HOST-6'],
    breaks: 'host-answers-each-effect-once',
    says: /was told for work \d+, which/,
    createHost: (ports) => {
      let workId = 0;
      return createActorHost(ports, (event, tell) => {
        tell('workId' in event ? { ...event, workId: ++workId } : event);
      });
    },
  },
  {
    bug: 'it forgets to tell that a request could not be sent',
    clauses: ['HOST-6', 'SYNC-4'],
    breaks: 'host-answers-each-effect-once',
    plan: { faulty: 3, behaviours: ['A39 send-failure'], environment: [] },
    says: /request \d+ could not be sent to \S+, and sendFailed was never told/,
    createHost: slipping((event, tell) => {
      if (event.type !== 'sendFailed') tell(event);
    }),
  },
  {
    bug: 'it asks Pocket peers for ranges',
    clauses: ['HOST-4'],
    breaks: 'host-tells-what-ports-tell',
    says: /connects, ranges of 8", which the transport did not tell/,
    createHost: slipping((event, tell) => {
      tell(event.type === 'peerConnected' ? { ...event, rangeBlocksMax: 8 } : event);
    }),
  },
  {
    bug: 'its start() never ends',
    clauses: ['HOST-2'],
    breaks: 'host-starts-and-stops',
    says: /start\(\) has not come to an end/,
    createHost: (ports) => {
      const host = createActorHost(ports);
      const start = async () => {
        await host.start();
        await new Promise(() => undefined);
      };
      return { ...host, start };
    },
  },
  {
    bug: 'it throws out of a listener',
    clauses: ['HOST-8'],
    breaks: 'host-never-throws',
    says: /gossip threw: no gossip here \(at .*host-bugs\.ts/,
    createHost: slipping((event, tell) => {
      if (event.type === 'newBlockReceived') throw new Error('no gossip here');
      tell(event);
    }),
  },
  {
    bug: 'it leaves a promise rejected',
    clauses: ['HOST-8'],
    breaks: 'host-never-throws',
    says: /a promise was rejected, and nobody heard it: lost/,
    createHost: slipping((event, tell) => {
      if (event.type === 'metadataReceived') void Promise.reject(new Error('lost'));
      tell(event);
    }),
  },
  {
    bug: 'it stamps events by the wall clock',
    clauses: ['HOST-3'],
    breaks: 'host-stamps-events-by-the-clock',
    says: /it looks like Date\.now\(\)/,
    createHost: ({ clock, ...ports }) => {
      const after = (delayMs: number, callback: () => void) => clock.after(delayMs, callback);
      return createActorHost({ ...ports, clock: { now: () => Date.now(), after } });
    },
  },
  {
    bug: 'it sets timers of the platform',
    clauses: ['HOST-7'],
    breaks: 'host-has-no-time-of-its-own',
    says: /setTimeout\(\) was called \(.*host-bugs\.ts/,
    createHost: ({ clock, ...ports }) => {
      const after = (delayMs: number, callback: () => void) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      };
      return createActorHost({ ...ports, clock: { now: () => clock.now(), after } });
    },
  },
  {
    bug: 'it spins when a request cannot be sent',
    clauses: ['HOST-5'],
    breaks: 'host-never-spins',
    plan: { faulty: 3, behaviours: ['A39 send-failure'], environment: [] },
    says: /20000 calls of ports at one and the same moment/,
    createHost: overTransport((transport) => ({
      send: async (peer, message) => {
        for (;;) {
          try {
            await transport.send(peer, message);
            return;
          } catch (error) {
            if (error instanceof Error && error.message.includes('spins')) throw error;
          }
        }
      },
    })),
  },
  {
    bug: 'it turns server mode on when it is told to turn it off',
    clauses: ['HOST-11', 'SERVE-1'],
    breaks: 'host-does-what-its-owner-asks',
    plan: { environment: ['E10 owner'] },
    says: /the core was told "Server_Enable"; setServerEnabled\(false\) was called/,
    createHost: slipping((event, tell) => {
      tell(event.type === 'Server_Disable' ? { type: 'Server_Enable' } : event);
    }),
  },
  {
    bug: 'it forgets that it was asked to sync',
    clauses: ['HOST-11', 'META-9'],
    breaks: 'host-does-what-its-owner-asks',
    plan: { environment: ['E10 owner'] },
    says: /startSyncing\(\) was called, and the core was never told "syncRequested"/,
    createHost: slipping((event, tell) => {
      if (event.type !== 'syncRequested') tell(event);
    }),
  },
  {
    bug: 'its status knows of a target that nobody claims',
    clauses: ['HOST-11', 'META-9'],
    breaks: 'host-tells-its-status-truly',
    says: /status\(\) says target \d+, the core has/,
    createHost: telling((status) => ({ ...status, target: (status.target ?? 0) + 1, etaMs: null })),
  },
  {
    bug: 'its status counts a block less than it has served',
    clauses: ['HOST-11'],
    breaks: 'host-tells-its-status-truly',
    plan: { nodes: 2 },
    says: /status\(\) says \d+ blocks \(\d+ bytes\) served, the transport took/,
    createHost: telling(({ served, ...status }) => {
      return { ...status, served: { ...served, blocks: Math.max(0, served.blocks - 1) } };
    }),
  },
];

/** The bundled node, whose status is told otherwise. */
function telling(change: (status: NodeStatus) => NodeStatus): CreateHostToCheck {
  return (options) => {
    const node = createStateSyncNode(options);
    const { status } = node;
    return Object.assign(node, { status: () => change(status?.call(node) as NodeStatus) });
  };
}

function slipping(slip: Slip): CreateHostToCheck {
  return (ports) => createActorHost(ports, slip);
}

function overStore(change: (store: BlockStore) => Partial<BlockStore>): CreateHostToCheck {
  return (ports) => createActorHost({ ...ports, store: over(ports.store, change(ports.store)) });
}

function overTransport(
  change: (transport: StateSyncNodeOptions['transport']) => Partial<StateSyncNodeOptions['transport']>,
): CreateHostToCheck {
  return (ports) => createActorHost({ ...ports, transport: over(ports.transport, change(ports.transport)) });
}

/** The port, with some of its methods replaced. */
function over<Port extends object>(port: Port, change: Partial<Port>): Port {
  const get = (target: Port, key: string | symbol): unknown => {
    if (key in change) return change[key as keyof Port];
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  };
  return new Proxy(port, { get });
}
