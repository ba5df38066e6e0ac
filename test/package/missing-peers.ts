import type { Consumer } from './consumer.ts';

/** What somebody does first with each part that needs an optional package, and the command the error must name. */
const USES: readonly { readonly entry: string; readonly use: string; readonly command: string }[] = [
  {
    entry: 'pocket-state-sync/adapters/level',
    use: `await entry.createLevelStore({ directory: 'store', codec: {}, network: { networkId: 'n', genesisHash: 'g' } }).open();`,
    command: 'npm install classic-level',
  },
  {
    entry: 'pocket-state-sync/adapters/libp2p',
    use: `
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url');
      const key = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
      const codec = { messageBytesMax: 1_000 };
      await entry.createLibp2pTransport({ privateKey: Buffer.concat([seed, key]), codec }).start({});`,
    command: 'npm install libp2p',
  },
];

/** The kit is used from test suites, which have fast-check anyway: Node's own error for it will do. */
const KIT = { entry: 'pocket-state-sync/properties', error: "Cannot find package 'fast-check'" };

/** An entry loads without the optional packages, or says which to install. */
export function checkEntry(consumer: Consumer, entry: string): void {
  const { code, message } = failureOf(consumer, `await import('${entry}');`);
  if (code === undefined) return;
  if (entry === KIT.entry && message.startsWith(KIT.error)) return;
  if (code === 'DEPENDENCY_MISSING' && message.includes('npm install ')) return;
  throw new Error(`${entry} does not load: ${code} ${message}`);
}

/** Every optional package is missed with DEPENDENCY_MISSING and the command that installs it, when it is first needed. */
export function checkMissingPeers(consumer: Consumer): void {
  for (const { entry, use, command } of USES) {
    const { code, message } = failureOf(consumer, `const entry = await import('${entry}'); ${use}`);
    if (code !== 'DEPENDENCY_MISSING' || !message.includes(command)) {
      const outcome = code === undefined ? 'works' : `fails with ${code} ${message}`;
      throw new Error(
        `${entry} without its package should fail with DEPENDENCY_MISSING and "${command}", but ${outcome}`,
      );
    }
  }
}

interface Failure {
  /** `undefined` when nothing failed. */
  readonly code: string | undefined;
  readonly message: string;
}

function failureOf(consumer: Consumer, statements: string): Failure {
  const program = `
    import { generateKeyPairSync } from 'node:crypto';
    try {
      ${statements}
      console.log('{}');
    } catch (error) {
      console.log(JSON.stringify({ code: error.code ?? error.name, message: error.message }));
    }`;
  const { code, message = '' } = JSON.parse(consumer.evaluate(program)) as Partial<Failure>;
  return { code, message };
}
