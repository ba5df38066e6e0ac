import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import type { Socket } from 'ws';
import { StateSyncError } from '../protocol/errors.ts';
import { Past } from './past.ts';
import { PAGE } from './page.ts';
import type { StatelyMessage } from './stately-feed.ts';

/** Passes inspection events on to whoever is connected; it speaks as the server of `@statelyai/inspect` does. */
export interface Relay {
  readonly url: string;
  readonly send: (message: StatelyMessage) => void;
  close(): Promise<void>;
}

/** Where Stately's tools look. */
const PORT = 8_080;
/** A reader that is slower than this loses its connection. */
const UNREAD_BYTES_MAX = 4 * 1_048_576;
const READERS_MAX = 16;
/** Nothing is to be said to the relay. */
const INCOMING_BYTES_MAX = 1_024;
const OPEN = 1;

/** @throws StateSyncError DEPENDENCY_MISSING, ADDRESS_IN_USE, TRANSPORT_FAILED */
export async function startRelay(host = '127.0.0.1', port = PORT): Promise<Relay> {
  const { WebSocketServer } = await importWs();
  const past = new Past();
  const http = createServer((request, response) => {
    const good = request.method === 'GET' && isThisMachine(request.headers.host);
    response.writeHead(good ? 200 : 403, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
    response.end(good ? PAGE : 'GET only, by address');
  });
  const sockets: InstanceType<typeof WebSocketServer> = new WebSocketServer({
    server: http,
    maxPayload: INCOMING_BYTES_MAX,
    // A page of another site may open a WebSocket to here; only our own page and programs are let in.
    verifyClient: ({ origin, req }) =>
      sockets.clients.size < READERS_MAX &&
      isThisMachine(req.headers.host) &&
      (origin === undefined || origin === `http://${req.headers.host ?? ''}`),
  });
  sockets.on('error', () => undefined);
  sockets.on('connection', (socket) => {
    socket.on('error', () => {
      socket.terminate();
    });
    for (const text of past.texts()) pass(socket, text);
  });
  await listen(http, host, port);
  const { port: taken } = http.address() as AddressInfo;
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${taken}`,
    send: (message) => {
      const text = JSON.stringify(message);
      past.note(message, text);
      for (const socket of sockets.clients) pass(socket, text);
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate();
        sockets.close();
        http.close(() => {
          resolve();
        });
        http.closeAllConnections();
      }),
  };
}

function pass(socket: Socket, message: string): void {
  if (socket.readyState !== OPEN) return;
  if (socket.bufferedAmount > UNREAD_BYTES_MAX) socket.terminate();
  else socket.send(message);
}

/** By number, or as localhost: any other name may be somebody else's (DNS rebinding). */
function isThisMachine(header: string | undefined): boolean {
  const host = (header ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host.toLowerCase() === 'localhost' || isIP(host) !== 0;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'TRANSPORT_FAILED';
      const message = `Stately's inspector cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new StateSyncError(code, message, { cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

async function importWs() {
  try {
    return await import('ws');
  } catch (cause) {
    throw new StateSyncError('DEPENDENCY_MISSING', "Stately's inspector needs: npm install @statelyai/inspect ws", {
      cause,
    });
  }
}
