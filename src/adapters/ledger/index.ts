/** A ledger that executes Pocket's transactions, and what makes chains for it. */
export { certify, withCertificate } from './certify.ts';
export type { Certification } from './certify.ts';
export { createChainBuilder } from './chain-builder.ts';
export type { ChainBuilder, ChainBuilderOptions, NextBlockOptions } from './chain-builder.ts';
export type { ExecutionRules } from './execution.ts';
export { DAO_ADDRESS, makeGenesis } from './genesis-file.ts';
export type { GenesisFile, NewGenesis } from './genesis-file.ts';
export { parseGenesis } from './genesis.ts';
export type { Genesis, GenesisAccount, GenesisParams, GenesisValidator } from './genesis.ts';
export { createLedger } from './ledger.ts';
export type { LedgerOptions } from './ledger.ts';
export { readGenesis } from './read-genesis.ts';
export { seededKeys } from './seeded-keys.ts';
export { TAMPER_WAYS, tamper } from './tamper.ts';
export type { TamperKeys, TamperName, TamperWay } from './tamper.ts';
export {
  createTransactionSource,
  sendTransaction,
  signTransaction,
  stakeTransaction,
  unstakeTransaction,
} from './transactions.ts';
export type { TransactionSigner, TransactionSource, TransactionSourceOptions } from './transactions.ts';
