import type { Bug } from '../bug.ts';

/** In ledger, store, certificates and wire. */
export const PLANTED_IN_ADAPTERS: readonly Bug[] = [
  {
    id: 'quorum-ge',
    title: 'two thirds are a quorum, without one more',
    changes: [
      {
        file: 'src/validation/validator-set.ts',
        find: '3 * signers > 2 * validators',
        replace: '3 * signers >= 2 * validators',
      },
    ],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'ledger-rollback',
    title: 'the ledger rolls back one version too few',
    changes: [
      {
        file: 'src/adapters/ledger/ledger-state.ts',
        find: 'while (last !== undefined && last.height > height) {',
        replace: 'while (last !== undefined && last.height > height + 1) {',
      },
    ],
    stage: 'whole nodes',
    breaks: ['a-whole-node-syncs'],
  },
  {
    id: 'cert-proposer',
    title: 'the proposer in a block header is not compared',
    changes: [
      {
        file: 'src/validation/certificate.ts',
        find: "  if (compareBytes(a.proposerAddress, b.proposerAddress) !== 0) return 'proposerAddress';\n",
        replace: '',
      },
    ],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'level-state-del',
    title: 'entries that were deleted from the state stay in the store',
    changes: [
      {
        file: 'src/adapters/level-store.ts',
        find: '      if (value === null) batch.del(key, { sublevel: database.state });\n      else batch.put',
        replace: '      if (value !== null) batch.put',
      },
    ],
    stage: 'whole nodes',
    breaks: ['starts-and-stops-over-its-parts'],
  },
  {
    id: 'ledger-changes-first',
    title: 'of several versions the first change of an entry is stored, not the last',
    changes: [
      {
        file: 'src/adapters/ledger/ledger-state.ts',
        find: 'for (const [key, entry] of version.changed) changed.set(key, entry);',
        replace: 'for (const [key, entry] of version.changed) if (!changed.has(key)) changed.set(key, entry);',
      },
    ],
    stage: 'whole nodes',
    breaks: ['starts-and-stops-over-its-parts'],
  },
  {
    id: 'ledger-valset',
    title: 'the next validator set named by a header is not compared',
    changes: [
      {
        file: 'src/adapters/ledger/ledger.ts',
        find: 'if (stateHash === header.stateHash && header.nextValSetHash !== lookupOf(version.validators).hash) {',
        replace: 'if (false as boolean) {',
      },
    ],
    stage: 'whole nodes',
    breaks: ['stores-the-chain-and-nothing-else'],
  },
  {
    id: 'prune-drop-range',
    title: 'pruning above the tip leaves a range that is none',
    changes: [
      {
        file: 'src/adapters/committed-range.ts',
        find: 'const kept = Math.max(range.minHeight, Math.min(minHeight, range.maxHeight));',
        replace: 'const kept = Math.max(range.minHeight, minHeight);',
      },
    ],
    stage: 'whole nodes',
    breaks: ['stores-the-chain-and-nothing-else'],
  },
  {
    id: 'wire-elements',
    title: 'a message may hold a hundred times as many elements as it may',
    changes: [
      {
        file: 'src/wire/scan.ts',
        find: 'if (seen > field.elementsMax) oversize',
        replace: 'if (seen > field.elementsMax * 100) oversize',
      },
    ],
    stage: 'real blocks',
    breaks: ['malformed-frames-are-refused'],
  },
  {
    id: 'wire-types',
    title: 'a field of another wire type is read all the same',
    changes: [
      {
        file: 'src/wire/scan.ts',
        find: "if (tag % 8 !== field.wireType) malformed(field.name, `wire type ${String(tag % 8)} is not the field's`);",
        replace: '',
      },
    ],
    stage: 'real blocks',
    breaks: ['malformed-frames-are-refused'],
  },
  {
    id: 'wire-twice',
    title: 'a field that is there twice is taken, and implementations differ on what it means',
    changes: [
      { file: 'src/wire/scan.ts', find: "if (seen > 1) malformed(field.name, 'is there twice');", replace: '' },
    ],
    stage: 'real blocks',
    breaks: ['malformed-frames-are-refused'],
  },
  {
    id: 'wire-years',
    title: 'a timestamp may be of any year',
    changes: [
      {
        file: 'src/wire/scan.ts',
        find: "if (value > WIRE_LIMITS.timestampSecondsMax && !negative) malformed(field.name, 'is not in the years 1 to 9999');",
        replace: '',
      },
    ],
    stage: 'real blocks',
    breaks: ['malformed-frames-are-refused'],
  },
  {
    id: 'wire-sends-any-size',
    title: 'messages are sent that no peer would read',
    changes: [
      {
        file: 'src/wire/codec.ts',
        find: 'if (bytes.length <= messageBytesMax) return bytes;',
        replace: 'if (bytes.length >= 0) return bytes;',
      },
    ],
    stage: 'real blocks',
    breaks: ['malformed-frames-are-refused'],
  },
  {
    id: 'wire-safe-integers',
    title: 'integers above 2^53 are taken, and rounded',
    changes: [
      {
        file: 'src/wire/scan.ts',
        find: "if (value > Number.MAX_SAFE_INTEGER) malformed(field.name, 'is above 2^53 - 1');",
        replace: '',
      },
    ],
    stage: 'real blocks',
    breaks: ['malformed-frames-are-refused'],
  },
];
