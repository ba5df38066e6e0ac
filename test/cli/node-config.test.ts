import { expect, it } from 'vitest';
import { parseNodeConfig } from '../../src/cli/node/node-config.ts';
import { formatPrivateKey, keyPairFromSeed } from '../../src/validation/index.ts';

const MINIMAL = {
  private_key: formatPrivateKey(keyPairFromSeed(new Uint8Array(32).fill(7))),
  network_id: 'localnet',
  persistence: { block_store_path: 'blocks' },
};

it("Pocket's fields are taken where they mean something, and passed over where they do not", () => {
  const config = parseNodeConfig(
    {
      ...MINIMAL,
      root_directory: 'root',
      consensus: { max_mempool_bytes: 5, server_mode_enabled: false },
      p2p: { hostname: 'localhost', port: 42069, use_rain_tree: true },
      logger: { level: 'debug', format: 'pretty' },
      telemetry: { enabled: true },
      state_sync: { peers: ['/ip4/10.0.0.1/tcp/1'], minPeers: 2, strategy: 'synchronous' },
    },
    '/home',
  );
  expect(config).toEqual({
    privateKey: MINIMAL.private_key,
    networkId: 'localnet',
    storeDirectory: '/home/root/blocks',
    admin: null,
    listen: ['/ip4/127.0.0.1/tcp/42069'],
    peers: ['/ip4/10.0.0.1/tcp/1'],
    logLevel: 'debug',
    logFormat: 'pretty',
    sync: { minPeers: 2, strategy: 'synchronous', serverEnabled: false },
  });
});

it('what is left out has a default: this machine only, a free port, no peers', () => {
  const { listen, peers, logLevel, logFormat, sync } = parseNodeConfig(MINIMAL, '/home');
  expect({ listen, peers, logLevel, logFormat, sync }).toEqual({
    listen: ['/ip4/127.0.0.1/tcp/0'],
    peers: [],
    logLevel: 'info',
    logFormat: 'json',
    sync: {},
  });
});

it('`state_sync.listen` has the last word on where to listen', () => {
  const listen = ['/ip4/0.0.0.0/tcp/1', '/ip6/::/tcp/1'];
  expect(parseNodeConfig({ ...MINIMAL, p2p: { hostname: 'my.host' }, state_sync: { listen } }, '/').listen).toEqual(
    listen,
  );
});

it.each([
  { change: { state_sync: { minPears: 1 } }, error: /^CONFIG_INVALID: in "state_sync": .*minPears/ },
  { change: { state_sync: { inFlightMax: 0 } }, error: /^CONFIG_INVALID: .*inFlightMax/ },
  { change: { state_sync: { strategy: 'psychic' } }, error: /^CONFIG_INVALID: .*strategy/ },
  { change: { state_sync: { blockBytesMax: 9 } }, error: /^CONFIG_INVALID: "state_sync.blockBytesMax" .*genesis/ },
  { change: { state_sync: { serverEnabled: true } }, error: /^CONFIG_INVALID: .*consensus.server_mode_enabled/ },
  { change: { state_sync: { peers: [1] } }, error: /^CONFIG_INVALID: "state_sync.peers" must be a list of texts/ },
  { change: { state_sync: [] }, error: /^CONFIG_INVALID: "state_sync" must be an object/ },
  { change: { p2p: { port: 65_536 } }, error: /^CONFIG_INVALID: "p2p.port" must be a port/ },
  { change: { p2p: { hostname: 'my.host' } }, error: /^CONFIG_INVALID: "p2p.hostname" .*state_sync.listen/ },
  { change: { logger: { level: 'loud' } }, error: /^CONFIG_INVALID: "logger.level" must be one of trace, / },
  { change: { consensus: { server_mode_enabled: 1 } }, error: /^CONFIG_INVALID: "consensus.server_mode_enabled"/ },
  { change: { persistence: {} }, error: /^CONFIG_INVALID: "persistence.block_store_path" is missing/ },
  { change: { network_id: '' }, error: /^CONFIG_INVALID: "network_id" must be a text that is not empty/ },
  { change: { private_key: undefined }, error: /^CONFIG_INVALID: "private_key" is missing/ },
  { change: { private_key: 'ab'.repeat(64) }, error: /^KEY_INVALID: / },
])('$change is refused, naming the field: $error', ({ change, error }) => {
  expect(() => parseNodeConfig({ ...MINIMAL, ...change }, '/')).toThrow(error);
});
