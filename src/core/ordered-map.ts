/**
 * A persistent ordered map: a treap whose shape depends on its content alone, never on the order of insertion.
 *
 * Three things are needed here that no collection library was found to give together: an update in O(log n) that
 * leaves the old version intact; plain data, so that the facts can be persisted, compared and fingerprinted as they
 * are; and a summary at each node, so that "the best peer whose claim covers this height" is one descent.
 *
 * Priorities are a hash of the key with a salt, so that a peer cannot choose identities that unbalance the tree.
 */
export interface OrderedMap<K, V, S = null> {
  readonly salt: number;
  readonly root: Node<K, V, S> | null;
}

export interface Node<K, V, S> {
  readonly key: K;
  readonly value: V;
  readonly priority: number;
  readonly size: number;
  /** The join of the measures of every entry in this subtree. */
  readonly summary: S;
  readonly left: Node<K, V, S> | null;
  readonly right: Node<K, V, S> | null;
}

export interface Measure<K, V, S> {
  of(key: K, value: V): S;
  join(a: S, b: S): S;
}

type Primitive = number | string;
export type Key = Primitive | readonly Primitive[];
type Tree<K, V, S> = Node<K, V, S> | null;

/** The operations on one kind of map. Keys are numbers, strings, or tuples of them, ordered element by element. */
export class MapKind<K extends Key, V, S = null> {
  readonly #measure: Measure<K, V, S> | null;

  constructor(measure: Measure<K, V, S> | null = null) {
    this.#measure = measure;
  }

  empty(salt: number): OrderedMap<K, V, S> {
    return { salt, root: null };
  }

  size(map: OrderedMap<K, V, S>): number {
    return map.root === null ? 0 : map.root.size;
  }

  get(map: OrderedMap<K, V, S>, key: K): V | undefined {
    return nodeAt(map.root, key)?.value;
  }

  set(map: OrderedMap<K, V, S>, key: K, value: V): OrderedMap<K, V, S> {
    const root = this.#put(map.root, key, value, map.salt);
    return root === map.root ? map : { salt: map.salt, root };
  }

  delete(map: OrderedMap<K, V, S>, key: K): OrderedMap<K, V, S> {
    const root = this.#remove(map.root, key);
    return root === map.root ? map : { salt: map.salt, root };
  }

  /** `above`, all of whose keys come after those of `map`, put on top of it. Both have the same salt. */
  append(map: OrderedMap<K, V, S>, above: OrderedMap<K, V, S>): OrderedMap<K, V, S> {
    return above.root === null ? map : { salt: map.salt, root: this.#merge(map.root, above.root) };
  }

  /** Without the entries that come before `key`. */
  dropBefore(map: OrderedMap<K, V, S>, key: K): OrderedMap<K, V, S> {
    const root = this.#from(map.root, key);
    return root === map.root ? map : { salt: map.salt, root };
  }

  first(map: OrderedMap<K, V, S>): Node<K, V, S> | null {
    let node = map.root;
    while (node !== null && node.left !== null) node = node.left;
    return node;
  }

  last(map: OrderedMap<K, V, S>): Node<K, V, S> | null {
    let node = map.root;
    while (node !== null && node.right !== null) node = node.right;
    return node;
  }

  /** The first entry with a key at or after `key`. */
  atOrAfter(map: OrderedMap<K, V, S>, key: K): Node<K, V, S> | null {
    let found: Tree<K, V, S> = null;
    let node = map.root;
    while (node !== null) {
      if (compareKeys(node.key, key) >= 0) {
        found = node;
        node = node.left;
      } else {
        node = node.right;
      }
    }
    return found;
  }

  /** The last entry with a key at or before `key`. */
  atOrBefore(map: OrderedMap<K, V, S>, key: K): Node<K, V, S> | null {
    let found: Tree<K, V, S> = null;
    let node = map.root;
    while (node !== null) {
      if (compareKeys(node.key, key) <= 0) {
        found = node;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return found;
  }

  /** The first entry in key order that `accepts`, skipping every subtree whose summary says it holds none. */
  find(
    map: OrderedMap<K, V, S>,
    mayHold: (summary: S) => boolean,
    accepts: (value: V, key: K) => boolean,
  ): Node<K, V, S> | null {
    return search(map.root, mayHold, accepts);
  }

  /** How many entries have a key at or before `key`, and the join of their measures; null with none. */
  upTo(map: OrderedMap<K, V, S>, key: K): { readonly size: number; readonly summary: S } | null {
    const measure = this.#measure;
    let size = 0;
    let summary: S | null = null;
    let node = map.root;
    while (node !== null) {
      if (compareKeys(node.key, key) > 0) {
        node = node.left;
        continue;
      }
      size += 1 + (node.left === null ? 0 : node.left.size);
      if (measure !== null) {
        const own = measure.of(node.key, node.value);
        const upToHere = node.left === null ? own : measure.join(node.left.summary, own);
        summary = summary === null ? upToHere : measure.join(summary, upToHere);
      }
      node = node.right;
    }
    return size === 0 ? null : { size, summary: summary as S };
  }

  *entries(map: OrderedMap<K, V, S>): Generator<Node<K, V, S>> {
    const path: Node<K, V, S>[] = [];
    let node = map.root;
    while (node !== null || path.length > 0) {
      while (node !== null) {
        path.push(node);
        node = node.left;
      }
      const next = path.pop();
      if (next === undefined) return;
      yield next;
      node = next.right;
    }
  }

  /** A copy of the path to the key, with this value there; the tree itself when it has that already. */
  #put(tree: Tree<K, V, S>, key: K, value: V, salt: number): Node<K, V, S> {
    // As a signed number the priority compares the same, and needs no box of its own.
    if (tree === null) return this.#node(key, value, hashKey(salt, key) ^ 0x8000_0000, null, null);
    const order = compareKeys(key, tree.key);
    if (order === 0) {
      return tree.value === value ? tree : this.#node(key, value, tree.priority, tree.left, tree.right);
    }
    if (order < 0) {
      const left = this.#put(tree.left, key, value, salt);
      if (left === tree.left) return tree;
      if (!goesAbove(left, tree)) return this.#over(tree, left, tree.right);
      return this.#over(left, left.left, this.#over(tree, left.right, tree.right));
    }
    const right = this.#put(tree.right, key, value, salt);
    if (right === tree.right) return tree;
    if (!goesAbove(right, tree)) return this.#over(tree, tree.left, right);
    return this.#over(right, this.#over(tree, tree.left, right.left), right.right);
  }

  #remove(tree: Tree<K, V, S>, key: K): Tree<K, V, S> {
    if (tree === null) return null;
    const order = compareKeys(key, tree.key);
    if (order === 0) return this.#merge(tree.left, tree.right);
    if (order < 0) {
      const left = this.#remove(tree.left, key);
      return left === tree.left ? tree : this.#over(tree, left, tree.right);
    }
    const right = this.#remove(tree.right, key);
    return right === tree.right ? tree : this.#over(tree, tree.left, right);
  }

  #from(tree: Tree<K, V, S>, key: K): Tree<K, V, S> {
    if (tree === null) return null;
    if (compareKeys(tree.key, key) < 0) return this.#from(tree.right, key);
    const left = this.#from(tree.left, key);
    return left === tree.left ? tree : this.#over(tree, left, tree.right);
  }

  #merge(left: Tree<K, V, S>, right: Tree<K, V, S>): Tree<K, V, S> {
    if (left === null) return right;
    if (right === null) return left;
    return goesAbove(left, right)
      ? this.#over(left, left.left, this.#merge(left.right, right))
      : this.#over(right, this.#merge(left, right.left), right.right);
  }

  #over(node: Node<K, V, S>, left: Tree<K, V, S>, right: Tree<K, V, S>): Node<K, V, S> {
    return this.#node(node.key, node.value, node.priority, left, right);
  }

  #node(key: K, value: V, priority: number, left: Tree<K, V, S>, right: Tree<K, V, S>): Node<K, V, S> {
    const size = 1 + (left === null ? 0 : left.size) + (right === null ? 0 : right.size);
    const measure = this.#measure;
    if (measure === null) return { key, value, priority, size, summary: null as S, left, right };
    let summary = measure.of(key, value);
    if (left !== null) summary = measure.join(left.summary, summary);
    if (right !== null) summary = measure.join(summary, right.summary);
    return { key, value, priority, size, summary, left, right };
  }
}

function nodeAt<K extends Key, V, S>(root: Tree<K, V, S>, key: K): Tree<K, V, S> {
  let node = root;
  while (node !== null) {
    const order = compareKeys(key, node.key);
    if (order === 0) return node;
    node = order < 0 ? node.left : node.right;
  }
  return null;
}

function search<K, V, S>(
  tree: Tree<K, V, S>,
  mayHold: (summary: S) => boolean,
  accepts: (value: V, key: K) => boolean,
): Node<K, V, S> | null {
  if (tree === null || !mayHold(tree.summary)) return null;
  const left = search(tree.left, mayHold, accepts);
  if (left !== null) return left;
  if (accepts(tree.value, tree.key)) return tree;
  return search(tree.right, mayHold, accepts);
}

function goesAbove<K extends Key, V, S>(a: Node<K, V, S>, b: Node<K, V, S>): boolean {
  return a.priority > b.priority || (a.priority === b.priority && compareKeys(a.key, b.key) < 0);
}

/** Keys of one map are all of one kind. */
function compareKeys(a: Key, b: Key): number {
  if (typeof a === 'number') return a < (b as number) ? -1 : a === b ? 0 : 1;
  if (typeof a === 'string') return a === b ? 0 : a < (b as string) ? -1 : 1;
  const other = b as readonly Primitive[];
  for (let i = 0; i < a.length; i++) {
    const mine = a[i] as Primitive;
    const theirs = other[i] as Primitive;
    if (mine !== theirs) return mine < theirs ? -1 : 1;
  }
  return 0;
}

/** A 32-bit hash of a key: FNV-1a over its parts, then a finaliser. */
export function hashKey(salt: number, key: Key): number {
  let hash = salt ^ 0x811c9dc5;
  if (typeof key === 'object') {
    for (const part of key) hash = hashPrimitive(hash, part);
  } else {
    hash = hashPrimitive(hash, key);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hashPrimitive(seed: number, part: Primitive): number {
  let hash = seed;
  if (typeof part === 'number') {
    const low = Math.floor(part) | 0;
    const high = Math.floor(part / 0x1_0000_0000) | 0;
    const fraction = Math.floor((part - Math.floor(part)) * 0x1_0000_0000) | 0;
    hash = Math.imul(hash ^ low, 0x01000193);
    hash = Math.imul(hash ^ (low >>> 15) ^ high, 0x01000193);
    return Math.imul(hash ^ fraction, 0x01000193);
  }
  for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193);
  return hash;
}
