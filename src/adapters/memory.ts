/** Store and transport in memory, for tests and simulations. Loads nothing heavy. */
export { createMemoryStore } from './memory-store.ts';
export type { MemoryStoreOptions } from './memory-store.ts';
export { createMemoryNetwork } from './memory-transport.ts';
export type { MemoryNetwork, MemoryNetworkOptions } from './memory-transport.ts';
