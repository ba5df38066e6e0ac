import { expect, it } from 'vitest';
import { run } from './run-cli.ts';

it.each([
  { args: ['nonsense'], told: "unknown command 'nonsense'" },
  { args: ['demo', '--blocks', 'many'], told: '--blocks' },
  { args: ['demo', '--validators', '2'], told: 'from 4 to 12' },
  { args: ['demo', '--strategy', 'psychic'], told: 'synchronous, asynchronous' },
  { args: ['node'], told: '--config' },
  { args: ['chain', 'verify', 'somewhere'], told: '--genesis' },
  { args: ['chain', 'inspect', 'somewhere', '--height', '1', '--from', '1'], told: 'cannot be used with' },
])('a wrong use is told with exit code 2: $args', async ({ args, told }) => {
  const { exitCode, stdout, stderr } = await run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(told);
  expect(stderr).not.toMatch(/^\s+at /m);
});

it('help names every command', async () => {
  const { exitCode, stdout } = await run('--help');
  expect(exitCode).toBe(0);
  for (const command of ['demo', 'node', 'chain', 'keys']) expect(stdout).toContain(`  ${command} `);
});

it('an error is its code, what happened and what to do; a stack is shown only with --debug', async () => {
  const args = ['keys', 'show', '/does/not/exist'];
  const [plain, debug] = await Promise.all([run(...args), run(...args, '--debug')]);
  expect(plain.exitCode).toBe(1);
  expect(plain.stderr.split('\n')).toEqual([
    expect.stringMatching(/^KEY_INVALID: .*\/does\/not\/exist/),
    expect.stringContaining('128 hex characters'),
    '',
  ]);
  expect(debug.exitCode).toBe(1);
  expect(debug.stderr).toMatch(/^\s+at /m);
});
