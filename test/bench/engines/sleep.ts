/** setTimeout may come this much late. */
const TIMER_SLACK_MS = 1.5;

/** Waits as long as it should and no longer: the last bit in turns of the event loop, where others get their share. */
export function sleepExactly(ms: number): Promise<void> {
  const dueAtMs = performance.now() + ms;
  return new Promise((resolve) => {
    const turn = (): void => {
      if (performance.now() >= dueAtMs) resolve();
      else setImmediate(turn);
    };
    if (ms > TIMER_SLACK_MS) setTimeout(turn, ms - TIMER_SLACK_MS);
    else turn();
  });
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
