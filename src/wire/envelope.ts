import { StateSyncError } from '../protocol/errors.ts';
import { encodeCanonical } from './canonical.ts';
import { decodeMessage, toUint64 } from './decode.ts';
import { SCHEMA } from './schema.ts';

const TYPE_URL_PREFIX = 'type.googleapis.com/';

export const STATE_SYNC_TYPE = 'consensus.StateSyncMessage';
export const HOTSTUFF_TYPE = 'consensus.HotstuffMessage';

/** What a `background.BackgroundMessage` holds: one message of a named type in a `pocket.PocketEnvelope`. */
export interface Envelope {
  /** Full name of the message type, such as `consensus.StateSyncMessage`. */
  readonly typeName: string;
  readonly content: Uint8Array;
  /** Not 0. */
  readonly nonce: bigint;
}

export function encodeEnvelope({ typeName, content, nonce }: Envelope): Uint8Array {
  const any = { type_url: TYPE_URL_PREFIX + typeName, value: content };
  const data = encodeCanonical(SCHEMA.pocketEnvelope, { content: any, nonce });
  return encodeCanonical(SCHEMA.backgroundMessage, { data });
}

/** @throws StateSyncError MALFORMED_MESSAGE, OVERSIZE_MESSAGE, NONCE_REJECTED */
export function decodeEnvelope(bytes: Uint8Array, bytesMax: number): Envelope {
  const { data } = decodeMessage(SCHEMA.backgroundMessage, bytes, bytesMax);
  const envelope = decodeMessage(SCHEMA.pocketEnvelope, data, bytesMax);
  const nonce = toUint64(envelope.nonce);
  if (envelope.content === null) throw new StateSyncError('MALFORMED_MESSAGE', 'an envelope without content');
  if (nonce === 0n) throw new StateSyncError('NONCE_REJECTED', 'an envelope with nonce 0');
  const { type_url, value } = envelope.content;
  // As Go does: only what follows the last slash names the type.
  return { typeName: type_url.slice(type_url.lastIndexOf('/') + 1), content: value, nonce };
}
