import { bytesToHex } from '@noble/hashes/utils.js';
import { addressOf } from '../../validation/address.ts';
import { PUBLIC_KEY_BYTES } from '../../validation/signature-verifier.ts';
import { ACTOR_TYPE_VALIDATOR } from '../../wire/transactions.ts';
import type { MessageSend, MessageStake, MessageUnstake, TransactionMessage } from '../../wire/transactions.ts';
import { parseAmount } from './amount.ts';
import type { GenesisParams } from './genesis.ts';
import type { StateDraft } from './state-draft.ts';

const ADDRESS_BYTES = 20;

/** What a message is executed in. */
export interface MessageContext {
  readonly draft: StateDraft;
  readonly params: GenesisParams;
  readonly height: number;
  /** Who signed the transaction, and pays its fee. */
  readonly signer: string;
}

/** The fee that was paid, or in words why the message is not allowed; then the draft may be half changed. */
export type MessageResult = { readonly fee: bigint } | { readonly refused: string };

export function executeMessage(message: TransactionMessage, context: MessageContext): MessageResult {
  switch (message.type) {
    case 'utility.MessageSend':
      return send(message, context);
    case 'utility.MessageStake':
      return stake(message, context);
    case 'utility.MessageUnstake':
      return unstake(message, context);
  }
}

function send(message: MessageSend, context: MessageContext): MessageResult {
  const { draft, params, signer } = context;
  const amount = parseAmount(message.amount);
  if (amount === undefined || amount === 0n) return { refused: `"${message.amount}" is no amount to send` };
  if (message.toAddress.length !== ADDRESS_BYTES) return { refused: 'the recipient is no address' };
  if (bytesToHex(message.fromAddress) !== signer) return { refused: `${signer} signed for another account` };
  const result = pay(context, amount, params.sendFee);
  if ('fee' in result) draft.credit(bytesToHex(message.toAddress), amount);
  return result;
}

function stake(message: MessageStake, context: MessageContext): MessageResult {
  const { draft, params, signer } = context;
  if (message.actorType !== ACTOR_TYPE_VALIDATOR) return { refused: unsupported(message.actorType) };
  const amount = parseAmount(message.amount);
  if (amount === undefined || amount === 0n) return { refused: `"${message.amount}" is no amount to stake` };
  if (amount < params.validatorStakeMin) return { refused: `a stake of ${amount} is below the minimum` };
  if (message.publicKey.length !== PUBLIC_KEY_BYTES) return { refused: 'the public key has not 32 bytes' };
  if (message.outputAddress.length !== ADDRESS_BYTES) return { refused: 'the output is no address' };
  const operator = addressOf(message.publicKey);
  const output = bytesToHex(message.outputAddress);
  const unauthorised = checkSigner(signer, message.signer, operator, output);
  if (unauthorised !== null) return { refused: unauthorised };
  if (draft.validator(operator) !== undefined) return { refused: `${operator} is a validator already` };
  const result = pay(context, amount, params.stakeFee);
  if ('fee' in result) {
    const { publicKey, serviceUrl } = message;
    draft.addValidator(operator, {
      kind: 'validator',
      publicKey: bytesToHex(publicKey),
      stake: amount,
      output,
      serviceUrl,
    });
  }
  return result;
}

function unstake(message: MessageUnstake, context: MessageContext): MessageResult {
  const { draft, params, height, signer } = context;
  if (message.actorType !== ACTOR_TYPE_VALIDATOR) return { refused: unsupported(message.actorType) };
  const operator = bytesToHex(message.address);
  const validator = draft.validator(operator);
  if (validator === undefined) return { refused: `${operator} is no validator` };
  const unauthorised = checkSigner(signer, message.signer, operator, validator.output);
  if (unauthorised !== null) return { refused: unauthorised };
  if (draft.validatorCount === 1) return { refused: `${operator} is the last validator` };
  const result = pay(context, 0n, params.unstakeFee);
  if ('fee' in result) {
    draft.removeValidator(operator);
    const payout = { to: validator.output, amount: validator.stake };
    const payoutHeight = height + params.unstakingBlocks;
    if (payoutHeight === height) draft.credit(payout.to, payout.amount);
    else draft.setPayouts(payoutHeight, [...draft.payouts(payoutHeight), payout]);
  }
  return result;
}

function pay({ draft, signer }: MessageContext, amount: bigint, fee: bigint): MessageResult {
  const balance = draft.balance(signer);
  const needed = amount + fee;
  if (balance < needed) return { refused: `${signer} has ${balance} and would need ${needed}` };
  draft.setBalance(signer, balance - needed);
  return { fee };
}

/** A validator acts by its operator's or its output's key. */
function checkSigner(signer: string, named: Uint8Array | null, operator: string, output: string): string | null {
  if (named !== null && bytesToHex(named) !== signer) return `${signer} signed, but the message names another signer`;
  return signer === operator || signer === output ? null : `${signer} may not act for the validator ${operator}`;
}

function unsupported(actorType: number): string {
  return `actor type ${actorType} is not supported: this ledger knows validators (${ACTOR_TYPE_VALIDATOR}) only`;
}
