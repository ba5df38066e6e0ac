import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TOKEN_HEADER } from '../feed.ts';

/** Why a request is refused: its status, and what to say. */
export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** The only names under which the server is there: a page of elsewhere cannot pass for it by a name of its own. */
export function hostsOf(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

/** For every request. A browser says who sends it; other pages have no business here. */
export function refusalOf(request: IncomingMessage, port: number): Refusal | null {
  const { host = '', origin } = request.headers;
  if (!hostsOf(port).includes(host)) return { status: 403, text: 'This is a local page; open it by 127.0.0.1.' };
  if (origin !== undefined && !hostsOf(port).some((name) => origin === `http://${name}`)) {
    return { status: 403, text: 'Only its own page may ask the inspector.' };
  }
  const site = request.headers['sec-fetch-site'];
  if (site === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate') {
    return { status: 403, text: 'Only its own page may ask the inspector.' };
  }
  return null;
}

/** For what changes something: besides, the token that only the page itself can have read. */
export function orderRefusalOf(request: IncomingMessage, token: string): Refusal | null {
  const given = Buffer.from(String(request.headers[TOKEN_HEADER] ?? ''));
  const right = Buffer.from(token);
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    return { status: 403, text: 'The token is not the one of this session. Load the page again.' };
  }
  if (request.headers['content-type'] !== 'application/json') return { status: 415, text: 'JSON is expected.' };
  return null;
}

export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
