import { InvalidArgumentError } from 'commander';

/** Reads an option's value as a whole number between two bounds, both included. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

export const ON_THIS_MACHINE = '127.0.0.1';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

const PORT_MAX = 65_535;

/** `HOST:PORT`, `[IPV6]:PORT` or `PORT` alone; null when it is none of these. */
export function parseHostAndPort(text: string, defaultHost: string): HostAndPort | null {
  const [, name, digits = ''] = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > PORT_MAX) return null;
  return { host: name === undefined ? defaultHost : name.replace(/^\[(.*)\]$/, '$1'), port };
}

/** Reads an option's value as `HOST:PORT` or `PORT`. */
export function hostAndPort(defaultHost: string): (text: string) => HostAndPort {
  return (text) => {
    const value = parseHostAndPort(text, defaultHost);
    if (value !== null) return value;
    throw new InvalidArgumentError('It must be HOST:PORT or PORT.');
  };
}
