/** What an embedder checks its own adapters with: one suite of cases for each port, for any test runner. */
export type { PortCase } from './ports/port-case.ts';
export { blockStoreCases } from './ports/block-store-suite.ts';
export type { BlockStoreFixture, BlockStoreSubject } from './ports/block-store-suite.ts';
export { clockCases } from './ports/clock-suite.ts';
export type { ClockSubject } from './ports/clock-suite.ts';
export { executorCases } from './ports/executor-suite.ts';
export type { ExecutorFixture, ExecutorSubject } from './ports/executor-suite.ts';
export { transportCases } from './ports/transport-suite.ts';
export type { TransportNetwork, TransportSubject } from './ports/transport-suite.ts';
