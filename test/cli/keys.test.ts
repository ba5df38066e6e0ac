import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addressOf } from '../../src/validation/index.ts';
import { inDirectory, jsonLines, run, start } from './run-cli.ts';

it('a generated key is shown again from its file and from standard input, without its private part', async () => {
  await inDirectory(async (directory) => {
    const [key] = jsonLines((await run('keys', 'generate', '--json')).stdout);
    const privateKey = String(key?.['privateKey']);
    const { address, publicKey, peerId } = key ?? {};
    expect(privateKey).toMatch(/^[0-9a-f]{128}$/);
    expect(address).toBe(addressOf(Buffer.from(String(publicKey), 'hex')));
    expect(peerId).toMatch(/^12D3KooW/);

    const file = join(directory, 'node.key');
    await writeFile(file, `${privateKey}\n`);
    const shown = await run('keys', 'show', file, '--json');
    const piped = start('keys', 'show', '-', '--json');
    piped.child.stdin.end(privateKey);
    for (const { exitCode, stdout } of [shown, await piped.finished]) {
      expect(exitCode).toBe(0);
      expect(jsonLines(stdout)).toEqual([{ address, publicKey, peerId }]);
      expect(stdout).not.toContain(privateKey.slice(0, 64));
    }
  });
});

it('the same seed makes the same key, no seed another one each time', async () => {
  const keys = await Promise.all([['--seed', 'a'], ['--seed', 'a'], [], []].map((o) => run('keys', 'generate', ...o)));
  const [seeded, again, random, another] = keys.map(({ stdout }) => stdout);
  expect(seeded).toBe(again);
  expect(new Set([seeded, random, another]).size).toBe(3);
});

it('a key whose halves do not belong together is refused, and not repeated', async () => {
  const { child, finished } = start('keys', 'show', '-');
  child.stdin.end('ab'.repeat(64));
  const { exitCode, stdout, stderr } = await finished;
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^KEY_INVALID: /);
  expect(stderr).not.toContain('abab');
});
