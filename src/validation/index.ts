/** Pocket's rules for blocks, certificates, keys and hashes. */
export { addressOf } from './address.ts';
export { transactionHash, validatorSetHash } from './hashes.ts';
export { SEED_BYTES, formatPrivateKey, keyPairFromSeed, parsePrivateKey, signMessage } from './keys.ts';
export type { KeyPair, SignMessage } from './keys.ts';
export { createPocketVerifier } from './pocket-verifier.ts';
export type { PocketVerifierOptions } from './pocket-verifier.ts';
export { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, isWellFormedSignature } from './signature-verifier.ts';
export type { SignatureVerifier } from './signature-verifier.ts';
export { isSmallOrder } from './small-order.ts';
export { createTweetnaclVerifier } from './tweetnacl-verifier.ts';
export { isQuorum, lookupOf } from './validator-set.ts';
export type { ValidatorLookup } from './validator-set.ts';
