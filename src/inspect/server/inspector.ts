import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ServerResponse } from 'node:http';
import { StateSyncError } from '../../protocol/errors.ts';
import type { Observe } from '../../trace/index.ts';
import type { DemoInfo, FaultOrder, FeedLine, InspectorInfo, SourceKind } from '../feed.ts';
import { DEFAULT_PORT } from '../feed.ts';
import { InspectorServer } from './inspector-server.ts';
import { readPage } from './static-files.ts';
import { createTap } from './tap.ts';
import type { FeedSink } from './trace-feed.ts';
import { TraceFeed } from './trace-feed.ts';

export interface InspectorOptions {
  /** On 127.0.0.1. Default: 7077; 0 for one that is free. */
  readonly port?: number;
  /** Package and version, for the page. Default: `pocket-state-sync`. */
  readonly writtenBy?: string;
  /** Carries out what the page's buttons order; rejects with why not. Default: there are no buttons. */
  readonly onFault?: (order: FaultOrder) => Promise<void>;
  /** Where the built page is. Default: where the build puts it. */
  readonly pageDirectory?: string;
}

/** Something to look at. */
interface Source {
  readonly id: string;
  readonly title: string;
  readonly kind: SourceKind;
  readonly bytes: number | null;
  send(response: ServerResponse, signal: AbortSignal): Promise<void>;
}

/** A local page that shows what nodes do. Everything else is in docs/inspector.md. */
export class Inspector {
  readonly #writtenBy: string;
  readonly #session = randomBytes(8).toString('hex');
  readonly #token = randomBytes(16).toString('hex');
  readonly #sources = new Map<string, Source>();
  readonly #server: InspectorServer;
  #names: Readonly<Record<string, string>> = {};
  #demo: DemoInfo | null = null;

  private constructor({ writtenBy = 'pocket-state-sync', onFault, pageDirectory }: InspectorOptions) {
    this.#writtenBy = writtenBy;
    this.#server = new InspectorServer({
      files: readPage(pageDirectory),
      token: this.#token,
      info: () => this.#info(),
      stream: (id, response, signal) => this.#stream(id, response, signal),
      order: onFault ?? null,
    });
  }

  /** Listens on 127.0.0.1. @throws StateSyncError ADDRESS_IN_USE, PAGE_MISSING */
  static async start(options: InspectorOptions = {}): Promise<Inspector> {
    const inspector = new Inspector(options);
    await inspector.#server.listen(options.port ?? DEFAULT_PORT);
    return inspector;
  }

  /** Where the page is. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.port}/`;
  }

  /** The option `observe` for one `StateSyncNode`; the node is on the page from its first event on. */
  observe(title: string): Observe {
    return createTap({ source: title, writtenBy: this.#writtenBy, sink: this.addFeed(title) });
  }

  /** Another source that goes on, fed from elsewhere. */
  addFeed(title: string): FeedSink {
    const feed = new TraceFeed();
    this.#add({ title, kind: 'live', bytes: null, send: (response, signal) => feed.sendTo(response, signal) });
    return feed;
  }

  /** A trace in a file. @throws StateSyncError TRACE_MISSING */
  async addFile(path: string): Promise<void> {
    const { size, isFile } = await stat(path).then(
      (found) => ({ size: found.size, isFile: found.isFile() }),
      (cause: unknown) => {
        throw new StateSyncError('TRACE_MISSING', `there is no file ${path}`, { cause });
      },
    );
    if (!isFile) throw new StateSyncError('TRACE_MISSING', `${path} is not a file`);
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw new StateSyncError('TRACE_MISSING', `${path} may not be read`, { cause });
    });
    this.#add({
      title: basename(path),
      kind: 'file',
      bytes: size,
      send: (response, signal) => pipeline(createReadStream(path), response, { signal, end: false }),
    });
  }

  /** Peers' names, by address. */
  setNames(names: Readonly<Record<string, string>>): void {
    this.#names = names;
    this.#server.tellInfo();
  }

  setDemo(demo: DemoInfo | null): void {
    this.#demo = demo;
    this.#server.tellInfo();
  }

  /** Hangs up on every page. */
  close(): Promise<void> {
    return this.#server.close();
  }

  #add(source: Omit<Source, 'id'>): void {
    const id = idOf(source.title, (taken) => this.#sources.has(taken));
    this.#sources.set(id, { ...source, id });
    this.#server.tellInfo();
  }

  #info(): InspectorInfo {
    return {
      writtenBy: this.#writtenBy,
      session: this.#session,
      sources: [...this.#sources.values()].map(({ id, title, kind }) => ({ id, title, kind })),
      names: this.#names,
      demo: this.#demo,
      token: this.#token,
    };
  }

  async #stream(id: string, response: ServerResponse, signal: AbortSignal): Promise<boolean> {
    const source = this.#sources.get(id);
    if (source === undefined) return false;
    const { kind, bytes } = source;
    const start: FeedLine = { feed: { is: 'start', session: this.#session, kind, bytes } };
    response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' });
    response.write(`${JSON.stringify(start)}\n`);
    await source.send(response, signal);
    return true;
  }
}

/** A title as part of a URL; with a number when it is taken. */
function idOf(title: string, isTaken: (id: string) => boolean): string {
  const base =
    title
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'source';
  let id = base;
  for (let n = 2; isTaken(id); n++) id = `${base}-${n}`;
  return id;
}
