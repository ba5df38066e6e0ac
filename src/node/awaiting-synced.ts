/**
 * Whoever waits for the node to be synced. That is not always a change of mode: a settled node that has lost its peers is
 * synced again when they are back.
 */
export class AwaitingSynced {
  readonly #waiting = new Set<() => void>();

  get isAny(): boolean {
    return this.#waiting.size > 0;
  }

  /** Resolves with the next `resolve()`; rejects with the signal's reason. */
  async one(signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const resolved = () => {
      resolve(undefined);
    };
    const abort = () => {
      reject(signal?.reason as Error);
    };
    this.#waiting.add(resolved);
    signal?.addEventListener('abort', abort);
    try {
      await promise;
    } finally {
      this.#waiting.delete(resolved);
      signal?.removeEventListener('abort', abort);
    }
  }

  resolve(): void {
    for (const resolve of this.#waiting) resolve();
  }
}
