import type { Explanation } from '../explained.ts';

export const CHART_SURVIVORS: readonly Explanation[] = [];
