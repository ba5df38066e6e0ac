import { isIP } from 'node:net';
import { ADMIN_HOST, ADMIN_PORT, askStatus } from '../../admin/index.ts';
import type { HostAndPort } from '../option-values.ts';
import { statusLines } from './status-lines.ts';

export interface StatusOptions {
  readonly admin?: HostAndPort;
  readonly json: boolean;
}

/** Tells on standard output how a running node is. @throws StateSyncError ADMIN_UNREACHABLE, ADMIN_FOREIGN */
export async function runStatus({ admin, json }: StatusOptions): Promise<void> {
  const { host, port } = admin ?? { host: ADMIN_HOST, port: ADMIN_PORT };
  const answer = await askStatus({ url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}` });
  process.stdout.write(`${json ? JSON.stringify(answer) : statusLines(answer).join('\n')}\n`);
}
