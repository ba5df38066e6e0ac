import { StateSyncError } from '../../src/protocol/errors.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';

/** The code of the StateSyncError that `run` throws, or null when it throws nothing; anything else is rethrown. */
export function codeOf(run: () => unknown): ErrorCode | null {
  try {
    run();
    return null;
  } catch (thrown) {
    if (thrown instanceof StateSyncError) return thrown.code;
    throw thrown;
  }
}
