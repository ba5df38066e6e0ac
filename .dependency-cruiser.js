/**
 * The rooms of the package and what each may import: nothing else, type-only imports included. `npm run check:imports`
 * enforces it; `test/package/import-directions.test.ts` plants a violation of every rule.
 *
 * @typedef {object} Room
 * @property {string} name
 * @property {string} files regular expression of the room's own files
 * @property {string[]} [imports] regular expressions of the package's files it may import besides its own
 * @property {string[]} [packages] regular expressions of npm packages it may import
 * @property {string[]} [builtins] regular expressions of Node's modules it may import
 */

const PROTOCOL = '^src/protocol/';
const MACHINES = '^machines/';
const CORE = '^src/core/';
const WIRE = '^src/wire/';
const VALIDATION = '^src/validation/';
const NODE = '^src/node/';
const TRACE = '^src/trace/';
const METRICS = '^src/metrics/';
const ADMIN = '^src/admin/';
const STATELY = '^src/stately/';
const WORDS = '^src/words/';
const ENTRY = '^src/index[.]ts$';
const FEED = '^src/inspect/feed[.]ts$';
const INSPECTOR_MODEL = '^src/inspect/model/';
const PORTS = '^src/node/ports[.]ts$';

/** What several adapters are made of. */
const ADAPTER_PARTS = '^src/adapters/(committed-range|refusals)[.]ts$';
const CLOCK = '^src/adapters/system-clock[.]ts$';
const TRACE_FILE = '^src/adapters/(trace-file|package-version)[.]ts$';

/** Modules that the page's build makes from the machines and the specification. */
const MADE_IN_BUILD = '^virtual:';

const HOSTS = '(simulation/(node|host-under-test)|campaign/canaries/planted-host)[.]ts$';
const WATCHED_HOSTS = 'contract/(watched-(host|ports)|status-told)[.]ts$';
const GUARD = 'check/guard[.]ts$';
const CAMPAIGN = 'campaign/(main|write-traces)[.]ts$';
const EXPLORATION = 'exploration/(main|in-parallel|worker)[.]ts$';
const REAL_BLOCKS = 'real-blocks/';
const BUNDLED_PARTS = 'whole-nodes/bundled-parts[.]ts$';
const WHOLE_NODES = 'whole-nodes/';

const ANY = ['.'];
const NOBLE_HASHES = '@noble/hashes';
const LIBP2P = [
  'libp2p',
  '@libp2p/[^/]+',
  '@chainsafe/libp2p-[^/]+',
  '@multiformats/[^/]+',
  'it-[^/]+',
  'uint8arraylist',
];

/** @type {Room[]} */
const rooms = [
  { name: 'machines', files: MACHINES, packages: ['xstate'] },
  { name: 'protocol', files: PROTOCOL },
  { name: 'core', files: CORE, imports: [MACHINES, PROTOCOL], packages: ['xstate'] },
  { name: 'entry', files: '^src/index[.]ts$', imports: [CORE, MACHINES, PROTOCOL], packages: ['xstate'] },
  { name: 'wire', files: '^src/wire/(?!proto/)', imports: [PROTOCOL, PORTS], packages: ['protobufjs', NOBLE_HASHES] },
  { name: 'validation', files: VALIDATION, imports: [PROTOCOL, PORTS, WIRE], packages: ['tweetnacl', NOBLE_HASHES] },
  {
    name: 'node',
    files: NODE,
    imports: ['^src/index[.]ts$', CORE, MACHINES, PROTOCOL, WIRE, VALIDATION],
    packages: ['xstate', 'pino'],
    builtins: ['events', 'os', 'timers'],
  },
  { name: 'trace', files: TRACE, imports: [CORE, MACHINES, PROTOCOL, WORDS], packages: ['xstate'] },
  {
    name: 'metrics',
    files: METRICS,
    imports: [CORE, MACHINES, PROTOCOL, '^src/node/index[.]ts$'],
    packages: ['prom-client'],
  },
  { name: 'admin', files: ADMIN, imports: [PROTOCOL, '^src/node/index[.]ts$'], builtins: ['http', 'net'] },
  {
    name: 'Stately inspector',
    files: STATELY,
    imports: [CORE, MACHINES, PROTOCOL],
    packages: ['xstate', '@statelyai/inspect', 'ws'],
    builtins: ['http', 'net'],
  },
  { name: 'words', files: WORDS, imports: [CORE, MACHINES, PROTOCOL, '^src/trace/format[.]ts$'] },
  {
    name: 'inspector server',
    files: '^src/inspect/(index|feed|server/)',
    imports: [ENTRY, PROTOCOL, TRACE],
    builtins: ['crypto', 'events', 'fs', 'http', 'path', 'stream', 'url'],
  },
  {
    name: 'inspector model',
    files: INSPECTOR_MODEL,
    imports: [ENTRY, MACHINES, PROTOCOL, TRACE, WORDS, FEED],
    packages: ['xstate'],
  },
  {
    name: 'inspector page',
    files: '^src/inspect/page/',
    imports: [ENTRY, MACHINES, PROTOCOL, TRACE, WORDS, FEED, INSPECTOR_MODEL, MADE_IN_BUILD],
    packages: ['preact', '@preact/signals', 'uplot'],
  },
  {
    name: 'inspector build',
    files: '^src/inspect/build/',
    imports: [INSPECTOR_MODEL, MACHINES, '^src/inspect/page/drawing[.]ts$'],
    packages: ['elkjs', 'marked', 'vite', 'xstate'],
    builtins: ['fs', 'url'],
  },
  { name: 'adapter parts', files: ADAPTER_PARTS, imports: [PORTS, PROTOCOL] },
  { name: 'memory adapters', files: '^src/adapters/memory', imports: [PORTS, PROTOCOL, ADAPTER_PARTS, CLOCK] },
  {
    name: 'LevelDB adapter',
    files: '^src/adapters/level-',
    imports: [PORTS, PROTOCOL, ADAPTER_PARTS],
    packages: ['classic-level'],
    builtins: ['fs', 'path'],
  },
  { name: 'trace file', files: TRACE_FILE, imports: [PROTOCOL, TRACE], builtins: ['fs', 'path'] },
  { name: 'clock adapter', files: CLOCK, imports: [PORTS, PROTOCOL], builtins: ['perf_hooks'] },
  {
    name: 'crypto adapter',
    files: '^src/adapters/node-crypto',
    imports: [PORTS, PROTOCOL, VALIDATION],
    builtins: ['buffer', 'crypto'],
  },
  {
    name: 'ledger adapter',
    files: '^src/adapters/ledger/',
    imports: [PORTS, PROTOCOL, WIRE, VALIDATION],
    packages: ['@chainsafe/persistent-merkle-tree', NOBLE_HASHES],
    builtins: ['fs', 'path'],
  },
  {
    name: 'libp2p adapter',
    files: '^src/adapters/libp2p/',
    imports: [PORTS, PROTOCOL, ADAPTER_PARTS],
    packages: [...LIBP2P, NOBLE_HASHES],
    builtins: ['crypto', 'net'],
  },
  {
    name: 'cli',
    files: '^src/cli/',
    imports: ['^(src|machines|properties)/'],
    packages: ['cli-progress', 'commander', 'pino'],
    builtins: ANY,
  },
  {
    name: 'properties',
    files: `^properties/(?!${HOSTS}|${WATCHED_HOSTS}|${GUARD}|${CAMPAIGN}|${EXPLORATION}|${REAL_BLOCKS}|${WHOLE_NODES})`,
    imports: ['^properties/', '^src/index[.]ts$', CORE, MACHINES, PROTOCOL, PORTS],
    packages: ['fast-check', 'xstate'],
  },
  // The simulation runs the real host loop; its canaries run one with a bug planted.
  {
    name: 'simulated hosts',
    files: `^properties/${HOSTS}`,
    imports: ['^properties/', CORE, PROTOCOL, NODE, '^src/index[.]ts$'],
  },
  {
    name: 'watched hosts',
    files: `^properties/${WATCHED_HOSTS}`,
    imports: ['^properties/', CORE, PROTOCOL, NODE],
  },
  // Notices what a host under check does behind its ports' back.
  { name: 'guard of hosts', files: `^properties/${GUARD}`, imports: ['^properties/'], builtins: ['async_hooks'] },
  // Pocket's own bytes and certificates, made and spoiled with the parts of the ledger that need no state.
  {
    name: 'real blocks',
    files: `^properties/${REAL_BLOCKS}`,
    imports: [
      '^properties/',
      PROTOCOL,
      PORTS,
      WIRE,
      VALIDATION,
      '^src/adapters/(node-crypto|ledger/(certify|tamper))[.]ts$',
    ],
    packages: [NOBLE_HASHES],
  },
  // Nodes over single adapters: in memory, what stands in for the others.
  {
    name: 'whole nodes',
    files: `^properties/(?!${BUNDLED_PARTS})${WHOLE_NODES}`,
    imports: ['^properties/', CORE, PROTOCOL, NODE, CLOCK, '^src/adapters/memory-store[.]ts$'],
    builtins: ['util'],
  },
  // And over this package's own, which nobody else needs to have: only the campaign loads them.
  {
    name: 'bundled parts',
    files: `^properties/${BUNDLED_PARTS}`,
    imports: ['^properties/', PROTOCOL, WIRE, VALIDATION, '^src/adapters/(node-crypto|level-store|ledger/[^/]+)[.]ts$'],
    packages: [NOBLE_HASHES],
    builtins: ['fs/promises', 'os', 'path'],
  },
  {
    name: 'campaign command',
    files: `^properties/${CAMPAIGN}`,
    imports: ['^properties/', TRACE, TRACE_FILE],
    builtins: ['fs', 'path', 'util'],
  },
  {
    name: 'exploration command',
    files: `^properties/${EXPLORATION}`,
    imports: ['^properties/'],
    builtins: ['fs', 'os', 'util', 'worker_threads'],
  },
];

/** Runs when something is generated or built; the page is bundled with what it imports. */
const UNBUILT = ['^src/wire/proto/generate[.]ts$', '^src/inspect/(build|model|page)/'];

/** @param {Room} room */
function onlyWhatItMay({ name, files, imports = [], packages = [], builtins = [] }) {
  const allowed = [
    files,
    ...imports,
    ...packages.map((pattern) => `node_modules/(@types/)?${pattern}/`),
    ...builtins.map((pattern) => `^(node:)?${pattern}(/promises)?$`),
  ];
  const anyBuiltin = builtins === ANY ? { dependencyTypesNot: ['core'] } : {};
  return {
    name: `${name}-imports-only-what-it-may`,
    severity: 'error',
    from: { path: files },
    to: { pathNot: allowed, ...anyBuiltin },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...rooms.map(onlyWhatItMay),
    {
      name: 'every-file-is-in-a-room',
      comment: 'A file no rule speaks of would be free of all of them.',
      severity: 'error',
      from: { path: '^(src|machines|properties)/', pathNot: [...rooms.map((room) => room.files), ...UNBUILT] },
      to: {},
    },
    {
      name: 'no-cycles',
      comment: 'Type-only cycles count: they tangle a reader as much as a compiler.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: MADE_IN_BUILD },
    },
    {
      name: 'light-entries-load-xstate-only',
      comment: 'The entries `.` and `./machines` must also run in a browser.',
      severity: 'error',
      from: { path: '^(src|machines)/index[.]ts$' },
      to: { path: '.', pathNot: ['^(src|machines)/', 'node_modules/xstate/'], reachable: true },
    },
    {
      name: 'no-undeclared-package',
      comment: 'What the published package imports must be among its dependencies or peer dependencies.',
      severity: 'error',
      from: { path: '^(src|machines|properties)/', pathNot: UNBUILT },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm', 'npm-peer'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
