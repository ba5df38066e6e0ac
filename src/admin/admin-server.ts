import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import type { NodeStatus } from '../node/index.ts';
import { StateSyncError } from '../protocol/errors.ts';
import { ADMIN_HOST, PEERS_MAX, SERVICE } from './service.ts';
import type { StatusAnswer } from './service.ts';

export interface AdminServerOptions {
  /** Address to listen on. Default: 127.0.0.1, where only this machine can ask. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port: number;
  readonly about: Pick<StatusAnswer, 'version' | 'address' | 'networkId'>;
  readonly status: () => NodeStatus;
  /** Without it there is no `/metrics`. */
  readonly metrics?: { readonly contentType: string; text(): Promise<string> };
  /** Told of what went wrong in answering. */
  readonly onError?: (error: unknown) => void;
}

export interface AdminServer {
  /** As in `http://127.0.0.1:42080`. */
  readonly url: string;
  close(): Promise<void>;
}

const REQUEST_MS_MAX = 5_000;
const CONNECTIONS_MAX = 32;
const HEADER_BYTES_MAX = 8_192;

interface Answer {
  readonly code: number;
  readonly type: string;
  readonly text: string;
}

/**
 * Serves `GET /status` (JSON), `/metrics` (Prometheus) and `/healthz`: 200 while the node is synced, else 503 with the
 * reason. Nothing can be changed through it. A request whose Host header is a name other than localhost is refused: a
 * page in a browser could otherwise read it through a name of its own (DNS rebinding).
 * @throws StateSyncError ADDRESS_IN_USE, TRANSPORT_FAILED
 */
export async function createAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { host = ADMIN_HOST, port, onError = () => undefined } = options;
  const beganMs = performance.now();
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: REQUEST_MS_MAX, maxHeaderSize: HEADER_BYTES_MAX },
    (request, response) => {
      answer(options, request, performance.now() - beganMs).then(
        (given) => send(response, given, request.method === 'HEAD'),
        (error: unknown) => {
          if (error instanceof StateSyncError && error.code === 'NODE_STOPPED') {
            return send(response, { code: 503, type: TEXT, text: 'the node is starting\n' }, false);
          }
          onError(error);
          send(response, { code: 500, type: TEXT, text: 'it could not be told; the log has why\n' }, false);
        },
      );
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, host, port);
  server.on('error', onError);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

async function answer(options: AdminServerOptions, request: IncomingMessage, uptimeMs: number): Promise<Answer> {
  if (!isTrustedHost(request.headers.host)) return { code: 403, type: TEXT, text: 'unknown Host header\n' };
  if (request.method !== 'GET' && request.method !== 'HEAD') return { code: 405, type: TEXT, text: 'GET only\n' };
  const { status, metrics, about } = options;
  const [path = ''] = (request.url ?? '').split('?');
  switch (path) {
    case '/status':
      return { code: 200, type: JSON_TYPE, text: `${JSON.stringify(statusAnswer(about, status(), uptimeMs))}\n` };
    case '/healthz': {
      const { synced, mode, why } = status();
      return { code: synced ? 200 : 503, type: JSON_TYPE, text: `${JSON.stringify({ synced, mode, why })}\n` };
    }
    case '/metrics':
      if (metrics !== undefined) return { code: 200, type: metrics.contentType, text: await metrics.text() };
  }
  return { code: 404, type: TEXT, text: 'there are /status, /metrics and /healthz\n' };
}

function statusAnswer(about: AdminServerOptions['about'], status: NodeStatus, uptimeMs: number): StatusAnswer {
  const peers = [...status.peers].sort((a, b) => Number(b.link === 'Connected') - Number(a.link === 'Connected'));
  const shown = { ...status, peers: peers.slice(0, PEERS_MAX) };
  return { service: SERVICE, ...about, uptimeMs: Math.round(uptimeMs), peersKnown: peers.length, status: shown };
}

/** A number cannot be rebound, a name can. */
function isTrustedHost(header: string | undefined): boolean {
  const host = (header ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host.toLowerCase() === 'localhost' || isIP(host) !== 0;
}

function send(response: ServerResponse, { code, type, text }: Answer, headOnly: boolean): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  response.end(headOnly ? undefined : text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const message = taken ? `port ${port} of ${host} is taken` : `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(
        new StateSyncError(taken ? 'ADDRESS_IN_USE' : 'TRANSPORT_FAILED', `admin endpoint: ${message}`, { cause }),
      );
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}
