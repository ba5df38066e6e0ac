import type { EngineRun, Load } from '../engines/engine.ts';
import type { Measured } from '../measure.ts';

/** One run of one engine, in a process that has no other engine in it. */
export interface Task {
  readonly engine: string;
  readonly load: Load;
}

export type Answer = { readonly measured: Measured<Pick<EngineRun, 'blocks' | 'stalls'>> } | { readonly error: string };
