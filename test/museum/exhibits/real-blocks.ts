import type { Exhibit } from '../bug.ts';
import { github } from '../bug.ts';
import { pocket } from './pocket.ts';

/** Certificates, headers, signatures and bytes: what the simulated network has only stand-ins for. */
export const REAL_BLOCK_EXHIBITS: readonly Exhibit[] = [
  {
    id: 'one-signature-repeated',
    title: 'one valid signature, repeated, makes a quorum',
    origin: pocket(
      'certificate validation does not deduplicate signers: one valid signature repeated reaches quorum',
      github('tendermint/tendermint#4321'),
    ),
    changes: [
      { file: 'src/validation/certificate.ts', find: 'if (seen.has(address)) {', replace: "if (address === '') {" },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'certificate-of-anything',
    title: 'a certificate counts whatever block it is of',
    origin: pocket('the certificate is never bound to the block: neither height nor stateHash nor step is compared'),
    changes: [
      {
        file: 'src/validation/certificate.ts',
        find: "const problem = certificate.height === height ? different : 'the height of the certificate';",
        replace: "const problem = different === '' ? different : null;",
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'any-step',
    title: 'a certificate of any step counts as one of COMMIT',
    origin: pocket('the step of the certificate is not checked'),
    changes: [
      {
        file: 'src/validation/certificate.ts',
        find: 'if (certificate.step !== HOTSTUFF_STEP.commit) {',
        replace: 'if (certificate.step < 0) {',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'any-network',
    title: 'a block of another network is valid',
    origin: pocket('networkId is not checked'),
    changes: [
      {
        file: 'src/validation/pocket-verifier.ts',
        find: 'if (differs(header.networkId, networkId)) {',
        replace: "if (differs('', '')) {",
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'any-validator-set-hash',
    title: 'the hash of the validator set in the header may be any',
    origin: pocket('val_set_hash is not checked'),
    changes: [
      {
        file: 'src/validation/pocket-verifier.ts',
        find: 'if (differs(header.valSetHash, validators.hash)) {',
        replace: "if (differs('', '')) {",
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'two-thirds-are-enough',
    title: 'exactly two thirds of the validators make a quorum',
    origin: {
      project: 'Electroneum, Tenderdash',
      what: 'the quorum was worked out so that for some set sizes two thirds, and not more than that, were enough',
      links: [github('electroneum/electroneum-sc#48'), github('dashpay/tenderdash#1314')],
    },
    changes: [
      {
        file: 'src/validation/validator-set.ts',
        find: 'return 3 * signers > 2 * validators;',
        replace: 'return 3 * signers >= 2 * validators;',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'signatures-beyond-the-quorum',
    title: 'signatures beyond those that make the quorum are not verified, and are kept and served on',
    origin: {
      project: 'CometBFT',
      what: 'VerifyCommitLight stops at two thirds: what else a commit holds is stored unchecked',
      links: [
        github('cometbft/cometbft#1750'),
        github('cometbft/cometbft#1858'),
        github('celestiaorg/celestia-core#2884'),
      ],
    },
    changes: [
      {
        file: 'src/validation/certificate.ts',
        find: 'certificate.signatures.slice(start, start + this.#inFlightMax);',
        replace:
          'certificate.signatures.slice(start, Math.min(start + this.#inFlightMax, Math.floor((2 * validators.size) / 3) + 1));',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'strangers-sign',
    title: 'signatures of people who are no validators count',
    origin: {
      project: 'Celestia core',
      what: 'addresses in a commit were not compared with the validator set when block sync stored it',
      links: [github('celestiaorg/celestia-core#2884')],
    },
    changes: [
      {
        file: 'src/validation/certificate.ts',
        find: 'if (!validators.publicKeys.has(address)) {',
        replace: "if (address === '') {",
      },
      {
        file: 'src/validation/certificate.ts',
        find: 'if (publicKey === undefined) return false;',
        replace: 'if (publicKey === undefined) return true;',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
  {
    id: 'malleable-signatures',
    title: 'S + L passes for S: a signature has more than one form',
    origin: {
      project: 'ed25519-dalek, go-spacemesh',
      what: 'S was not required to be below the group order, so that libraries gave different verdicts on one signature',
      links: [github('dalek-cryptography/ed25519-dalek#20'), github('spacemeshos/go-spacemesh#3509')],
    },
    changes: [
      {
        file: 'src/validation/signature-verifier.ts',
        find: 'if (difference !== 0) return difference < 0;',
        replace: 'if (difference !== 0) return true;',
      },
    ],
    clauses: ['APPLY-1'],
    stage: 'real blocks',
    breaks: ['signatures-have-one-form'],
  },
  {
    id: 'self-declared-sender',
    title: 'a message is taken for that of the address it names',
    origin: pocket('peer_address is self-declared and trusted: spoofing and reflection'),
    changes: [
      {
        file: 'src/wire/pocket-messages.ts',
        find: 'if (claimed === sender) return;',
        replace: "if (claimed !== '' && sender !== '') return;",
      },
    ],
    clauses: ['META-1'],
    stage: 'real blocks',
    breaks: ['senders-are-who-they-are'],
  },
  {
    id: 'message-without-bound',
    title: 'a message is decoded however long it is',
    origin: pocket('message size is unbounded: the reader reads to the end of the stream'),
    changes: [
      {
        file: 'src/wire/decode.ts',
        find: 'if (bytes.length > bytesMax) {',
        replace: 'if (bytes.length > 1_000 * bytesMax) {',
      },
    ],
    clauses: ['LIMIT'],
    stage: 'real blocks',
    breaks: ['bad-bytes-are-refused'],
  },
  {
    id: 'size-of-a-constant',
    title: 'the check of the block size measures something that is always small',
    origin: pocket('the block size check measures a constant'),
    changes: [
      {
        file: 'src/validation/pocket-verifier.ts',
        find: 'if (encoded.length > blockBytesMax) {',
        replace: 'if (8 > blockBytesMax) {',
      },
    ],
    clauses: ['APPLY-1', 'LIMIT'],
    stage: 'real blocks',
    breaks: ['bad-blocks-are-refused'],
  },
];
