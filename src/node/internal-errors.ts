/** Where what nobody else can be told of goes, when the host says nothing else: a warning of the process. */
export function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), { code: 'POCKET_STATE_SYNC' });
}

/** The same, but what it throws itself is a warning too, and goes no further. */
export function withoutFail(tell: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      tell(error);
    } catch (thrown) {
      warn(error);
      warn(thrown);
    }
  };
}
