import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StateSyncError } from '../../protocol/errors.ts';
import type { ReplayReport } from '../../trace/index.ts';
import { describeDivergence, replayTrace } from '../../trace/index.ts';
import { createProgressBar } from '../progress-bar.ts';
import { reportLines } from './report-lines.ts';

const FAILED = 1;
const STANDARD_INPUT = '-';

/**
 * Replays a trace and tells what came of it on standard output. Resolves with the exit code: 1 when something did not come
 * out the same.
 * @throws StateSyncError TRACE_MISSING, TRACE_INVALID, TRACE_VERSION, TRACE_TRUNCATED, TRACE_ALTERED
 */
export async function runReplay(file: string, { json }: { readonly json: boolean }): Promise<number> {
  const beganMs = performance.now();
  const report = await replayFile(file);
  const seconds = (performance.now() - beganMs) / 1_000;
  const text = json ? JSON.stringify(jsonOf(report, seconds)) : reportLines(report, seconds).join('\n');
  process.stdout.write(`${text}\n`);
  return report.divergence === null ? 0 : FAILED;
}

async function replayFile(file: string): Promise<ReplayReport> {
  const bytes = file === STANDARD_INPUT ? 0 : await sizeOf(file);
  const bar = createProgressBar('replaying', Math.ceil(bytes / 1_000), 'kB');
  let read = 0;
  async function* pieces(): AsyncGenerator<string> {
    try {
      const input = file === STANDARD_INPUT ? process.stdin.setEncoding('utf8') : createReadStream(file, 'utf8');
      for await (const piece of input) {
        const text = String(piece);
        read += Buffer.byteLength(text);
        yield text;
        bar.update(Math.round(read / 1_000));
      }
    } catch (cause) {
      throw missing(file, cause);
    }
  }
  try {
    return await replayTrace(pieces());
  } finally {
    bar.stop();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw missing(file, cause);
  }
}

function missing(file: string, cause: unknown): StateSyncError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StateSyncError('TRACE_MISSING', `cannot read the trace ${file}: ${reason}`, { cause });
}

function jsonOf(report: ReplayReport, seconds: number): object {
  const { header, divergence, ...rest } = report;
  const { state: _, ...about } = header;
  const told =
    divergence === null ? null : { n: divergence.record.n, lines: describeDivergence(divergence), ...divergence };
  return { ok: divergence === null, header: about, ...rest, seconds, divergence: told };
}
