import { pino } from 'pino';
import type { Logger } from 'pino';
import type { NodeConfig } from './node-config.ts';

/** The log, on standard output: a JSON object a line, or with the format `pretty` a line to be read. */
export function createLog({ logLevel, logFormat }: Pick<NodeConfig, 'logLevel' | 'logFormat'>): Logger {
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (logFormat === 'json') return pino(options, pino.destination({ fd: 1, sync: true }));
  return pino(options, { write: (line: string) => void process.stdout.write(prettyLine(line)) });
}

function prettyLine(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const label = pino.levels.labels[Number(level)] ?? '';
  const details = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`);
  return `${[textOf(time), label.toUpperCase().padEnd(5), textOf(msg), ...details].join(' ')}\n`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
