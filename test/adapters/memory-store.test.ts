import { describe, it } from 'vitest';
import { blockStoreCases, type BlockStoreSubject } from '../../properties/ports/block-store-suite.ts';
import { createMemoryStore, type MemoryStoreOptions } from '../../src/adapters/memory-store.ts';
import { createPocketCodec } from '../../src/wire/codec.ts';
import { plainBlock } from './plain-blocks.ts';

const codec = createPocketCodec({ blockBytesMax: 4_000_000 });

describe.each([
  ['that keeps blocks', {}],
  ['that keeps bytes', { codec }],
] as const)('a memory store %s', (_name, options) => {
  for (const { name, run } of blockStoreCases) it(name, () => run(subjectOf(options)));
});

function subjectOf(options: MemoryStoreOptions): BlockStoreSubject {
  return {
    async create() {
      const store = createMemoryStore(options);
      return { store, again: () => store, block: plainBlock, dispose: async () => undefined };
    },
  };
}
