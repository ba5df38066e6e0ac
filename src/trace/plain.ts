import type { Effect } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { SyncBlock } from '../protocol/block.ts';
import { LEFT_OUT } from './digest.ts';
import type { NamedBlock, TracedEffect } from './format.ts';

/** An event as a trace holds it: blocks without their `body`. */
export function plainEvent(event: SyncEvent): SyncEvent {
  if ('blocks' in event) return { ...event, blocks: event.blocks.map(withoutBody) };
  return 'block' in event ? { ...event, block: withoutBody(event.block) } : event;
}

/** Effects as a trace holds them: blocks by height and id. */
export function plainEffects(effects: readonly Effect[]): readonly TracedEffect[] {
  return effects.map((effect) => {
    if ('blocks' in effect) return { ...effect, blocks: effect.blocks.map(nameOf) };
    return 'block' in effect ? { ...effect, block: nameOf(effect.block) } : effect;
  });
}

/** Data as a trace holds it, in text. */
export function plainJson(value: unknown): string {
  return JSON.stringify(value, (name, field: unknown) => (name === LEFT_OUT ? undefined : field));
}

function withoutBody({ height, id, parentId, contentId, bytes }: SyncBlock): SyncBlock {
  return { height, id, parentId, contentId, bytes, body: undefined };
}

function nameOf({ height, id }: SyncBlock): NamedBlock {
  return { height, id };
}
