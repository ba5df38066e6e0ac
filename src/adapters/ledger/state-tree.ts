import type { HashComputationLevel, Node } from '@chainsafe/persistent-merkle-tree';
import { bytesToHex } from '@noble/hashes/utils.js';
import { StateSyncError } from '../../protocol/errors.ts';
import { sha256OfText } from '../../wire/hash.ts';
import { entryText, type Entry } from './records.ts';

const { LeafNode, getHashComputations, setNodesAtDepth, zeroNode, hasher } = await loadMerkleTree();

/**
 * A binary SHA-256 Merkle tree with one leaf an entry of the ledger, at the entry's position; the leaf is
 * SHA-256(key, a zero byte, the entry's bytes), a position without entry is 32 zero bytes. Trees are never changed: a
 * new one shares all that is equal with the old one, so keeping an old state costs little and a rollback is exact.
 */
export type StateTree = Node;

const DEPTH = 32;
/** Positions are below this. */
export const POSITIONS_MAX = 2 ** DEPTH;
export const EMPTY_TREE: StateTree = zeroNode(DEPTH);

/** One changed position; `entry: null` empties it. */
export interface LeafChange {
  readonly position: number;
  readonly key: string;
  readonly entry: Entry | null;
}

/** The state hash: lowercase hex of the root. */
export function rootOf(tree: StateTree): string {
  return bytesToHex(tree.root);
}

/** The tree with every change made. Positions must differ. */
export function changeTree(tree: StateTree, changes: readonly LeafChange[]): StateTree {
  if (changes.length === 0) return tree;
  const sorted = changes.toSorted((a, b) => a.position - b.position);
  const positions = sorted.map(({ position }) => position);
  const leaves = sorted.map(({ key, entry }) => (entry === null ? zeroNode(0) : leafOf(key, entry)));
  const changed = setNodesAtDepth(tree, DEPTH, positions, leaves);
  hashNew(changed);
  return changed;
}

/** Hashes the nodes that have no hash yet, level by level: the package's own way is one by one, and portable only. */
function hashNew(tree: StateTree): void {
  const byLevel: HashComputationLevel[] = [];
  getHashComputations(tree, 0, byLevel);
  hasher.executeHashComputations(byLevel);
}

function leafOf(key: string, entry: Entry): Node {
  return LeafNode.fromRoot(sha256OfText(`${key}\0${entryText(entry)}`));
}

/** The package is optional: only who uses the ledger needs it. */
async function loadMerkleTree() {
  try {
    const [tree, { hasher }] = await Promise.all([
      import('@chainsafe/persistent-merkle-tree'),
      import('@chainsafe/persistent-merkle-tree/hasher/as-sha256'),
    ]);
    return { ...tree, hasher };
  } catch (error) {
    const command = 'npm install @chainsafe/persistent-merkle-tree@1';
    const message = `the ledger needs a package that cannot be loaded; run: ${command}`;
    throw new StateSyncError('DEPENDENCY_MISSING', message, { cause: error });
  }
}
