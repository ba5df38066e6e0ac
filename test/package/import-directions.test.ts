import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportImports } from './import-directions.ts';

/** Every room with what it may import. */
const INNOCENT: Record<string, readonly string[]> = {
  'machines/index.ts': ['xstate', './mode.ts'],
  'machines/mode.ts': ['xstate'],
  'src/protocol/block.ts': [],
  'src/core/step.ts': ['../../machines/mode.ts', '../protocol/block.ts', 'xstate'],
  'src/index.ts': ['./core/step.ts', '../machines/mode.ts', './protocol/block.ts'],
  'src/wire/index.ts': ['../protocol/block.ts', 'protobufjs'],
  'src/validation/index.ts': ['../protocol/block.ts', '../wire/index.ts', 'tweetnacl'],
  'src/node/ports.ts': ['../protocol/block.ts'],
  'src/node/index.ts': ['./ports.ts', '../core/step.ts', '../wire/index.ts', '../validation/index.ts'],
  'src/adapters/refusals.ts': ['../protocol/block.ts'],
  'src/adapters/memory.ts': ['../node/ports.ts', '../protocol/block.ts', './refusals.ts'],
  'src/adapters/level-store.ts': ['../node/ports.ts', 'classic-level', 'node:fs/promises'],
  'src/adapters/node-crypto.ts': ['../validation/index.ts', 'node:crypto'],
  'src/adapters/ledger/index.ts': ['../../wire/index.ts', '../../validation/index.ts', '../../node/ports.ts'],
  'src/adapters/libp2p/index.ts': ['../../node/ports.ts', 'libp2p'],
  'src/words/index.ts': ['../core/step.ts', '../protocol/block.ts'],
  'src/inspect/feed.ts': [],
  'src/inspect/index.ts': ['./feed.ts', '../protocol/block.ts', 'node:http'],
  'src/inspect/model/view.ts': ['../../index.ts', '../../words/index.ts', '../feed.ts', 'xstate'],
  'src/inspect/page/main.ts': ['../model/view.ts', '../../words/index.ts'],
  'src/cli/main.ts': ['commander', '../adapters/level-store.ts', '../node/index.ts', 'node:process'],
  'properties/index.ts': ['fast-check', '../src/core/step.ts', '../src/node/ports.ts', '../machines/mode.ts'],
};

/** Each file breaks the rule named, by one import. Every second one is type-only. */
const PLANTED: readonly (readonly [file: string, imported: string, rule: string])[] = [
  ['machines/a.ts', '../src/protocol/block.ts', 'machines-imports-only-what-it-may'],
  ['machines/b.ts', 'fast-check', 'machines-imports-only-what-it-may'],
  ['machines/c.ts', 'node:fs', 'machines-imports-only-what-it-may'],
  ['src/protocol/a.ts', '../../machines/mode.ts', 'protocol-imports-only-what-it-may'],
  ['src/protocol/b.ts', 'xstate', 'protocol-imports-only-what-it-may'],
  ['src/core/a.ts', '../node/ports.ts', 'core-imports-only-what-it-may'],
  ['src/core/b.ts', '../wire/index.ts', 'core-imports-only-what-it-may'],
  ['src/core/c.ts', 'node:timers', 'core-imports-only-what-it-may'],
  ['src/core/d.ts', 'pino', 'core-imports-only-what-it-may'],
  ['src/core/e.ts', '../index.ts', 'core-imports-only-what-it-may'],
  ['src/wire/a.ts', '../core/step.ts', 'wire-imports-only-what-it-may'],
  ['src/wire/b.ts', '../validation/index.ts', 'wire-imports-only-what-it-may'],
  ['src/validation/a.ts', '../adapters/node-crypto.ts', 'validation-imports-only-what-it-may'],
  ['src/validation/b.ts', 'node:crypto', 'validation-imports-only-what-it-may'],
  ['src/node/a.ts', '../adapters/memory.ts', 'node-imports-only-what-it-may'],
  ['src/node/b.ts', 'libp2p', 'node-imports-only-what-it-may'],
  ['src/adapters/committed-range.ts', './memory.ts', 'adapter parts-imports-only-what-it-may'],
  ['src/adapters/memory-a.ts', '../wire/index.ts', 'memory adapters-imports-only-what-it-may'],
  ['src/adapters/memory-b.ts', '../core/step.ts', 'memory adapters-imports-only-what-it-may'],
  ['src/adapters/level-a.ts', '../validation/index.ts', 'LevelDB adapter-imports-only-what-it-may'],
  ['src/adapters/system-clock.ts', '../node/index.ts', 'clock adapter-imports-only-what-it-may'],
  ['src/adapters/node-crypto-a.ts', '../wire/index.ts', 'crypto adapter-imports-only-what-it-may'],
  ['src/adapters/ledger/a.ts', '../level-store.ts', 'ledger adapter-imports-only-what-it-may'],
  ['src/adapters/libp2p/a.ts', '../../wire/index.ts', 'libp2p adapter-imports-only-what-it-may'],
  ['src/adapters/libp2p/b.ts', '../../cli/main.ts', 'libp2p adapter-imports-only-what-it-may'],
  ['src/words/a.ts', '../node/ports.ts', 'words-imports-only-what-it-may'],
  ['src/inspect/server/a.ts', '../model/view.ts', 'inspector server-imports-only-what-it-may'],
  ['src/inspect/model/a.ts', '../../core/step.ts', 'inspector model-imports-only-what-it-may'],
  ['src/inspect/page/a.ts', '../../node/ports.ts', 'inspector page-imports-only-what-it-may'],
  ['src/inspect/page/b.ts', 'node:fs', 'inspector page-imports-only-what-it-may'],
  ['src/cli/a.ts', 'libp2p', 'cli-imports-only-what-it-may'],
  ['properties/a.ts', '../src/node/index.ts', 'properties-imports-only-what-it-may'],
  ['properties/b.ts', '../src/wire/index.ts', 'properties-imports-only-what-it-may'],
  ['properties/whole-nodes/a.ts', '../../src/adapters/level-store.ts', 'whole nodes-imports-only-what-it-may'],
  ['src/stray.ts', './protocol/block.ts', 'every-file-is-in-a-room'],
  ['src/core/f.ts', './missing.ts', 'nothing-unresolved'],
  ['src/node/c.ts', 'prettier', 'no-undeclared-package'],
];

/** Rules that take more than one file to break. */
const ENTANGLED: Record<string, readonly string[]> = {
  'src/node/ring.ts': ['./ring-back.ts'],
  'src/node/ring-back.ts': ['./ring.ts'],
  'machines/heavy.ts': ['fast-check'],
};

const roots: string[] = [];

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

describe('imports go one way', () => {
  test('a tree in which each room imports what it may is accepted', async () => {
    const { modules, violations } = await reportImports(plant(INNOCENT));
    expect(violations).toEqual([]);
    expect(modules).toBe(Object.keys(INNOCENT).length);
  });

  test('a tree that is not there is no success', async () => {
    await expect(reportImports(plant({}))).rejects.toThrow('no file of machines, src, properties');
  });

  describe('a planted violation is caught', () => {
    let violations: readonly string[] = [];
    beforeAll(async () => {
      const planted = Object.fromEntries(PLANTED.map(([file, imported]) => [file, [imported]]));
      const entry = { 'machines/index.ts': ['./heavy.ts'] };
      ({ violations } = await reportImports(plant({ ...INNOCENT, ...planted, ...ENTANGLED, ...entry })));
    });

    test.each(PLANTED)('%s imports %s', (file, _imported, rule) => {
      expect(violations.filter((line) => line.startsWith(`${rule}: ${file} -> `))).not.toEqual([]);
    });

    test('a cycle', () => {
      expect(violations).toContainEqual(expect.stringMatching(/^no-cycles: src\/node\/ring/));
    });

    test('a heavy package behind a light entry', () => {
      expect(violations).toContainEqual(
        expect.stringMatching(/^light-entries-load-xstate-only: machines\/index\.ts -> .*fast-check/),
      );
    });
  });
});

function plant(files: Record<string, readonly string[]>): string {
  const root = mkdtempSync(join(tmpdir(), 'import-directions-'));
  roots.push(root);
  const packages = ['xstate', 'protobufjs', 'tweetnacl', 'classic-level', 'libp2p', 'commander', 'pino'];
  const manifest = {
    dependencies: Object.fromEntries(packages.map((name) => [name, '1'])),
    peerDependencies: { 'fast-check': '1' },
    devDependencies: { 'fast-check': '1', prettier: '1' },
  };
  write(root, 'package.json', JSON.stringify(manifest));
  for (const name of [...packages, 'fast-check', 'prettier']) {
    write(root, `node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(root, `node_modules/${name}/index.js`, '');
  }
  for (const [index, [file, imports]] of Object.entries(files).entries()) {
    const keyword = index % 2 === 0 ? 'import' : 'import type';
    write(
      root,
      file,
      imports
        .map((name, n) => `${keyword} * as import${n} from '${name}';\nexport const use${n} = typeof import${n};`)
        .join('\n'),
    );
  }
  return root;
}

function write(root: string, file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
