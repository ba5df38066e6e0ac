import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Consumer } from './consumer.ts';

/** A chain and one node that serves it, made and run by the installed command. */
export class LocalNetwork {
  /** What a program of the consumer needs to sync from it: its key and its peers, in the environment. */
  readonly nodeOptions: readonly string[];
  readonly #server: ChildProcess;

  private constructor(server: ChildProcess, nodeOptions: readonly string[]) {
    this.#server = server;
    this.nodeOptions = nodeOptions;
  }

  static async start(consumer: Consumer, command: string, blocks: number): Promise<LocalNetwork> {
    const port = await freePort();
    const size = ['--blocks', String(blocks), '--port', String(port)];
    consumer.node(command, 'chain', 'generate', '--out', 'net', ...size);
    const path = (file: string) => join(consumer.directory, 'net', file);
    copyFileSync(path('genesis.json'), join(consumer.directory, 'genesis.json'));
    const { private_key, state_sync } = JSON.parse(readFileSync(path('full-node.json'), 'utf8')) as {
      readonly private_key: string;
      readonly state_sync: { readonly peers: readonly string[] };
    };
    consumer.write('.env', `PRIVATE_KEY=${private_key}\nPEERS=${state_sync.peers[0] ?? ''}\n`);
    const files = ['--config', path('validator-1.json'), '--genesis', path('genesis.json')];
    const server = spawn(process.execPath, [command, 'node', ...files], { cwd: consumer.directory, stdio: 'ignore' });
    return new LocalNetwork(server, ['--env-file=.env']);
  }

  stop(): void {
    this.#server.kill('SIGKILL');
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
