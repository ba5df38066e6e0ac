/** Time on the timeline: `12.34 s`, `3:05.2`, `2:03:05`. */
export function timeText(atMs: number): string {
  const seconds = atMs / 1_000;
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const [hours, minutes, rest] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours === 0) return `${minutes}:${rest.toFixed(1).padStart(4, '0')}`;
  return `${hours}:${String(minutes).padStart(2, '0')}:${String(Math.floor(rest)).padStart(2, '0')}`;
}

/** Wall clock, as the reader's own place writes it. */
export function wallText(wallMs: number): string {
  return new Date(wallMs).toLocaleTimeString(undefined, { hour12: false });
}

export function classes(...names: readonly (string | false | null | undefined)[]): string {
  return names.filter((name) => typeof name === 'string' && name !== '').join(' ');
}
