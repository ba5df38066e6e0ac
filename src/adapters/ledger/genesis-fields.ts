import { StateSyncError } from '../../protocol/errors.ts';
import { parseAmount } from './amount.ts';

const ADDRESS = /^[0-9a-f]{40}$/;
const PUBLIC_KEY = /^[0-9a-f]{64}$/;

/** One object of a genesis file. Every reader throws GENESIS_INVALID with the path of the field. */
export class GenesisFields {
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) invalid(path, 'must be an object');
    this.#path = path;
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' && value !== '' ? value : this.invalid(name, 'must be a text that is not empty');
  }

  /** Empty when it is missing. */
  optionalText(name: string): string {
    const value = this.#fields[name] ?? '';
    return typeof value === 'string' ? value : this.invalid(name, 'must be a text');
  }

  address(name: string): string {
    const value = this.text(name);
    return ADDRESS.test(value) ? value : this.invalid(name, 'must be 40 lowercase hex characters');
  }

  publicKey(name: string): string {
    const value = this.text(name);
    return PUBLIC_KEY.test(value) ? value : this.invalid(name, 'must be 64 lowercase hex characters');
  }

  amount(name: string): bigint {
    const value = parseAmount(this.#fields[name]);
    return value ?? this.invalid(name, 'must be a decimal string of a whole number that is not negative');
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#fields[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.invalid(name, `must be a whole number from ${min} to ${max}`);
  }

  object(name: string): GenesisFields {
    return new GenesisFields(this.#fields[name], this.#pathOf(name));
  }

  /** The objects of a list; a missing list is an empty one, as in Pocket's files. */
  objects(name: string): GenesisFields[] {
    if (!this.has(name)) return [];
    const value = this.#fields[name];
    if (!Array.isArray(value)) return this.invalid(name, 'must be a list');
    return value.map((item, index) => new GenesisFields(item, `${this.#pathOf(name)}[${index}]`));
  }

  invalid(name: string, problem: string): never {
    return invalid(this.#pathOf(name), problem);
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }
}

function invalid(path: string, problem: string): never {
  throw new StateSyncError('GENESIS_INVALID', `${path === '' ? 'the genesis' : `"${path}"`} ${problem}`);
}
