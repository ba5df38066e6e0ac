import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { StateSyncError } from '../../protocol/errors.ts';
import type { FaultOrder, InspectorInfo } from '../feed.ts';
import { FAULTS } from '../feed.ts';
import { orderRefusalOf, refusalOf, SECURITY_HEADERS } from './guard.ts';
import type { StaticFile } from './static-files.ts';

export interface InspectorServerOptions {
  /** The page, by its paths in URLs. */
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly token: string;
  readonly info: () => InspectorInfo;
  /** Answers with a source's feed; `false` when there is no such source, and nothing was answered. */
  readonly stream: (id: string, response: ServerResponse, signal: AbortSignal) => Promise<boolean>;
  /** null: nothing can be ordered. */
  readonly order: ((order: FaultOrder) => Promise<void>) | null;
}

const CONNECTIONS_MAX = 128;
const STREAMS_MAX = 32;
const ORDER_BYTES_MAX = 4_096;
const HEADERS_TIMEOUT_MS = 10_000;
/** Names and members change in bursts; the page is told at most this often. */
const INFO_GAP_MS = 100;

/** What speaks HTTP: the page's files, what there is to see, feeds, and orders. */
export class InspectorServer {
  readonly #options: InspectorServerOptions;
  readonly #server: Server;
  readonly #listeners = new Set<ServerResponse>();
  #streams = 0;
  /** What the pages were told last. */
  #told = '';
  #infoTimer: NodeJS.Timeout | undefined;

  constructor(options: InspectorServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.headersTimeout = HEADERS_TIMEOUT_MS;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause: NodeJS.ErrnoException) => {
        const taken = cause.code === 'EADDRINUSE';
        const message = taken ? `port ${port} of 127.0.0.1 is taken` : cause.message;
        reject(new StateSyncError(taken ? 'ADDRESS_IN_USE' : 'TRANSPORT_FAILED', message, { cause }));
      });
      this.#server.listen(port, '127.0.0.1', () => resolve());
    });
  }

  close(): Promise<void> {
    clearTimeout(this.#infoTimer);
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** What there is to see has changed. */
  tellInfo(): void {
    this.#infoTimer ??= setTimeout(() => {
      this.#infoTimer = undefined;
      const text = JSON.stringify(this.#options.info());
      if (text === this.#told) return;
      this.#told = text;
      for (const response of this.#listeners) this.#sendInfo(response);
    }, INFO_GAP_MS).unref();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(request, this.port);
    if (refusal !== null) {
      say(response, refusal.status, refusal.text);
      return;
    }
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && pathname === '/api/faults') return this.#order(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      say(response, 405, 'Only reading is possible.');
      return;
    }
    if (pathname === '/api/info') {
      this.#listen(response);
      return;
    }
    const source = /^\/api\/sources\/([a-z0-9.-]+)$/.exec(pathname)?.[1];
    if (source !== undefined) return this.#feed(source, response);
    const file = this.#options.files.get(pathname);
    if (file === undefined) {
      say(response, 404, 'There is nothing here.');
      return;
    }
    response.setHeader('cache-control', file.hashed ? 'max-age=31536000, immutable' : 'no-store');
    response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.length });
    response.end(request.method === 'HEAD' ? undefined : file.bytes);
  }

  /** Server-sent events: the whole of it each time. */
  #listen(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
    response.write('retry: 1000\n\n');
    this.#sendInfo(response);
  }

  #sendInfo(response: ServerResponse): void {
    // Who does not read what it was told last is told when it has.
    if (response.writableNeedDrain) {
      response.once('drain', () => this.#sendInfo(response));
      return;
    }
    response.write(`data: ${JSON.stringify(this.#options.info())}\n\n`);
  }

  async #feed(id: string, response: ServerResponse): Promise<void> {
    if (this.#streams >= STREAMS_MAX) {
      say(response, 503, `More than ${STREAMS_MAX} pages are open.`);
      return;
    }
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    this.#streams += 1;
    try {
      const found = await this.#options.stream(id, response, abort.signal);
      if (found) response.end();
      else say(response, 404, 'There is no such source.');
    } finally {
      this.#streams -= 1;
    }
  }

  async #order(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { order, token } = this.#options;
    const refusal = orderRefusalOf(request, token);
    if (refusal !== null) {
      say(response, refusal.status, refusal.text);
      return;
    }
    if (order === null) {
      say(response, 404, 'Faults can be ordered in the demo only.');
      return;
    }
    const body = await bodyOf(request);
    const asked = body === null ? null : faultOrderOf(body);
    if (asked === null) {
      say(response, 400, 'This is not an order.');
      return;
    }
    try {
      await order(asked);
      say(response, 200, 'done');
    } catch (error) {
      say(response, 409, error instanceof Error ? error.message : String(error));
    }
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}

/** null when it is longer than any order. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  let body = '';
  for await (const piece of request.setEncoding('utf8') as AsyncIterable<string>) {
    body += piece;
    if (body.length > ORDER_BYTES_MAX) return null;
  }
  return body;
}

function faultOrderOf(body: string): FaultOrder | null {
  try {
    const { member, fault } = JSON.parse(body) as Partial<FaultOrder>;
    const known = FAULTS.find((each) => each === fault);
    return typeof member === 'string' && known !== undefined ? { member, fault: known } : null;
  } catch {
    return null;
  }
}
