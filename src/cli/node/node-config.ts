import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { SyncConfig } from '../../protocol/config.ts';
import { resolveConfig } from '../../protocol/config.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import { parsePrivateKey } from '../../validation/index.ts';
import { ADMIN_HOST } from '../../admin/index.ts';
import type { HostAndPort } from '../option-values.ts';
import { parseHostAndPort } from '../option-values.ts';
import { readJsonFile } from '../json-file.ts';
import { ConfigFields } from './config-fields.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const LOG_FORMATS = ['json', 'pretty'] as const;

/** A node's configuration: Pocket's fields as far as they mean something here, and our own section `state_sync`. */
export interface NodeConfig {
  /** 128 hex characters. Never to be logged. */
  readonly privateKey: string;
  readonly networkId: string;
  readonly storeDirectory: string;
  /** Multiaddrs. */
  readonly listen: readonly string[];
  readonly peers: readonly string[];
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: (typeof LOG_FORMATS)[number];
  readonly sync: Partial<SyncConfig>;
  /** Where the admin endpoint listens; null: there is none. */
  readonly admin: HostAndPort | null;
}

/** Settings that have their place elsewhere: in the genesis, or in Pocket's own part of the configuration. */
const ELSEWHERE = {
  blockBytesMax: 'is max_block_bytes of the genesis and cannot be set here',
  serverEnabled: 'is set by "consensus.server_mode_enabled"',
} as const;

/**
 * Reads a configuration in Pocket's JSON format. Relative paths count from the file's directory. Fields of Pocket's that
 * mean nothing to a node which only syncs are passed over; in `state_sync` an unknown field is refused.
 * @throws StateSyncError CONFIG_MISSING, CONFIG_INVALID naming the field, KEY_INVALID
 */
export async function readNodeConfig(path: string): Promise<NodeConfig> {
  const json = await readJsonFile('configuration', path, 'CONFIG_MISSING', 'CONFIG_INVALID');
  return parseNodeConfig(json, dirname(resolve(path)));
}

export function parseNodeConfig(json: unknown, directory: string): NodeConfig {
  const fields = new ConfigFields(json, '');
  const stateSync = fields.section('state_sync');
  const logger = fields.section('logger');
  const root = resolve(directory, fields.text('root_directory') ?? '.');
  const serverEnabled = fields.section('consensus').flag('server_mode_enabled');
  return {
    privateKey: privateKeyOf(fields),
    networkId: fields.requiredText('network_id'),
    storeDirectory: resolve(root, fields.section('persistence').requiredText('block_store_path')),
    listen: stateSync.texts('listen') ?? [listenAddress(fields.section('p2p'))],
    peers: stateSync.texts('peers') ?? [],
    logLevel: logger.oneOf('level', LOG_LEVELS) ?? 'info',
    logFormat: logger.oneOf('format', LOG_FORMATS) ?? 'json',
    admin: adminAddress(stateSync),
    sync: { ...syncConfigOf(stateSync), ...(serverEnabled === undefined ? {} : { serverEnabled }) },
  };
}

function privateKeyOf(fields: ConfigFields): string {
  const privateKey = fields.requiredText('private_key');
  parsePrivateKey(privateKey);
  return privateKey;
}

function listenAddress(p2p: ConfigFields): string {
  const hostname = p2p.text('hostname') ?? '127.0.0.1';
  const address = hostname === 'localhost' ? '127.0.0.1' : hostname;
  const version = isIP(address);
  if (version === 0) {
    p2p.invalid('hostname', `is "${hostname}", no IP address; name what to listen on in "state_sync.listen"`);
  }
  return `/ip${version}/${address}/tcp/${p2p.port('port') ?? 0}`;
}

function adminAddress(stateSync: ConfigFields): HostAndPort | null {
  const text = stateSync.text('admin');
  if (text === undefined) return null;
  return parseHostAndPort(text, ADMIN_HOST) ?? stateSync.invalid('admin', `is "${text}", not HOST:PORT or PORT`);
}

function syncConfigOf(stateSync: ConfigFields): Partial<SyncConfig> {
  const settings = stateSync.rest('listen', 'peers', 'admin');
  for (const [name, problem] of Object.entries(ELSEWHERE)) {
    if (name in settings) stateSync.invalid(name, problem);
  }
  try {
    resolveConfig(settings);
  } catch (error) {
    if (!(error instanceof StateSyncError)) throw error;
    const problem = error.message.slice(`${error.code}: `.length);
    throw new StateSyncError('CONFIG_INVALID', `in "state_sync": ${problem}`, { cause: error });
  }
  return settings;
}
