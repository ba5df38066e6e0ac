/** What is used of the package `ws`, which brings no types of its own. */
declare module 'ws' {
  import type { IncomingMessage, Server } from 'node:http';

  export interface Socket {
    readonly readyState: number;
    readonly bufferedAmount: number;
    send(text: string): void;
    terminate(): void;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export class WebSocketServer {
    readonly clients: ReadonlySet<Socket>;
    constructor(options: {
      readonly server: Server;
      readonly maxPayload: number;
      readonly verifyClient: (info: { readonly origin?: string; readonly req: IncomingMessage }) => boolean;
    });
    on(event: 'connection', listener: (socket: Socket) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    close(): void;
  }
}
