import { useEffect, useState } from 'preact/hooks';

/** 0 in the first frame, then one more in each, up to `last`. */
export function useStages(last: number): number {
  const [stage, setStage] = useState(0);
  useEffect(() => {
    if (stage === last) return undefined;
    // Frames rest in a hidden page.
    const isHidden = document.visibilityState !== 'visible';
    if (isHidden) {
      setStage(last);
      return undefined;
    }
    const frame = requestAnimationFrame(() => setStage(stage + 1));
    return () => cancelAnimationFrame(frame);
  }, [stage, last]);
  return stage;
}
