import { StateSyncError } from '../../protocol/errors.ts';
import { addressOf, transactionHash } from '../../validation/index.ts';
import { decodeCertificate, decodeTransaction, HOTSTUFF_STEP } from '../../wire/index.ts';
import type { PocketBlock, TransactionMessage } from '../../wire/index.ts';

/** A block as people and scripts want to read it. */
export interface BlockDescription {
  readonly height: number;
  readonly networkId: string;
  readonly stateHash: string;
  readonly prevStateHash: string;
  readonly proposer: string;
  readonly time: string | null;
  readonly valSetHash: string;
  readonly nextValSetHash: string;
  readonly bytes: number;
  readonly certificate: CertificateDescription | { readonly problem: string };
  readonly transactions: readonly TransactionDescription[];
}

interface CertificateDescription {
  readonly step: string;
  readonly round: number;
  readonly signers: readonly string[];
}

type TransactionDescription =
  | { readonly hash: string; readonly signer: string | null; readonly nonce: string; readonly message: string }
  | { readonly hash: string; readonly problem: string };

export function describeBlock(block: PocketBlock): BlockDescription {
  const { header, transactions, encoded } = block;
  const { timestamp } = header;
  return {
    height: header.height,
    networkId: header.networkId,
    stateHash: header.stateHash,
    prevStateHash: header.prevStateHash,
    proposer: hex(header.proposerAddress),
    time: timestamp === null ? null : new Date(timestamp.seconds * 1_000).toISOString(),
    valSetHash: header.valSetHash,
    nextValSetHash: header.nextValSetHash,
    bytes: encoded.length,
    certificate: describeCertificate(block),
    transactions: transactions.map(describeTransaction),
  };
}

function describeCertificate({ header, encoded }: PocketBlock): BlockDescription['certificate'] {
  return orProblem(() => {
    const { step, round, signatures } = decodeCertificate(header.quorumCertificate, encoded.length);
    const name = Object.entries(HOTSTUFF_STEP).find(([, value]) => value === step)?.[0] ?? String(step);
    return { step: name.toUpperCase(), round, signers: signatures.map(({ address }) => address) };
  });
}

function describeTransaction(bytes: Uint8Array): TransactionDescription {
  const hash = transactionHash(bytes);
  return {
    hash,
    ...orProblem(() => {
      const { message, messageType, nonce, signature } = decodeTransaction(bytes, bytes.length);
      const signer = signature === null ? null : addressOf(signature.publicKey);
      return { signer, nonce, message: message === null ? messageType : wordsOf(message) };
    }),
  };
}

function wordsOf(message: TransactionMessage): string {
  switch (message.type) {
    case 'utility.MessageSend':
      return `send ${message.amount} from ${hex(message.fromAddress)} to ${hex(message.toAddress)}`;
    case 'utility.MessageStake':
      return `stake ${message.amount} as validator ${addressOf(message.publicKey)}`;
    case 'utility.MessageUnstake':
      return `unstake validator ${hex(message.address)}`;
  }
}

/** What cannot be decoded is shown as such: this is a tool for looking at damage, too. */
function orProblem<Description>(describe: () => Description): Description | { readonly problem: string } {
  try {
    return describe();
  } catch (error) {
    if (error instanceof StateSyncError) return { problem: error.message };
    throw error;
  }
}

export function linesOf(block: BlockDescription): string[] {
  const { certificate, transactions } = block;
  return [
    `block ${block.height}`,
    `  state hash          ${block.stateHash}`,
    `  previous            ${block.prevStateHash}`,
    `  network             ${block.networkId}`,
    `  proposer            ${block.proposer}`,
    `  time                ${block.time ?? 'none'}`,
    `  validator set       ${block.valSetHash}`,
    `  next validator set  ${block.nextValSetHash}`,
    `  size                ${block.bytes} bytes`,
    ...('problem' in certificate
      ? [`  certificate         ${certificate.problem}`]
      : [
          `  certificate         step ${certificate.step}, round ${certificate.round}, ${certificate.signers.length} signers`,
          ...certificate.signers.map((signer) => `                      ${signer}`),
        ]),
    `  transactions        ${transactions.length}`,
    ...transactions.flatMap((transaction) => [
      `    ${transaction.hash}`,
      `      ${'problem' in transaction ? transaction.problem : `${transaction.message}, nonce ${transaction.nonce}`}`,
    ]),
  ];
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
