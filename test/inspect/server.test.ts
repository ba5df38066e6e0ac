import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultOrder, InspectorInfo } from '../../src/inspect/feed.ts';
import { Engine } from '../../src/inspect/model/engine.ts';
import { FeedReader } from '../../src/inspect/model/feed-reader.ts';
import { Inspector } from '../../src/inspect/index.ts';
import { createTap } from '../../src/inspect/server/tap.ts';
import { TraceFeed } from '../../src/inspect/server/trace-feed.ts';
import { World } from '../../properties/arbitraries/core-walk/core-world.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Hang up when there is enough: feeds do not end. */
  readonly enough?: (text: string) => boolean;
}

describe('the server of the inspector', () => {
  const orders: FaultOrder[] = [];
  const page = mkdtempSync(join(tmpdir(), 'inspect-server-'));
  let inspector: Inspector;
  let port = 0;
  beforeAll(async () => {
    mkdirSync(join(page, 'assets'));
    writeFileSync(join(page, 'index.html'), '<!doctype html>');
    writeFileSync(join(page, 'assets/a.js'), 'export {};');
    const onFault = async (order: FaultOrder): Promise<void> => {
      if (order.member === 'nobody') throw new Error('There is no nobody in this demo.');
      orders.push(order);
    };
    inspector = await Inspector.start({ port: 0, onFault, pageDirectory: page });
    port = Number(new URL(inspector.url).port);
  });
  afterAll(async () => {
    await inspector.close();
    rmSync(page, { recursive: true });
  });

  const ask = (
    path: string,
    { method = 'GET', headers = {}, body, enough = () => false }: Asking = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        let text = '';
        const done = (): void => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
          if (!enough(text)) return;
          done();
          asked.destroy();
        });
        response.on('end', done);
      });
      asked.on('error', reject);
      asked.end(body);
    });

  const info = async (): Promise<InspectorInfo> => {
    const { body } = await ask('/api/info', { enough: (text) => text.includes('data: ') && text.endsWith('\n\n') });
    return JSON.parse(/data: (.*)/.exec(body)?.[1] ?? '') as InspectorInfo;
  };

  it('serves its page with a policy that lets nothing else in', async () => {
    const { status, headers, body } = await ask('/');
    expect([status, body]).toEqual([200, '<!doctype html>']);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect((await ask('/assets/a.js')).headers['content-type']).toContain('text/javascript');
  });

  it.each(['/../package.json', '/assets/../../x', '/%2e%2e/package.json', '/assets', '/api/sources/none', '/nothing'])(
    'has nothing at %s',
    async (path) => expect((await ask(path)).status).toBe(404),
  );

  it.each([
    ['another host name', { headers: { host: 'evil.example:7077' } }],
    ['another port', { headers: { host: '127.0.0.1:1' } }],
    ['another origin', { headers: { origin: 'http://evil.example' } }],
    ['another local server', { headers: { origin: 'http://127.0.0.1:1' } }],
    ['a page of elsewhere', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }],
  ])('answers nothing to %s', async (_, asking) => {
    for (const path of ['/', '/api/info', '/api/faults']) expect((await ask(path, asking)).status).toBe(403);
  });

  it('takes orders from its own page only: token, type, origin, size', async () => {
    const { token } = await info();
    const order = (headers: Record<string, string>, body: string): Promise<Answer> =>
      ask('/api/faults', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    const good = JSON.stringify({ member: 'a', fault: 'kill' });
    const own = { 'x-inspector-token': token };
    expect((await order({}, good)).status).toBe(403);
    expect((await order({ 'x-inspector-token': token.replace(/./, 'x') }, good)).status).toBe(403);
    expect((await order({ ...own, 'content-type': 'text/plain' }, good)).status).toBe(415);
    expect((await order({ ...own, origin: 'http://evil.example' }, good)).status).toBe(403);
    expect((await order(own, '{"member":"a","fault":"rm -rf"}')).status).toBe(400);
    expect((await order(own, 'x'.repeat(10_000))).status).toBe(400);
    expect(orders).toEqual([]);
    expect((await order(own, good)).status).toBe(200);
    expect(orders).toEqual([{ member: 'a', fault: 'kill' }]);
    const refused = await order(own, JSON.stringify({ member: 'nobody', fault: 'kill' }));
    expect([refused.status, refused.body]).toEqual([409, 'There is no nobody in this demo.\n']);
    expect((await ask('/', { method: 'DELETE' })).status).toBe(405);
  });

  it('says in words that a port is taken, and that a trace is not there', async () => {
    await expect(Inspector.start({ port, pageDirectory: page })).rejects.toThrow(
      `ADDRESS_IN_USE: port ${port} of 127.0.0.1 is taken`,
    );
    await expect(inspector.addFile('/no/such.ndjson')).rejects.toThrow(
      'TRACE_MISSING: there is no file /no/such.ndjson',
    );
    await expect(Inspector.start({ port: 0, pageDirectory: join(page, 'none') })).rejects.toThrow('PAGE_MISSING');
  });

  it('what a node is told and answers comes to a page that opens later, and as it happens', async () => {
    const world = new World();
    const observe = inspector.observe('a node');
    world.onStep = (event, before, effects) => observe(event, effects, world.facts, before);
    world.start().claim('peer-1', 1, 12);
    const engine = new Engine(
      () => undefined,
      () => 0,
    );
    engine.reset('a node');
    const nothing = () => undefined;
    const reader = new FeedReader(engine.timeline, {
      start: nothing,
      ended: nothing,
      alive: nothing,
      skipped: nothing,
    });
    const { body } = await ask('/api/sources/a-node', {
      enough: (text) => text.includes('{"n":4,') && text.endsWith('\n'),
    });
    reader.push(body.slice(0, body.lastIndexOf('\n') + 1));
    expect(engine.timeline.place?.after).toBeGreaterThanOrEqual(4);
    expect(engine.timeline.stateAt(engine.timeline.end - 1).control).toEqual(world.facts.control);
  });
});

describe('a feed that keeps only the newest', () => {
  it('begins, for who comes late, with a whole state, and says how much came before', async () => {
    const feed = new TraceFeed({ charsMax: 1_500_000 });
    const world = new World({ config: { metadataUnaskedBurst: 1_000_000 } });
    const observe = createTap({ source: 'busy', writtenBy: 'test', sink: feed });
    world.onStep = (event, before, effects) => observe(event, effects, world.facts, before);
    world.start().connect('peer-1');
    for (let i = 0; i < 12_000; i++) world.send({ type: 'metadataRequested', peer: 'peer-1' });
    const written: string[] = [];
    const abort = new AbortController();
    const response = {
      write: (text: string) => {
        written.push(text);
        return true;
      },
    };
    const sending = feed.sendTo(response as never, abort.signal);
    await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await sending;
    const engine = new Engine(
      () => undefined,
      () => 0,
    );
    engine.reset('busy');
    const nothing = () => undefined;
    new FeedReader(engine.timeline, { start: nothing, ended: nothing, alive: nothing, skipped: nothing }).push(
      written.join(''),
    );
    const { timeline } = engine;
    expect(timeline.entryAt(0)).toMatchObject({ n: 5_000, event: null });
    expect(timeline.disagreement).toBeNull();
    expect(timeline.stateAt(timeline.end - 1).clock).toEqual(world.facts.clock);
  });
});
