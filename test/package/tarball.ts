/**
 * `npm run check:package`: the package as others get it. Builds and packs it, lints the tarball, installs it into an
 * empty project and uses it there as the README says.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { Consumer, run } from './consumer.ts';
import { PACKAGE_ROOT } from './import-directions.ts';
import { LocalNetwork } from './local-network.ts';
import { checkEntry, checkMissingPeers } from './missing-peers.ts';
import { embeddingExample } from './readme-example.ts';

const BIN = join(PACKAGE_ROOT, 'node_modules/.bin');
const MANIFEST = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  readonly name: string;
  readonly exports: Record<string, unknown>;
  readonly peerDependencies: Record<string, string>;
};
const OPTIONAL_PACKAGES = Object.entries(MANIFEST.peerDependencies).map(([name, range]) => `${name}@${range}`);
const EMBEDDING_BLOCKS = 20;
const LIGHT_ENTRIES = ['.', './machines'];
const PUBLISHED =
  /^(package\.json|README\.md|LICENSE|dist\/((src|machines|properties)\/.+\.(js|js\.map|d\.ts)|inspect-page\/.+\.(html|js|css|svg)|properties\/exploration\/counts\.json))$/;

const workspace = mkdtempSync(join(tmpdir(), 'pocket-state-sync-'));
process.on('exit', () => {
  rmSync(workspace, { recursive: true, force: true });
});

step('build', () => run(PACKAGE_ROOT, 'npm', 'run', 'build'));
const tarball = step('pack', pack);
step('publint', () => run(PACKAGE_ROOT, join(BIN, 'publint'), 'run', tarball, '--strict'));
step('types resolve (attw)', () => run(PACKAGE_ROOT, join(BIN, 'attw'), tarball, '--profile', 'esm-only'));
const consumer = step('install into an empty project', () => {
  mkdirSync(join(workspace, 'consumer'));
  return new Consumer(join(workspace, 'consumer'), tarball);
});
step('every entry loads without the optional packages', () => checkEntries(consumer));
step('light entries load xstate and nothing else', () => checkLightEntries(consumer));
step('a missing optional package is named', () => checkMissingPeers(consumer));
step('the command runs', () => consumer.node(join('node_modules/.bin', MANIFEST.name), '--help'));
step('install the optional packages', () => {
  consumer.install(...OPTIONAL_PACKAGES);
});
await step("the README's embedding from TypeScript and JavaScript", () => runEmbedding(consumer));

function step<Result>(title: string, action: () => Result): Result {
  const startMs = performance.now();
  const passed = <T>(result: T): T => {
    console.log(`ok      ${title} (${((performance.now() - startMs) / 1_000).toFixed(1)} s)`);
    return result;
  };
  const failed = (error: unknown): never => {
    console.log(`FAILED  ${title}`);
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  };
  try {
    const result = action();
    return result instanceof Promise ? (result.then(passed, failed) as Result) : passed(result);
  } catch (error) {
    return failed(error);
  }
}

function pack(): string {
  // The build has run: as npm's own step it would write into the report.
  const output = run(PACKAGE_ROOT, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', workspace);
  const [packed] = JSON.parse(output) as {
    readonly filename: string;
    readonly size: number;
    readonly files: readonly { readonly path: string }[];
  }[];
  if (packed === undefined) throw new Error(`npm pack reported no tarball: ${output}`);
  const surplus = packed.files.filter(({ path }) => !PUBLISHED.test(path));
  if (surplus.length > 0) throw new Error(`not to be published: ${surplus.map(({ path }) => path).join(', ')}`);
  console.log(`        ${packed.filename}: ${packed.files.length} files, ${Math.round(packed.size / 1_000)} kB`);
  return join(workspace, packed.filename);
}

function checkEntries(consumer: Consumer): void {
  for (const entry of Object.keys(MANIFEST.exports)) {
    if (entry !== './package.json') checkEntry(consumer, specifier(entry));
  }
}

function checkLightEntries(consumer: Consumer): void {
  const listLoaded = ['--import', join(PACKAGE_ROOT, 'test/package/loaded-packages.ts')];
  for (const entry of LIGHT_ENTRIES) {
    const output = consumer.evaluate(`await import('${specifier(entry)}');`, ...listLoaded);
    const loaded = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as string[];
    const expected = [MANIFEST.name, 'xstate'];
    if (loaded.join() !== expected.join()) throw new Error(`${entry} loads ${loaded.join(', ')}, not just xstate`);
  }
}

/** As its reader would: in a project of its own, against a node that has a chain. */
async function runEmbedding(consumer: Consumer): Promise<void> {
  const example = embeddingExample(readFileSync(join(PACKAGE_ROOT, 'README.md'), 'utf8'));
  const compilerOptions = {
    target: 'ES2024',
    module: 'NodeNext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(PACKAGE_ROOT, 'node_modules/@types')],
  };
  consumer.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['embedding.ts'] }));
  consumer.write('embedding.ts', example);
  consumer.write(
    'embedding.js',
    ts.transpile(example, { target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.ESNext }),
  );
  consumer.node(join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc'));

  const network = await LocalNetwork.start(consumer, join('node_modules/.bin', MANIFEST.name), EMBEDDING_BLOCKS);
  try {
    for (const file of ['embedding.ts', 'embedding.js']) {
      rmSync(join(consumer.directory, 'data'), { recursive: true, force: true });
      const output = consumer.node(...network.nodeOptions, file);
      if (!output.includes(`synced at height ${EMBEDDING_BLOCKS}`)) throw new Error(`${file} printed\n${output}`);
      console.log(output.replace(/^(?=.)/gm, '        '));
    }
  } finally {
    network.stop();
  }
}

function specifier(entry: string): string {
  return MANIFEST.name + entry.slice(1);
}
