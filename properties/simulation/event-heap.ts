/** A callback at its time; those of one time in the order they were set. */
export interface Entry {
  readonly atMs: number;
  readonly order: number;
  callback: (() => void) | null;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Into a binary heap, the soonest first. */
export function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

/** Takes the soonest away. */
export function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    const lower = right !== undefined && isBefore(right, left) ? right : left;
    if (lower === right) child++;
    if (!isBefore(lower, last)) break;
    heap[at] = lower;
    at = child;
  }
  heap[at] = last;
}
