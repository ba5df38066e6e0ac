import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { packageTitle } from '../../src/adapters/package-version.ts';
import { createTracer } from '../../src/trace/index.ts';
import type { CreateHost } from '../simulation/host-under-test.ts';

export interface TracedHosts {
  /** Makes hosts that are traced, one file for each life of each node. */
  readonly createHost: CreateHost;
  /** Ends the traces. Resolves with their files. */
  close(): readonly string[];
}

/** Traces the nodes of a simulated run into a directory, as `node-life-1.ndjson`. Files that are there are replaced. */
export function traceHosts(createHost: CreateHost, directory: string, seed: number): TracedHosts {
  mkdirSync(directory, { recursive: true });
  const lives = new Map<string, number>();
  const endings: (() => string)[] = [];
  return {
    createHost: (options) => {
      const node = options.transport.self;
      const life = (lives.get(node) ?? 0) + 1;
      lives.set(node, life);
      const path = join(directory, `seed-${seed}-${node}-life-${life}.ndjson`);
      const fd = openSync(path, 'w');
      const tracer = createTracer({
        source: `simulation seed ${seed}, ${node}, life ${life}`,
        writtenBy: packageTitle(),
        runtime: `node ${process.version}`,
        startedAt: null,
        write: (line) => void writeSync(fd, line),
      });
      endings.push(() => {
        tracer.end();
        closeSync(fd);
        return path;
      });
      const observe: NonNullable<typeof options.observe> = (...seen) => {
        tracer.hook(...seen);
        options.observe?.(...seen);
      };
      return createHost({ ...options, observe });
    },
    close: () => endings.splice(0).map((end) => end()),
  };
}
