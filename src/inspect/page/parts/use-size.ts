import type { Ref, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The width that there is inside an element now, in pixels; 0 before it is known. */
export function useWidth(): [Ref<HTMLDivElement>, number] {
  const ref = useRef<HTMLDivElement>(null);
  return [ref, useMeasured(ref, ({ width }) => width, 0)];
}

/** The height that there is inside an element now, in pixels; a guess before it is known. */
export function useHeight(ref: RefObject<HTMLDivElement | null>): number {
  return useMeasured(ref, ({ height }) => height, 400);
}

/** Told by the browser after it has laid out the page; to ask for it would have it lay out the page once more. */
function useMeasured(ref: RefObject<HTMLElement | null>, of: (box: DOMRectReadOnly) => number, before: number): number {
  const [size, setSize] = useState(before);
  useLayoutEffect(() => {
    if (ref.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setSize(Math.floor(of(entry.contentRect)));
    });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return size;
}
