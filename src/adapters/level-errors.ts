import { StateSyncError } from '../protocol/errors.ts';

/**
 * What classic-level throws, in this package's words. LevelDB tells most causes by message only, below a wrapper whose
 * cause is the real error.
 */
export function toStoreError(thrown: unknown, directory: string, action: string): StateSyncError {
  if (thrown instanceof StateSyncError) return thrown;
  const causes = [...causesOf(thrown)];
  const codes = new Set(causes.map((cause) => cause.code));
  const reason = causes.at(-1)?.message ?? String(thrown);
  const message = `${action} in ${directory} failed: ${reason}`;
  if (codes.has('LEVEL_LOCKED')) {
    return new StateSyncError('STORE_LOCKED', `${directory} is in use by another process or store`, { cause: thrown });
  }
  if (codes.has('ENOSPC') || causes.some((cause) => /no space left on device/i.test(cause.message))) {
    return new StateSyncError('STORE_DISK_FULL', message, { cause: thrown, next: 'nothing was committed' });
  }
  // A table file that disappeared is reported as an I/O error.
  if (
    codes.has('LEVEL_CORRUPTION') ||
    causes.some((cause) => /^(Corruption|.*\.ldb: No such file)/.test(cause.message))
  ) {
    return new StateSyncError('STORE_CORRUPT', message, { cause: thrown });
  }
  if (codes.has('LEVEL_DATABASE_NOT_OPEN') && causes.length === 1) {
    return new StateSyncError('STORE_CLOSED', `the store in ${directory} is not open`, { cause: thrown });
  }
  return new StateSyncError('STORE_FAILED', message, { cause: thrown });
}

function* causesOf(thrown: unknown): Generator<Error & { code?: unknown }> {
  let current = thrown;
  while (current instanceof Error) {
    yield current;
    current = current.cause;
  }
}
