import { decodeMessage, decodeScanned } from './decode.ts';
import { compareBytes, encodeCanonical } from './canonical.ts';
import { SCHEMA } from './schema.ts';

/** `core.ActorType` of a validator. */
export const ACTOR_TYPE_VALIDATOR = 4;

/** `utility.MessageSend`. */
export interface MessageSend {
  readonly type: 'utility.MessageSend';
  readonly fromAddress: Uint8Array;
  readonly toAddress: Uint8Array;
  /** A decimal string, as it came: not checked here. */
  readonly amount: string;
}

/** `utility.MessageStake`. */
export interface MessageStake {
  readonly type: 'utility.MessageStake';
  readonly actorType: number;
  readonly publicKey: Uint8Array;
  readonly chains: readonly string[];
  /** A decimal string, as it came: not checked here. */
  readonly amount: string;
  readonly serviceUrl: string;
  readonly outputAddress: Uint8Array;
  readonly signer: Uint8Array | null;
}

/** `utility.MessageUnstake`. */
export interface MessageUnstake {
  readonly type: 'utility.MessageUnstake';
  readonly actorType: number;
  readonly address: Uint8Array;
  readonly signer: Uint8Array | null;
}

export type TransactionMessage = MessageSend | MessageStake | MessageUnstake;

/** `core.Transaction`. */
export interface Transaction {
  /** Full name of the message's type: what follows the last slash of its type URL. Empty without a message. */
  readonly messageType: string;
  /** null for a type this package does not know. */
  readonly message: TransactionMessage | null;
  readonly nonce: string;
  readonly signature: { readonly publicKey: Uint8Array; readonly signature: Uint8Array } | null;
  /** What the signature signs: the canonical transaction without its signature. */
  readonly signedBytes: Uint8Array;
}

/**
 * Byte fields of the result are views into `bytes`.
 * @throws StateSyncError OVERSIZE_MESSAGE, MALFORMED_MESSAGE
 */
export function decodeTransaction(bytes: Uint8Array, bytesMax: number): Transaction {
  const { msg, nonce, signature } = decodeMessage(SCHEMA.transaction, bytes, bytesMax);
  const messageType = msg === null ? '' : msg.type_url.slice(msg.type_url.lastIndexOf('/') + 1);
  return {
    messageType,
    message: msg === null ? null : decodeTransactionMessage(messageType, msg.value, bytesMax),
    nonce,
    signature: signature === null ? null : { publicKey: signature.public_key, signature: signature.signature },
    signedBytes: encodeCanonical(SCHEMA.transaction, { msg, nonce }),
  };
}

function decodeTransactionMessage(type: string, bytes: Uint8Array, bytesMax: number): TransactionMessage | null {
  switch (type) {
    case 'utility.MessageSend': {
      const shape = decodeMessage(SCHEMA.messageSend, bytes, bytesMax);
      return { type, fromAddress: shape.from_address, toAddress: shape.to_address, amount: shape.amount };
    }
    case 'utility.MessageStake': {
      const shape = decodeMessage(SCHEMA.messageStake, bytes, bytesMax);
      return {
        type,
        actorType: shape.actor_type,
        publicKey: shape.public_key,
        chains: [...shape.chains],
        amount: shape.amount,
        serviceUrl: shape.service_url,
        outputAddress: shape.output_address,
        signer: shape.signer,
      };
    }
    case 'utility.MessageUnstake': {
      const shape = decodeMessage(SCHEMA.messageUnstake, bytes, bytesMax);
      return { type, actorType: shape.actor_type, address: shape.address, signer: shape.signer };
    }
    default:
      return null;
  }
}

function encodeTransactionMessage(message: TransactionMessage): Uint8Array {
  switch (message.type) {
    case 'utility.MessageSend':
      return encodeCanonical(SCHEMA.messageSend, {
        from_address: message.fromAddress,
        to_address: message.toAddress,
        amount: message.amount,
      });
    case 'utility.MessageStake':
      return encodeCanonical(SCHEMA.messageStake, {
        actor_type: message.actorType,
        public_key: message.publicKey,
        chains: message.chains,
        amount: message.amount,
        service_url: message.serviceUrl,
        output_address: message.outputAddress,
        signer: message.signer,
      });
    case 'utility.MessageUnstake':
      return encodeCanonical(SCHEMA.messageUnstake, {
        actor_type: message.actorType,
        address: message.address,
        signer: message.signer,
      });
  }
}

/** The bytes to be signed to make `message` a transaction. The nonce must not be empty. */
export function transactionSignedBytes(message: TransactionMessage, nonce: string): Uint8Array {
  const msg = { type_url: `type.googleapis.com/${message.type}`, value: encodeTransactionMessage(message) };
  return encodeCanonical(SCHEMA.transaction, { msg, nonce });
}

/** Whether the bytes that a transaction was decoded from are the ones that encoding it gives. */
export function isCanonicalTransaction(bytes: Uint8Array, { signedBytes, signature }: Transaction): boolean {
  const rest =
    signature === null
      ? new Uint8Array()
      : encodeCanonical(SCHEMA.transaction, {
          signature: { public_key: signature.publicKey, signature: signature.signature },
        });
  // The signature's field has the highest number, so that it comes last.
  const { length } = signedBytes;
  return compareBytes(bytes.subarray(0, length), signedBytes) === 0 && compareBytes(bytes.subarray(length), rest) === 0;
}

/** A whole transaction from its signed bytes and the signature over them. */
export function encodeTransaction(
  signedBytes: Uint8Array,
  signature: { readonly publicKey: Uint8Array; readonly signature: Uint8Array },
): Uint8Array {
  const { msg, nonce } = decodeScanned(SCHEMA.transaction, signedBytes);
  return encodeCanonical(SCHEMA.transaction, {
    msg,
    nonce,
    signature: { public_key: signature.publicKey, signature: signature.signature },
  });
}
