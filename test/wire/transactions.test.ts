import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { encodeCanonical } from '../../src/wire/canonical.ts';
import { SCHEMA } from '../../src/wire/schema.ts';
import {
  ACTOR_TYPE_VALIDATOR,
  decodeTransaction,
  encodeTransaction,
  transactionSignedBytes,
} from '../../src/wire/transactions.ts';
import type { TransactionMessage } from '../../src/wire/transactions.ts';
import { codeOf } from './code-of.ts';

const [a, b] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];
const signature = { publicKey: new Uint8Array(32).fill(3), signature: new Uint8Array(64).fill(4) };
const stake = {
  type: 'utility.MessageStake',
  actorType: ACTOR_TYPE_VALIDATOR,
  publicKey: new Uint8Array(32).fill(5),
  chains: ['0001', '0021'],
  amount: '15000000000',
  serviceUrl: 'https://example.com',
  outputAddress: b,
} as const;

describe('transactions', () => {
  it.each<TransactionMessage>([
    { type: 'utility.MessageSend', fromAddress: a, toAddress: b, amount: '10' },
    { ...stake, signer: null },
    { ...stake, signer: a },
    { ...stake, signer: new Uint8Array() },
    { type: 'utility.MessageUnstake', actorType: ACTOR_TYPE_VALIDATOR, address: a, signer: null },
  ])('$type comes back as it was, with the bytes that were signed', (message) => {
    const signedBytes = transactionSignedBytes(message, 'nonce 1');
    const transaction = encodeTransaction(signedBytes, signature);
    expect(decodeTransaction(transaction, 10_000)).toEqual({
      messageType: message.type,
      message,
      nonce: 'nonce 1',
      signature,
      signedBytes,
    });
  });

  it('the signed bytes are the transaction without its signature', () => {
    const message = { type: 'utility.MessageSend', fromAddress: a, toAddress: b, amount: '10' } as const;
    const signedBytes = transactionSignedBytes(message, 'n');
    const whole = bytesToHex(encodeTransaction(signedBytes, signature));
    expect(whole.startsWith(bytesToHex(signedBytes))).toBe(true);
    expect(whole.slice(signedBytes.length * 2, signedBytes.length * 2 + 2)).toBe('1a');
  });

  it('an unknown message type is kept as its name, an empty transaction has none', () => {
    const msg = { type_url: 'type.googleapis.com/utility.MessageUnheard', value: Uint8Array.of(0xff) };
    const unknown = encodeCanonical(SCHEMA.transaction, { msg, nonce: 'n' });
    expect(decodeTransaction(unknown, 10_000)).toMatchObject({ messageType: 'utility.MessageUnheard', message: null });
    expect(decodeTransaction(new Uint8Array(), 10_000)).toMatchObject({
      messageType: '',
      message: null,
      signature: null,
    });
  });

  it('a broken message inside is refused, and so is a transaction above the limit', () => {
    const msg = { type_url: 'type.googleapis.com/utility.MessageSend', value: Uint8Array.of(0xff) };
    const broken = encodeCanonical(SCHEMA.transaction, { msg, nonce: 'n' });
    expect(codeOf(() => decodeTransaction(broken, 10_000))).toBe('MALFORMED_MESSAGE');
    expect(codeOf(() => decodeTransaction(broken, broken.length - 1))).toBe('OVERSIZE_MESSAGE');
  });
});
