import { useRef } from 'preact/hooks';
import { pathKey } from '../../model/state-tree.ts';
import type { View } from '../../model/view.ts';
import { openPaths, toggleTree } from '../store.ts';

/** Event, effects and the whole state at the point, as a tree. */
export function StateTree({ view }: { readonly view: View }) {
  const list = useRef<HTMLUListElement>(null);
  const open = openPaths.value;
  const move = (from: Element | null, by: 1 | -1): void => {
    const next = by === 1 ? from?.nextElementSibling : from?.previousElementSibling;
    if (next instanceof HTMLElement) next.focus();
  };
  return (
    <section class="card tree" aria-label="State">
      <header>
        <h2>State</h2>
        <p class="figures">all that the core knows after this event</p>
      </header>
      <ul
        ref={list}
        role="tree"
        aria-label="State as a tree"
        onKeyDown={(event) => {
          const item = event.target instanceof Element ? event.target.closest('li') : null;
          const key = item?.dataset['key'];
          if (key === undefined) return;
          const isOpen = open.includes(key);
          const opens = item?.hasAttribute('aria-expanded') === true;
          if (event.key === 'ArrowDown') move(item, 1);
          else if (event.key === 'ArrowUp') move(item, -1);
          else if (event.key === 'Enter' || event.key === ' ' || (event.key === 'ArrowRight') !== isOpen) {
            if (!opens || !['Enter', ' ', 'ArrowRight', 'ArrowLeft'].includes(event.key)) return;
            toggleTree(key);
          } else return;
          event.preventDefault();
        }}
      >
        {view.tree.map(({ name, path, text, opens }, i) => {
          const key = pathKey(path);
          const isOpen = open.includes(key);
          return (
            <li
              key={key}
              role="treeitem"
              aria-level={path.length}
              {...(opens ? { 'aria-expanded': isOpen } : {})}
              tabindex={i === 0 ? 0 : -1}
              data-key={key}
              style={{ paddingInlineStart: `${(path.length - 1) * 16 + 4}px` }}
              onClick={() => {
                if (opens) toggleTree(key);
              }}
            >
              <span class="twist" aria-hidden="true">
                {opens ? (isOpen ? '▾' : '▸') : ''}
              </span>
              <b>{name}</b> <span>{text}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
