/**
 * Every error of this package is a `StateSyncError` with one of these codes. The table is the only list: the type, the
 * docs page and the messages' advice are made from it.
 */
export const ERROR_CODES = {
  // Bytes from a peer.
  MALFORMED_MESSAGE: 'The bytes are not a message of the protocol. The sender is charged; nothing to do here.',
  OVERSIZE_MESSAGE:
    'The message is longer than its limit and was refused unread. Raise max_block_bytes only if the network did.',
  HEIGHT_OUT_OF_RANGE: 'A height above 2^53 - 1 cannot be real. The sender is charged.',
  SPOOFED_ADDRESS: "The message carries an address that is not its sender's. The sender is charged and gets no reply.",
  NONCE_REJECTED: 'The envelope has nonce 0, which the protocol forbids.',
  NONCE_REPEATED: 'An envelope with this nonce was already handled. It is dropped; gossip repeats itself.',
  // A block that must not be applied, or turned out wrong (APPLY-1, APPLY-2).
  WRONG_HEIGHT: 'The block is of another height than the one asked for.',
  NETWORK_MISMATCH:
    'The block belongs to another network. Check network_id in the configuration and chain_id in the genesis.',
  PREV_HASH_MISMATCH: "The block's prevStateHash is not the state hash of the block before it.",
  VALIDATOR_SET_MISMATCH: "The block's validator-set hashes are not those of the chain's validator sets.",
  BLOCK_TOO_LARGE: 'The block is larger than max_block_bytes of the genesis.',
  CERTIFICATE_MISSING: 'The block has no quorum certificate.',
  CERTIFICATE_MALFORMED: 'The quorum certificate cannot be decoded.',
  CERTIFICATE_WRONG_STEP: 'The quorum certificate is not of step COMMIT.',
  CERTIFICATE_UNBOUND: 'The quorum certificate is of another block: height, hashes, proposer or transactions differ.',
  CERTIFICATE_FOREIGN_SIGNER: 'A signature is by somebody who is not in the validator set of the height before.',
  CERTIFICATE_REPEATED_SIGNER: 'A validator appears twice in the certificate.',
  CERTIFICATE_BAD_SIGNATURE: 'A signature in the certificate does not verify.',
  CERTIFICATE_NO_QUORUM: 'Not more than two thirds of the validators signed.',
  INVALID_STATE_HASH: "Executing the block gave another state hash than the block's header names. It was rolled back.",
  INVALID_TRANSACTION: 'A transaction of the block is malformed, unsigned or not allowed.',
  // The host: executor, store, transport.
  EXECUTOR_FAILED: 'The executor threw. The state is unchanged and the block is tried again; see the cause.',
  STORE_FAILED: 'The block store threw. Nothing was committed and it is tried again; see the cause.',
  STORE_DISK_FULL: 'The disk is full. Free space; the node goes on by itself.',
  STORE_CORRUPT: 'The store is damaged. Restore it from a backup, or move it away and sync anew.',
  STORE_FOREIGN:
    'The directory holds something else: not a store of this package, or one of another network or genesis.',
  STORE_LOCKED: 'Another process has the store open. Stop it, or use another directory.',
  STORE_CLOSED: 'The store was used after close() or before open().',
  BLOCK_NOT_STORED: 'The store has no block of this height.',
  TRANSPORT_FAILED: 'The transport could not start or stopped; see the cause.',
  ADDRESS_IN_USE: 'The port is taken. Choose another, or stop the process that has it.',
  PEER_UNREACHABLE: 'Sending to the peer failed. Its requests are asked of others.',
  // Set-up and use.
  CONFIG_MISSING: 'The configuration file cannot be read. Check the path.',
  CONFIG_INVALID: 'The configuration is not valid; the message names the field.',
  GENESIS_MISSING: 'The genesis file cannot be read. Check the path.',
  GENESIS_INVALID: 'The genesis is not valid; the message names the field.',
  KEY_INVALID: 'The private key is not 128 hex characters, seed then public key, that belong together.',
  DEPENDENCY_MISSING: 'An optional package is not installed; the message has the command that installs it.',
  CHAIN_INVALID: 'The chain in this directory does not verify; the message names the first bad height.',
  NODE_STOPPED: 'The node is not running. Call start() first.',
  NODE_RUNNING: 'The node is already running.',
  PAGE_MISSING: "The inspector's page is not built. Run npm run build:page.",
  SNAPSHOT_INVALID: 'The persisted snapshot is not one of this version of the machine.',
  // Asking a running node.
  ADMIN_UNREACHABLE: 'No node answers there. Start it with --admin, and name the same host and port.',
  ADMIN_FOREIGN: 'What answers there is no node of this package, or one of another version. Check the port.',
  // Traces.
  TRACE_MISSING: 'The trace cannot be read. Check the path.',
  TRACE_INVALID: 'The text is not a trace of this package; the message names the line.',
  TRACE_VERSION: 'The trace is of another version of the format. Replay it with the package that wrote it.',
  TRACE_TRUNCATED: 'Part of the trace is missing. What comes before was checked and is good.',
  TRACE_ALTERED: 'The trace was changed after it was written.',
  TRACE_DIVERGED:
    'Run again, an event gives something else than was recorded: the trace was altered, or the code has changed.',
  TRACE_FAILED: 'The trace cannot be written any further. The node goes on; what was written before is good.',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  readonly height?: number;
  readonly peer?: string;
  /** What happens next without anybody doing anything, in plain words. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** The one error class. `message` says what happened; `code` what kind it is; `advice` what to do about it. */
export class StateSyncError extends Error {
  override readonly name = 'StateSyncError';
  readonly code: ErrorCode;
  readonly height: number | undefined;
  readonly peer: string | undefined;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(`${code}: ${message}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.height = details.height;
    this.peer = details.peer;
    this.next = details.next;
  }

  get advice(): string {
    return ERROR_CODES[this.code];
  }
}

/** The codes that a block can be refused with (APPLY-1, APPLY-2). */
export type BlockFaultCode = Extract<
  ErrorCode,
  | 'WRONG_HEIGHT'
  | 'NETWORK_MISMATCH'
  | 'PREV_HASH_MISMATCH'
  | 'VALIDATOR_SET_MISMATCH'
  | 'BLOCK_TOO_LARGE'
  | `CERTIFICATE_${string}`
  | 'INVALID_STATE_HASH'
  | 'INVALID_TRANSACTION'
>;

/** Why a block is no good, in a form that travels in events. */
export interface BlockFault {
  readonly code: BlockFaultCode;
  readonly message: string;
}

/** An error of the host in a form that travels in events: it can be logged, traced and replayed. */
export interface HostFault {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Any thrown value as a `HostFault`; `fallback` is the code when it is not one of ours. */
export function toHostFault(thrown: unknown, fallback: ErrorCode): HostFault {
  if (thrown instanceof StateSyncError) return { code: thrown.code, message: thrown.message };
  return { code: fallback, message: thrown instanceof Error ? thrown.message : String(thrown) };
}
