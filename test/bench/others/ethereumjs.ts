import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine, EngineRun, Load } from '../engines/engine.ts';
import { PROCESS_BLOCKS, ProgressCount, within } from '../engines/engine.ts';
import { nextTurn, sleepExactly } from '../engines/sleep.ts';
import { drawing } from '../../../properties/links/peer-plan.ts';
import { ETHEREUMJS_VERSION, OTHERS_DIRECTORY } from './install.ts';

/** As much of the package's types as is used here. */
interface FetcherModule {
  readonly BlockFetcher: new (options: object) => Fetcher;
}

interface Fetcher {
  request: (job: { readonly task: { readonly first: bigint; readonly count: number } }) => Promise<unknown>;
  store: (blocks: readonly unknown[]) => Promise<void>;
  fetch(): Promise<unknown>;
  destroy(): void;
  running: boolean;
}

interface Peer {
  idle: boolean;
  readonly id: string;
  readonly eth: object;
}

/** Of the client's own configuration: how many blocks it asks for at a time, how many requests it has under way. */
const CLIENT_PER_REQUEST = 100;
const JOBS_MAX = 100;
const REQUESTS_MAX = 5;

/**
 * BlockFetcher of @ethereumjs/client. Two of its methods are replaced, those that decode a peer's bytes and store blocks:
 * they are not the engine. With blocks of 32 a request as the others have it, and with 100, its own default.
 */
export async function loadEthereumjs(perRequest?: number): Promise<Engine> {
  const path = ['node_modules', '@ethereumjs', 'client', 'dist', 'esm', 'src', 'sync', 'fetcher', 'blockfetcher.js'];
  const url = pathToFileURL(join(OTHERS_DIRECTORY, ...path)).href;
  const { BlockFetcher } = (await import(url)) as FetcherModule;
  const name = `ethereumjs BlockFetcher ${ETHEREUMJS_VERSION}${perRequest === undefined ? '' : `, ${perRequest} a request`}`;
  return {
    name,
    ownRange: perRequest !== undefined,
    run: (load) => runFetcher(BlockFetcher, load, perRequest ?? load.requestBlocks),
  };
}

export const ETHEREUMJS_DEFAULT = CLIENT_PER_REQUEST;

async function runFetcher(
  BlockFetcher: FetcherModule['BlockFetcher'],
  load: Load,
  perRequest: number,
): Promise<EngineRun> {
  const draw = drawing(1);
  const progress = new ProgressCount();
  const done = Promise.withResolvers<unknown>();
  const peers: Peer[] = Array.from({ length: load.peers }, (_, i) => ({ idle: true, id: `peer ${i}`, eth: {} }));
  const pool = {
    // The client's own pool filters all peers and draws one of the idle ones.
    idle: () => {
      const idle = peers.filter((peer) => peer.idle);
      return idle[Math.floor(draw() * idle.length)];
    },
    contains: () => true,
    ban: () => undefined,
  };
  const config = {
    maxPerRequest: perRequest,
    maxFetcherJobs: JOBS_MAX,
    maxFetcherRequests: REQUESTS_MAX,
    safeReorgDistance: 100,
    events: new EventEmitter(),
    logger: undefined,
  };
  const fetcher = new BlockFetcher({ config, pool, chain: {}, first: 1n, count: BigInt(load.blocks) });
  fetcher.request = async ({ task }) => {
    // What a peer of it tells as an error is an empty answer: an error of a request ends the whole sync.
    if (load.failShare > 0 && draw() < load.failShare) return [];
    if (load.roundTripMs > 0) await timer(load.roundTripMs);
    else await nextTurn();
    return blocksOf(Number(task.first), task.count);
  };
  fetcher.store = async (blocks) => {
    if (load.processMs > 0) await sleepExactly((load.processMs * blocks.length) / PROCESS_BLOCKS);
    progress.add(blocks.length);
    // It would see that it is done at its next look, up to a second from now.
    if (progress.blocks >= load.blocks) done.resolve(null);
  };
  const fetching = fetcher.fetch().catch((error: unknown) => {
    done.resolve(error);
  });
  await within(load.limitMs, done.promise);
  fetcher.running = false;
  fetcher.destroy();
  progress.look();
  void fetching;
  return progress;
}

function timer(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let made: readonly { readonly header: { readonly number: number } }[] = [];

function blocksOf(first: number, count: number): readonly unknown[] {
  if (made.length < first + count) {
    made = Array.from({ length: 2 * (first + count) }, (_, i) => ({ header: { number: i } }));
  }
  return made.slice(first, first + count);
}
