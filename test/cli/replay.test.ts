import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { choicesOf, traceWalk } from '../trace/walk-trace.ts';
import { runHere } from './in-process.ts';
import { inDirectory, jsonLines } from './run-cli.ts';

const LINES = traceWalk(choicesOf(7, 150));
const RECORDS = LINES.length - 2;

it('replay tells what a trace holds, with exit code 0', async () => {
  await inDirectory(async (directory) => {
    const file = join(directory, 'a.ndjson');
    await writeFile(file, LINES.join(''));
    const { exitCode, stdout } = await runHere('replay', file);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Trace of test, written by test 1 on test.');
    expect(stdout).toMatch(new RegExp(`^${RECORDS} records over .* came out the same`, 'm'));
    expect(stdout).toMatch(/^Height 9 -> \d+\.$/m);
    const json = await runHere('replay', file, '--json');
    expect(jsonLines(json.stdout)).toEqual([expect.objectContaining({ ok: true, records: RECORDS, divergence: null })]);
  });
});

it('replay names where a trace parts from the run, with exit code 1', async () => {
  await inDirectory(async (directory) => {
    const file = join(directory, 'a.ndjson');
    const at = LINES.findIndex((line) => line.includes('"type":"peerConnected"'));
    await writeFile(
      file,
      LINES.with(at, (LINES[at] ?? '').replace('"rangeBlocksMax":4', '"rangeBlocksMax":3')).join(''),
    );
    const { exitCode, stdout } = await runHere('replay', file);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`record ${at} does not come out the same`);
    expect(stdout).toMatch(/event: .* connects \(peerConnected at \d+ ms\)/);
    const json = jsonLines((await runHere('replay', file, '--json')).stdout)[0];
    expect(json).toMatchObject({ ok: false, divergence: { n: at } });
  });
});

it.each([
  { what: 'no file', text: null, error: /^TRACE_MISSING: cannot read the trace/ },
  { what: 'no trace', text: 'hello\n', error: /^TRACE_INVALID: / },
  { what: 'half a trace', text: LINES.join('').slice(0, -500), error: /^TRACE_TRUNCATED: / },
])('$what is told in two lines, with exit code 1', async ({ text, error }) => {
  await inDirectory(async (directory) => {
    const file = join(directory, 'a.ndjson');
    if (text !== null) await writeFile(file, text);
    const { exitCode, stdout, stderr } = await runHere('replay', file);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(error);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });
});

it('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await runHere('--version')).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
});
