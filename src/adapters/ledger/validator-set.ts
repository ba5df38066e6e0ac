import type { ValidatorIdentity } from '../../protocol/block.ts';
import { validatorKey, type Entry } from './records.ts';

const PREFIX = validatorKey('');

/** The set, by address, after some entries changed. Unchanged sets stay the same array. */
export function validatorsAfter(
  validators: readonly ValidatorIdentity[],
  changed: ReadonlyMap<string, Entry | null>,
): readonly ValidatorIdentity[] {
  const keys = [...changed.keys()].filter((key) => key.startsWith(PREFIX));
  if (keys.length === 0) return validators;
  const members = new Map(validators.map((validator) => [validator.address, validator]));
  for (const key of keys) {
    const address = key.slice(PREFIX.length);
    const record = changed.get(key)?.record;
    if (record?.kind === 'validator') members.set(address, { address, publicKey: record.publicKey });
    else members.delete(address);
  }
  return [...members.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}
