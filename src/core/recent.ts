import type { SyncBlock } from '../protocol/block.ts';
import type { LocalChain } from './facts.ts';
import { maps } from './facts.ts';

type Recent = LocalChain['recent'];

/** The id of a committed height; undefined when that is too long ago, or still to come. */
export function recentId(recent: Recent, height: number): string | undefined {
  const run = maps.recent.atOrBefore(recent, height);
  return run?.value[height - run.key];
}

/** With these heights on top, which were committed together; whole runs that are too old are forgotten. */
export function withCommitted(
  recent: Recent,
  blocks: readonly Pick<SyncBlock, 'height' | 'id'>[],
  heightsMax: number,
): Recent {
  const first = blocks[0]?.height ?? 0;
  const grown = maps.recent.set(
    recent,
    first,
    blocks.map(({ id }) => id),
  );
  const oldest = first + blocks.length - heightsMax;
  return maps.recent.dropBefore(grown, maps.recent.atOrBefore(grown, oldest)?.key ?? 0);
}
