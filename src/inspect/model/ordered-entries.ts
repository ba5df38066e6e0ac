/**
 * The ordered maps of the facts are plain data: trees that share what did not change. That is what makes it cheap to
 * see what an event changed.
 */
export interface Tree<K, V> {
  readonly root: Branch<K, V> | null;
}

interface Branch<K, V> {
  readonly key: K;
  readonly value: V;
  readonly size: number;
  readonly left: Branch<K, V> | null;
  readonly right: Branch<K, V> | null;
}

export interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
}

/** In the order of their keys. */
export function entriesOf<K, V>({ root }: Tree<K, V>): Entry<K, V>[] {
  const entries: Entry<K, V>[] = [];
  collect(root, entries);
  return entries;
}

export function sizeOf({ root }: Tree<unknown, unknown>): number {
  return root?.size ?? 0;
}

export function valuesOf<K, V>(tree: Tree<K, V>): V[] {
  return entriesOf(tree).map(({ value }) => value);
}

/** The value of one key; keys are compared as numbers or strings are. */
export function valueAt<K extends number | string, V>({ root }: Tree<K, V>, key: K): V | undefined {
  let branch = root;
  while (branch !== null && branch.key !== key) branch = key < branch.key ? branch.left : branch.right;
  return branch?.value;
}

/** The entries that are not the same in both: what was, and what is. Whole branches in common are not looked into. */
export function changesBetween<K, V>(
  before: Tree<K, V>,
  after: Tree<K, V>,
): { readonly was: readonly Entry<K, V>[]; readonly is: readonly Entry<K, V>[] } {
  const was: Entry<K, V>[] = [];
  const is: Entry<K, V>[] = [];
  compare(before.root, after.root, was, is);
  return { was, is };
}

function compare<K, V>(
  before: Branch<K, V> | null,
  after: Branch<K, V> | null,
  was: Entry<K, V>[],
  is: Entry<K, V>[],
): void {
  if (before === after) return;
  if (before !== null && after !== null && sameKey(before.key, after.key)) {
    compare(before.left, after.left, was, is);
    if (before.value !== after.value) {
      was.push(before);
      is.push(after);
    }
    compare(before.right, after.right, was, is);
    return;
  }
  compareFlat(before, after, was, is);
}

/** Where the trees have another shape: their entries side by side. */
function compareFlat<K, V>(
  before: Branch<K, V> | null,
  after: Branch<K, V> | null,
  was: Entry<K, V>[],
  is: Entry<K, V>[],
): void {
  const [old, now]: [Entry<K, V>[], Entry<K, V>[]] = [[], []];
  collect(before, old);
  collect(after, now);
  const valuesNow = new Map(now.map(({ key, value }) => [nameOf(key), value]));
  const valuesOld = new Map(old.map(({ key, value }) => [nameOf(key), value]));
  was.push(...old.filter(({ key, value }) => valuesNow.get(nameOf(key)) !== value));
  is.push(...now.filter(({ key, value }) => valuesOld.get(nameOf(key)) !== value));
}

function collect<K, V>(branch: Branch<K, V> | null, into: Entry<K, V>[]): void {
  if (branch === null) return;
  collect(branch.left, into);
  into.push(branch);
  collect(branch.right, into);
}

function sameKey(a: unknown, b: unknown): boolean {
  return a === b || nameOf(a) === nameOf(b);
}

function nameOf(key: unknown): unknown {
  return Array.isArray(key) ? key.join(' ') : key;
}
