import type { Broken } from '../report/broken.ts';

/** A property of a whole node that does not hold. */
export class BrokenProperty extends Error {
  override readonly name = 'BrokenProperty';
  readonly broken: Broken;

  constructor(broken: Broken) {
    super(`${broken.property}: ${broken.detail}`);
    this.broken = broken;
  }
}

export interface WholeNodeProperty {
  readonly name: string;
  readonly clauses: readonly string[];
  readonly says: string;
  broken(detail: string): BrokenProperty;
}

/** What must hold of a node over any parts, beside the contract of its host. */
export const WHOLE = {
  starts: property('starts-and-stops-over-its-parts', ['APPLY-4'], {
    says: 'A node starts over whatever its lives before have left in the store, however they ended, and stops when told.',
  }),
  begins: property('begins-where-the-store-is', ['APPLY-4', 'APPLY-5'], {
    says: 'After a start the executor is at the newest block of the store, with the state hash that block names.',
  }),
  stored: property('stores-the-chain-and-nothing-else', ['SYNC-2', 'SERVE-3', 'PRUNE-1'], {
    says: 'Every block in the store is the one of the chain, and the range it tells is what it holds; pruning leaves the newest.',
  }),
  durable: property('what-is-committed-stays', ['APPLY-4', 'APPLY-5'], {
    says: 'A block of which the store said that it is durable is there in all lives that follow.',
  }),
  syncs: property('a-whole-node-syncs', ['SYNC-2', 'SYNC-4', 'APPLY-2'], {
    says: 'With one honest peer, and parts that fail now and then, a node comes to the top of the chain.',
  }),
  charges: property('whoever-sends-bad-blocks-is-charged', ['APPLY-1', 'APPLY-3'], {
    says: 'Whoever sends a block that is refused is charged, and no honest peer is, whatever the parts do.',
  }),
  serves: property('serves-what-it-has', ['SERVE-2', 'SERVE-3', 'CHUNK-1'], {
    says: 'Who asks for blocks that are stored gets just these, in order, and for others the answer that there are none.',
  }),
  errors: property('no-error-goes-astray', ['APPLY-5'], {
    says: 'Whatever parts throw becomes an outcome that the node deals with, and no error of the host itself.',
  }),
  arrives: property('blocks-arrive-as-they-were-sent', ['SYNC-2', 'CHUNK-1'], {
    says: 'A block that comes out of a transport is one that went into it, to the last byte.',
  }),
  ends: property('every-call-comes-to-an-end', ['APPLY-5'], {
    says: 'Each call of a part comes to an end, in real time.',
  }),
} as const;

export const WHOLE_NODE_PROPERTIES: readonly WholeNodeProperty[] = Object.values(WHOLE);

function property(name: string, clauses: readonly string[], { says }: { readonly says: string }): WholeNodeProperty {
  return { name, clauses, says, broken: (detail) => new BrokenProperty({ property: name, clauses, says, detail }) };
}
