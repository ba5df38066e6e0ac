import type { Logger } from 'pino';
import { packageTitle, packageVersion } from '../../adapters/package-version.ts';
import { createTraceFile } from '../../adapters/trace-file.ts';
import type { TraceFile } from '../../adapters/trace-file.ts';
import { ADMIN_HOST, ADMIN_PORT, createAdminServer } from '../../admin/index.ts';
import type { AdminServer } from '../../admin/index.ts';
import { Inspector } from '../../inspect/index.ts';
import { createMetrics } from '../../metrics/index.ts';
import type { NodeMetrics } from '../../metrics/index.ts';
import type { StateSyncNode } from '../../node/index.ts';
import { startStatelyInspector } from '../../stately/index.ts';
import type { StatelyInspector } from '../../stately/index.ts';
import { ensurePage } from '../inspect/ensure-page.ts';
import type { HostAndPort } from '../option-values.ts';
import type { PocketNodeSettings } from '../pocket-node.ts';

export interface OnlookerSettings {
  /** The node's own. */
  readonly address: string;
  readonly networkId: string;
  readonly trace: string | null;
  readonly admin: HostAndPort | true | null;
  readonly stately: HostAndPort | true | null;
  /** Port of the inspector's page on 127.0.0.1; `true`: its usual one. */
  readonly inspect: number | true | null;
}

/** Who looks on while a node runs: its trace, its metrics and admin endpoint, the inspector's page, Stately's inspector. Each only when asked for. */
export interface Onlookers {
  readonly observers: NonNullable<PocketNodeSettings['observers']>;
  /** Answers for the node from now on. @throws StateSyncError ADDRESS_IN_USE, TRANSPORT_FAILED */
  attach(node: StateSyncNode): Promise<void>;
  close(): Promise<void>;
}

/** @throws StateSyncError TRACE_FAILED, ADDRESS_IN_USE, DEPENDENCY_MISSING, PAGE_MISSING */
export async function createOnlookers(settings: OnlookerSettings, log: Logger): Promise<Onlookers> {
  const stately = settings.stately === null ? null : await inspectWith(settings.stately, settings.address, log);
  const page = settings.inspect === null ? null : await startInspector(settings.inspect, log);
  const trace = settings.trace === null ? null : traceInto(settings.trace, settings.address, log);
  const metrics = settings.admin === null ? null : createMetrics();
  let admin: AdminServer | null = null;
  return {
    observers: [
      ...[stately, metrics, trace].flatMap((each) => (each === null ? [] : [each.observe])),
      ...(page === null ? [] : [page.observe(settings.address)]),
    ],
    attach: async (node) => {
      if (settings.admin === null || metrics === null) return;
      metrics.watch(node);
      admin = await answerFor(node, metrics, settings, log);
    },
    close: async () => {
      await admin?.close();
      await stately?.close();
      await page?.close();
      await trace?.close();
    },
  };
}

async function answerFor(
  node: StateSyncNode,
  metrics: NodeMetrics,
  { admin, address, networkId }: OnlookerSettings,
  log: Logger,
): Promise<AdminServer> {
  const { host, port } = typeof admin === 'object' && admin !== null ? admin : { host: ADMIN_HOST, port: ADMIN_PORT };
  const server = await createAdminServer({
    host,
    port,
    about: { version: packageVersion(), address, networkId },
    status: () => node.status(),
    metrics,
    onError: (error) => log.error({ err: error }, 'admin endpoint'),
  });
  log.info({ url: server.url }, 'admin endpoint');
  return server;
}

/** @throws StateSyncError ADDRESS_IN_USE, PAGE_MISSING */
async function startInspector(port: number | true, log: Logger): Promise<Inspector> {
  await ensurePage();
  const inspector = await Inspector.start({ ...(port === true ? {} : { port }), writtenBy: packageTitle() });
  log.info({ url: inspector.url }, 'inspector');
  return inspector;
}

async function inspectWith(at: HostAndPort | true, name: string, log: Logger): Promise<StatelyInspector> {
  const inspector = await startStatelyInspector({ name, ...(at === true ? {} : at) });
  log.info({ url: inspector.url }, "feeding Stately's inspector");
  return inspector;
}

/** A trace that cannot be written any further is told in the log, and the node goes on. */
function traceInto(path: string, source: string, log: Logger): TraceFile {
  const trace = createTraceFile({
    path,
    source,
    onEnd: ({ why, records }) => {
      const line = { trace: trace.path, records };
      if (why instanceof Error) log.error(line, why.message);
      else if (why === 'closed') log.info(line, 'trace written');
      else log.warn({ ...line, why }, 'the trace ends here; the node goes on');
    },
  });
  log.info({ trace: trace.path }, 'tracing');
  return trace;
}
