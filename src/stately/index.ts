/** XState's own inspector, Stately's, for a node, a `step` loop or an actor. Its packages load when it is started. */
export { startRelay } from './relay.ts';
export type { Relay } from './relay.ts';
export { createStatelyFeed, loadStately } from './stately-feed.ts';
export type { StatelyFeed, StatelyFeedOptions, StatelyMessage } from './stately-feed.ts';
export { startStatelyInspector } from './stately-inspector.ts';
export type { StatelyInspector, StatelyInspectorOptions } from './stately-inspector.ts';
