import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys';
import { multiaddr } from '@multiformats/multiaddr';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLibp2pTransport, POCKET_PROTOCOL, STATE_SYNC_PROTOCOL } from '../../src/adapters/libp2p/index.ts';
import { TransportRecorder } from '../../properties/ports/transport-recorder.ts';
import { addressOfTransport, dial, newPrivateKey, NodesUnderTest } from './libp2p-nodes.ts';
import { createTestCodec } from './test-codec.ts';

const nodes = new NodesUnderTest();
afterEach(() => nodes.stop());

const codec = createTestCodec();

describe('the identity', () => {
  it("META-1: is Pocket's address of the key, given as bytes or as hex", () => {
    const key = `${'00'.repeat(32)}3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29`;
    const self = '139e3940e64b5491722088d9a0d741628fc826e0';
    expect(createLibp2pTransport({ privateKey: key, codec }).self).toBe(self);
    expect(createLibp2pTransport({ privateKey: Buffer.from(key, 'hex'), codec }).self).toBe(self);
  });

  it.each([
    ['too short', '00'.repeat(63)],
    ['not hex', 'zz'.repeat(64)],
    ['of two halves that do not belong together', '00'.repeat(64)],
  ])('META-1: a key that is %s is refused', (_what, privateKey) => {
    expect(() => createLibp2pTransport({ privateKey, codec })).toThrow(
      expect.objectContaining({ code: 'KEY_INVALID' }),
    );
  });

  it('META-1: a peer whose key is not ed25519 is refused', async () => {
    const { transport, told } = await nodes.transport();
    const privateKey = await generateKeyPair('secp256k1');
    const { node } = await nodes.raw({ protocols: [STATE_SYNC_PROTOCOL], privateKey });
    const connection = await dial(node, transport).catch(() => null);
    if (connection?.status === 'open') await new Promise((resolve) => connection.addEventListener('close', resolve));
    expect(told.told).toEqual([]);
    expect(transport.stats()).toMatchObject({ peers: 0, connections: 0 });
  });
});

describe('listening', () => {
  it('a port that is taken is ADDRESS_IN_USE, and the transport can be started on another', async () => {
    const { transport } = await nodes.transport();
    const listen = [addressOfTransport(transport).replace(/\/p2p\/.*/, '')];
    const second = createLibp2pTransport({ privateKey: newPrivateKey(), codec, listen });
    await expect(second.start(new TransportRecorder())).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
    expect(second.addresses()).toEqual([]);
    await second.stop();
  });

  it('a peer address that is none is CONFIG_INVALID', async () => {
    const transport = createLibp2pTransport({ privateKey: newPrivateKey(), codec, peers: ['127.0.0.1:4001'] });
    await expect(transport.start(new TransportRecorder())).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('the optional packages', () => {
  afterEach(() => {
    vi.doUnmock('@libp2p/gossipsub');
    vi.resetModules();
  });

  it('one that is not installed is DEPENDENCY_MISSING, with the command that installs it', async () => {
    vi.resetModules();
    vi.doMock('@libp2p/gossipsub', () => {
      throw new Error('not installed');
    });
    const { createLibp2pTransport: create } = await import('../../src/adapters/libp2p/index.ts');
    const transport = create({ privateKey: newPrivateKey(), codec });
    const message = expect.stringContaining('npm install libp2p') as string;
    await expect(transport.start(new TransportRecorder())).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      message,
    });
  });
});

describe('connections', () => {
  it('A31: a configured peer is dialed until it is there, and again after it restarts', async () => {
    const privateKey = newPrivateKey();
    const { transport: first } = await nodes.transport({ privateKey });
    const [address] = [addressOfTransport(first)];
    await first.stop();
    const { transport, told } = await nodes.transport({ peers: [address], listen: [] });
    await vi.waitFor(() => expect(transport.stats().dialsFailed).toBeGreaterThanOrEqual(2));

    const listen = [address.replace(/\/p2p\/.*/, '')];
    const { transport: second } = await nodes.transport({ privateKey, listen });
    await told.nth('connected', 1);
    await second.stop();
    await told.nth('disconnected', 1);
    const { told: thirdTold } = await nodes.transport({ privateKey, listen });
    expect((await told.nth('connected', 2)).peer).toBe(first.self);
    await transport.send(first.self, { type: 'metadataRequest' });
    expect((await thirdTold.nth('message', 1)).peer).toBe(transport.self);
  });

  it('META-1: several connections of one identity are one peer, and bounded', async () => {
    const { transport, told } = await nodes.transport({ limits: { connectionsPerPeerMax: 2 } });
    const { node, peer } = await nodes.raw({ protocols: [STATE_SYNC_PROTOCOL] });
    const address = multiaddr(addressOfTransport(transport));
    const first = await node.dial(address);
    await told.nth('connected', 1);
    for (let extra = 0; extra < 4; extra += 1) await node.dial(address, { force: true }).catch(() => null);
    await vi.waitFor(() => expect(node.getConnections()).toHaveLength(2));
    expect(transport.stats()).toMatchObject({ peers: 1, connections: 2 });
    for (const connection of node.getConnections())
      if (connection !== first) connection.abort(new Error('one will do'));
    const stream = await first.newStream(STATE_SYNC_PROTOCOL);
    stream.send(Uint8Array.of(0));
    // An empty frame is no message: that it is charged shows that the first connection lives.
    expect(await told.nth('offence', 1)).toMatchObject({ peer });
    expect(told.of('connected')).toHaveLength(1);
    expect(told.of('disconnected')).toEqual([]);
  });

  it('a node that speaks neither protocol is let go, and not charged', async () => {
    const { transport, told } = await nodes.transport({ limits: { identifyTimeoutMs: 60_000 } });
    const { node } = await nodes.raw();
    const connection = await dial(node, transport);
    await new Promise<void>((resolve) => {
      if (connection.status === 'open') connection.addEventListener('close', () => resolve());
      else resolve();
    });
    expect(told.told).toEqual([]);
  });

  it('a node that does not say what it speaks is let go in time', async () => {
    const { transport, told } = await nodes.transport({ limits: { identifyTimeoutMs: 100 } });
    const { node } = await nodes.raw({ identifies: false });
    const connection = await dial(node, transport);
    await new Promise<void>((resolve) => connection.addEventListener('close', () => resolve()));
    expect(told.told).toEqual([]);
  });

  it('the own wire is preferred by a node that speaks both', async () => {
    const { transport, told } = await nodes.transport();
    const { node, peer } = await nodes.raw({ protocols: [POCKET_PROTOCOL, STATE_SYNC_PROTOCOL] });
    await dial(node, transport);
    expect(await told.nth('connected', 1)).toMatchObject({ peer, wire: 'pocket-state-sync' });
  });

  it('PEER-1, A07: a refused peer can neither dial nor be dialed', async () => {
    const privateKey = newPrivateKey();
    const { node, peer } = await nodes.raw({
      protocols: [STATE_SYNC_PROTOCOL],
      privateKey: privateKeyFromRaw(privateKey),
    });
    const { transport, told } = await nodes.transport({ peers: node.getMultiaddrs().map(String) });
    await told.nth('connected', 1);
    await transport.disconnect(peer, 60_000);
    await told.nth('disconnected', 1);
    const { dialsFailed } = transport.stats();
    await vi.waitFor(() => expect(transport.stats().dialsFailed).toBeGreaterThan(dialsFailed));
    const connection = await dial(node, transport).catch(() => null);
    if (connection?.status === 'open') await new Promise((resolve) => connection.addEventListener('close', resolve));
    expect(transport.stats()).toMatchObject({ peers: 0, connections: 0 });
    expect(told.of('connected')).toHaveLength(1);
  });
});
