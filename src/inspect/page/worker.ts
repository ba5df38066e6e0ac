import { ERROR_CODES, StateSyncError } from '../../index.ts';
import type { FeedStart } from '../feed.ts';
import { Engine } from '../model/engine.ts';
import type { Ask, OpenSource, Tell } from '../model/engine-messages.ts';
import { FeedReader } from '../model/feed-reader.ts';

/**
 * The engine runs here, away from the page: reading a long trace or running a fast node's events does not make the page
 * stutter.
 */
interface WorkerScope {
  postMessage(tell: Tell): void;
  onmessage: ((event: MessageEvent<Ask>) => void) | null;
}
const scope = self as unknown as WorkerScope;

const engine = new Engine(
  (tell) => scope.postMessage(tell),
  () => performance.now(),
);

/** The page is told at most so often; it draws no faster either. */
const FLUSH_EVERY_MS = 33;
/** Reading pauses after so long, so that the page's questions are answered meanwhile. */
const SLICE_MS = 40;
const SLICE_CHARS = 64 * 1_024;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 8_000;

let opened = new AbortController();
let session: string | null = null;

scope.onmessage = ({ data }) => {
  if (data.type === 'open') void open(data.source);
  else engine.handle(data);
};
setInterval(() => engine.flush(), FLUSH_EVERY_MS);

async function open(source: OpenSource): Promise<void> {
  opened.abort();
  opened = new AbortController();
  session = null;
  engine.reset(source.title);
  if (source.kind === 'file') return readFile(source.file, opened.signal);
  return follow(source, opened.signal);
}

/** Reads the feed of a server, and again when the connection is lost. */
async function follow(source: Extract<OpenSource, { kind: 'url' }>, signal: AbortSignal): Promise<void> {
  let retryInMs = RETRY_MS_MIN;
  for (;;) {
    engine.source({ is: 'connecting' });
    const read: { start: FeedStart | null; ended: boolean } = { start: null, ended: false };
    try {
      await readFeed(source, signal, read);
      if (read.start?.kind === 'file') return;
    } catch (error) {
      if (error instanceof StateSyncError && !isOver(signal)) {
        tellProblem(error);
        return;
      }
    }
    if (isOver(signal)) return;
    if (read.start !== null) retryInMs = RETRY_MS_MIN;
    const why = read.start === null ? 'The inspector does not answer.' : 'The connection to the inspector is lost.';
    engine.source({ is: 'lost', why, retryInMs });
    await pause(retryInMs);
    if (isOver(signal)) return;
    retryInMs = Math.min(RETRY_MS_MAX, retryInMs * 2);
  }
}

async function readFeed(
  { url, title }: Extract<OpenSource, { kind: 'url' }>,
  signal: AbortSignal,
  read: { start: FeedStart | null },
): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) throw new Error(await response.text());
  const startMs = performance.now();
  const timeline = () => engine.timeline;
  let reader: FeedReader;
  const makeReader = (): FeedReader =>
    new FeedReader(timeline(), {
      start: (start) => {
        read.start = start;
        if (session !== null && session !== start.session) {
          engine.reset(title);
          reader = makeReader();
        }
        session = start.session;
        engine.source({ is: start.kind === 'live' ? 'live' : 'reading' });
      },
      ended: (why) => engine.source({ is: 'gone', why }),
      alive: () => engine.source({ is: 'live' }),
      skipped: (events) => engine.skipped(events),
    });
  reader = makeReader();
  let bytes = 0;
  let length: number | null = null;
  const onBytes = (count: number): void => {
    bytes += count;
    length ??= read.start?.kind === 'file' ? read.start.bytes : null;
    if (length !== null) engine.read(Math.min(1, bytes / Math.max(1, length)), null);
  };
  await readPieces(response.body, signal, (text) => reader.push(text), onBytes);
  if (read.start?.kind !== 'file') return;
  reader.finish();
  fileRead(startMs);
}

async function readFile(file: Blob, signal: AbortSignal): Promise<void> {
  engine.source({ is: 'reading' });
  const startMs = performance.now();
  const reader = new FeedReader(engine.timeline, {
    start: () => undefined,
    ended: () => undefined,
    alive: () => undefined,
    skipped: () => undefined,
  });
  let bytes = 0;
  try {
    await readPieces(
      file.stream(),
      signal,
      (text) => reader.push(text),
      (count) => {
        bytes += count;
        engine.read(bytes / Math.max(1, file.size), null);
      },
    );
    if (signal.aborted) return;
    reader.finish();
    fileRead(startMs);
  } catch (error) {
    if (!signal.aborted) tellProblem(error);
  }
}

function fileRead(startMs: number): void {
  engine.read(null, performance.now() - startMs);
  engine.source({ is: 'ended' });
}

/** Takes a stream of bytes as text, a slice at a time. */
async function readPieces(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  take: (text: string) => void,
  onBytes: (count: number) => void,
): Promise<void> {
  const bytes = stream.getReader();
  const decoder = new TextDecoder();
  let sliceBeganMs = performance.now();
  const takeSlices = async (text: string): Promise<void> => {
    for (let at = 0; at < text.length && !signal.aborted; at += SLICE_CHARS) {
      take(text.slice(at, at + SLICE_CHARS));
      if (performance.now() - sliceBeganMs < SLICE_MS) continue;
      await pause(0);
      sliceBeganMs = performance.now();
    }
  };
  try {
    for (;;) {
      const { done, value } = await bytes.read();
      if (done || signal.aborted) break;
      await takeSlices(decoder.decode(value, { stream: true }));
      onBytes(value.byteLength);
    }
    await takeSlices(decoder.decode());
  } finally {
    void bytes.cancel().catch(() => undefined);
  }
}

function tellProblem(error: unknown): void {
  if (error instanceof StateSyncError) {
    const text = error.message.replace(`${error.code}: `, '');
    engine.problem({ code: error.code, text, advice: ERROR_CODES[error.code] });
  } else {
    engine.problem({ code: 'UNREADABLE', text: String(error), advice: 'The file could not be read.' });
  }
  engine.read(null, null);
  engine.source({ is: 'ended' });
}

/** Asked anew each time: it changes while others have their turn. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
