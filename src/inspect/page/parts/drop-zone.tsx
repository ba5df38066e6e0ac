import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { openFile } from '../store.ts';

/** A trace may be dropped anywhere on the page. */
export function DropZone({ children }: { readonly children: ComponentChildren }) {
  const [over, setOver] = useState(false);
  return (
    <div
      class={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) openFile(file);
      }}
    >
      {children}
    </div>
  );
}
