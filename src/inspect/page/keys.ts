import { follow, progress, seek, step, togglePlay, view } from './store.ts';

const MINE = 'input[type="text"], input[type="search"], select, textarea, [role="tree"]';

/** Time travel by keys, wherever the focus is, but for where keys are used to write or to move. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey || target?.closest(MINE) != null) return;
    // A button is pressed with the space bar.
    if (event.key === ' ' && target?.closest('button, a, summary, label') != null) return;
    if (!act(event.key, event.shiftKey, event.altKey)) return;
    event.preventDefault();
  });
}

function act(key: string, shift: boolean, alt: boolean): boolean {
  const state = progress.value;
  if (view.value === null || state === null) return false;
  const by = shift ? (alt ? 100 : 10) : 1;
  switch (key) {
    case 'ArrowLeft':
      if (alt && !shift) return false;
      step(-by);
      return true;
    case 'ArrowRight':
      if (alt && !shift) return false;
      step(by);
      return true;
    case 'PageUp':
      if (!shift) return false;
      step(-100);
      return true;
    case 'PageDown':
      if (!shift) return false;
      step(100);
      return true;
    case 'Home':
      seek(state.first);
      return true;
    case 'End':
      follow();
      return true;
    case ' ':
      togglePlay();
      return true;
    default:
      return false;
  }
}
