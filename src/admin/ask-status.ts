import { request } from 'node:http';
import { StateSyncError } from '../protocol/errors.ts';
import { ANSWER_BYTES_MAX, SERVICE } from './service.ts';
import type { StatusAnswer } from './service.ts';

export interface AskOptions {
  /** As in `http://127.0.0.1:42080`. */
  readonly url: string;
  /** Default: 5 seconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const STARTING = 503;

/** Asks a running node how it is. @throws StateSyncError ADMIN_UNREACHABLE, ADMIN_FOREIGN */
export async function askStatus({ url, timeoutMs = TIMEOUT_MS }: AskOptions): Promise<StatusAnswer> {
  const { code, text } = await get(new URL('/status', url), timeoutMs);
  if (code === STARTING) throw new StateSyncError('ADMIN_UNREACHABLE', `the node at ${url} is still starting`);
  const answer = code === 200 ? parsed(text) : null;
  if (answer === null) throw new StateSyncError('ADMIN_FOREIGN', `${url} answered ${code}, and not as a node does`);
  return answer;
}

function get(url: URL, timeoutMs: number): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string, cause?: unknown): void => {
      reject(new StateSyncError('ADMIN_UNREACHABLE', `${url.origin} ${problem}`, { cause }));
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const asking = request(url, { signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > ANSWER_BYTES_MAX) {
          reject(new StateSyncError('ADMIN_FOREIGN', `${url.origin} answers without end`));
          asking.destroy();
        }
      });
      response.on('end', () => {
        resolve({ code: response.statusCode ?? 0, text });
      });
      response.on('error', (error) => fail(`broke off: ${error.message}`, error));
    });
    asking.on('error', (error: NodeJS.ErrnoException) => {
      const refused = error.code === 'ECONNREFUSED' ? 'refuses the connection' : `cannot be asked: ${error.message}`;
      fail(signal.aborted ? `did not answer within ${timeoutMs / 1_000} s` : refused, error);
    });
    asking.end();
  });
}

function parsed(text: string): StatusAnswer | null {
  try {
    const answer = JSON.parse(text) as Partial<StatusAnswer> | null;
    const good =
      answer?.service === SERVICE && typeof answer.status?.mode === 'string' && Array.isArray(answer.status.requests);
    return good ? (answer as StatusAnswer) : null;
  } catch {
    return null;
  }
}
