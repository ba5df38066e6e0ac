import nacl from 'tweetnacl';
import { isWellFormedSignature } from './signature-verifier.ts';
import type { SignatureVerifier } from './signature-verifier.ts';

/**
 * The portable verifier: runs in every JavaScript runtime, at some 60 to 100 verifications a second. tweetnacl takes S + L
 * for S, so that is refused before it is asked.
 */
export function createTweetnaclVerifier(): SignatureVerifier {
  return {
    verify: (message, signature, publicKey) =>
      isWellFormedSignature(signature, publicKey) && nacl.sign.detached.verify(message, signature, publicKey),
  };
}
