import type { BlockFaultCode } from './errors.ts';

/**
 * What a peer can be charged with, and how much of its score that costs (PEER-1). A timeout or "I do not have it" is
 * not here: alone they never ban anybody.
 */
export const OFFENCES = {
  INVERTED_CLAIM: { penalty: 20, clause: 'META-5' },
  SHRUNKEN_CLAIM: { penalty: 20, clause: 'META-5' },
  METADATA_FLOOD: { penalty: 10, clause: 'META-4' },
  SPOOFED_ADDRESS: { penalty: 50, clause: 'META-1' },
  MALFORMED_MESSAGE: { penalty: 30, clause: 'PEER-1' },
  OVERSIZE_MESSAGE: { penalty: 50, clause: 'LIMIT' },
  WRONG_HEIGHT: { penalty: 30, clause: 'SYNC-6' },
  UNSOLICITED_BLOCK: { penalty: 10, clause: 'SYNC-6' },
  INVALID_CERTIFICATE: { penalty: 50, clause: 'APPLY-1' },
  BROKEN_LINK: { penalty: 50, clause: 'APPLY-1' },
  OTHER_CHAIN: { penalty: 50, clause: 'APPLY-1' },
  INVALID_BLOCK: { penalty: 50, clause: 'APPLY-1' },
  INVALID_STATE_HASH: { penalty: 50, clause: 'APPLY-2' },
  REQUEST_FLOOD: { penalty: 10, clause: 'SERVE-4' },
} as const satisfies Record<string, { penalty: number; clause: string }>;

export type Offence = keyof typeof OFFENCES;

/** The offence of having sent a block with this fault. */
export function offenceOf(fault: BlockFaultCode): Offence {
  switch (fault) {
    case 'WRONG_HEIGHT':
      return 'WRONG_HEIGHT';
    case 'NETWORK_MISMATCH':
      return 'OTHER_CHAIN';
    case 'PREV_HASH_MISMATCH':
      return 'BROKEN_LINK';
    case 'INVALID_STATE_HASH':
      return 'INVALID_STATE_HASH';
    case 'VALIDATOR_SET_MISMATCH':
    case 'BLOCK_TOO_LARGE':
    case 'INVALID_TRANSACTION':
      return 'INVALID_BLOCK';
    case 'CERTIFICATE_MISSING':
    case 'CERTIFICATE_MALFORMED':
    case 'CERTIFICATE_WRONG_STEP':
    case 'CERTIFICATE_UNBOUND':
    case 'CERTIFICATE_FOREIGN_SIGNER':
    case 'CERTIFICATE_REPEATED_SIGNER':
    case 'CERTIFICATE_BAD_SIGNATURE':
    case 'CERTIFICATE_NO_QUORUM':
      return 'INVALID_CERTIFICATE';
  }
}
