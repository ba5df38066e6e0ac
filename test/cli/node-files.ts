import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from './run-cli.ts';
import type { Started } from './run-cli.ts';

/**
 * Makes a configuration from one that `chain generate` made, with any free port. Paths count from the same directory.
 * @returns its path
 */
export async function configure(network: string, name: string, changes: object = {}): Promise<string> {
  const config = JSON.parse(await readFile(join(network, `${name}.json`), 'utf8')) as object;
  const file = join(network, `changed-${name}.json`);
  const common = { p2p: { hostname: '127.0.0.1', port: 0 }, logger: { level: 'debug', format: 'json' } };
  await writeFile(file, JSON.stringify({ ...config, ...common, ...changes }));
  return file;
}

export function startNode(network: string, config: string, ...more: readonly string[]): Started {
  return start('node', '--config', config, '--genesis', join(network, 'genesis.json'), ...more);
}

/** The multiaddr that a node logs when it is up. */
export async function addressOf(node: Started): Promise<string> {
  const { addresses } = await node.line(({ msg }) => msg === 'listening');
  return (addresses as string[])[0] ?? '';
}
