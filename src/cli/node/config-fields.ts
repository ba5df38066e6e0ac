import { StateSyncError } from '../../protocol/errors.ts';

/** Reads the fields of one object of the configuration; what is wrong with one is told with its full name. */
export class ConfigFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #name: string;

  /** @throws StateSyncError CONFIG_INVALID when it is not an object */
  constructor(value: unknown, name: string) {
    this.#name = name;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new StateSyncError(
        'CONFIG_INVALID',
        `${name === '' ? 'the configuration' : `"${name}"`} must be an object`,
      );
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  /** The object in a field; an empty one when it is not there. */
  section(field: string): ConfigFields {
    return new ConfigFields(this.#fields[field] ?? {}, this.#pathOf(field));
  }

  text(field: string): string | undefined {
    const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
    return this.#read(field, 'a text that is not empty', isText);
  }

  requiredText(field: string): string {
    return this.text(field) ?? this.invalid(field, 'is missing');
  }

  flag(field: string): boolean | undefined {
    return this.#read(field, 'true or false', (value) => typeof value === 'boolean');
  }

  port(field: string): number | undefined {
    const isPort = (value: unknown): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535;
    return this.#read(field, 'a port, a whole number from 0 to 65535', isPort);
  }

  texts(field: string): readonly string[] | undefined {
    const isTexts = (value: unknown): value is string[] =>
      Array.isArray(value) && value.every((item) => typeof item === 'string');
    return this.#read(field, 'a list of texts', isTexts);
  }

  oneOf<const Value extends string>(field: string, values: readonly Value[]): Value | undefined {
    const isOne = (value: unknown): value is Value => values.some((each) => each === value);
    return this.#read(field, `one of ${values.join(', ')}`, isOne);
  }

  /** All fields but these. */
  rest(...taken: readonly string[]): Readonly<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(this.#fields).filter(([field]) => !taken.includes(field)));
  }

  invalid(field: string, problem: string): never {
    throw new StateSyncError('CONFIG_INVALID', `"${this.#pathOf(field)}" ${problem}`);
  }

  #read<Value>(field: string, what: string, accepts: (value: unknown) => value is Value): Value | undefined {
    const value = this.#fields[field];
    if (value === undefined || value === null) return undefined;
    return accepts(value) ? value : this.invalid(field, `must be ${what}`);
  }

  #pathOf(field: string): string {
    return this.#name === '' ? field : `${this.#name}.${field}`;
  }
}
