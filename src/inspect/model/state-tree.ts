import type { Names } from '../../words/index.ts';
import { withNames } from '../../words/index.ts';
import type { Tree } from './ordered-entries.ts';
import { entriesOf, sizeOf } from './ordered-entries.ts';

/** One line of the state as a tree. */
export interface Leaf {
  readonly name: string;
  /** Names from the root, which find it again. */
  readonly path: readonly string[];
  /** The value, or what there is below. */
  readonly text: string;
  readonly opens: boolean;
}

/** Of a long list, only so many are shown. */
export const CHILDREN_MAX = 200;

/** The opened parts of a value as lines, in order; an ordered map is shown as what it holds. */
export function linesOf(root: unknown, opened: ReadonlySet<string>, names: Names): Leaf[] {
  const lines: Leaf[] = [];
  const add = (value: unknown, path: readonly string[]): void => {
    const children = childrenOf(value);
    for (const [name, child] of children.slice(0, CHILDREN_MAX)) {
      const below = [...path, name];
      const opens = childrenOf(child).length > 0;
      lines.push({ name: withNames(names, name), path: below, text: withNames(names, textOf(child)), opens });
      if (opens && opened.has(pathKey(below))) add(child, below);
    }
    const left = children.length - CHILDREN_MAX;
    if (left > 0) lines.push({ name: '...', path: [...path, '...'], text: `${left} more are not shown`, opens: false });
  };
  add(root, []);
  return lines;
}

export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

function childrenOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isTree(value)) return entriesOf(value).map(({ key, value: item }) => [keyText(key), item]);
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : JSON.stringify(value);
  if (isTree(value)) return sized(sizeOf(value));
  if (Array.isArray(value)) return sized(value.length);
  return Object.entries(value)
    .filter(([, item]) => typeof item !== 'object' && item !== undefined)
    .slice(0, 4)
    .map(([name, item]) => `${name} ${String(item)}`)
    .join(', ');
}

function sized(size: number): string {
  return size === 0 ? 'none' : `${size} ${size === 1 ? 'entry' : 'entries'}`;
}

function keyText(key: unknown): string {
  return Array.isArray(key) ? key.join(' ') : String(key);
}

function isTree(value: object): value is Tree<unknown, unknown> {
  const names = Object.keys(value);
  return names.length === 2 && 'salt' in value && 'root' in value;
}
