/** XState's own inspector, Stately's, for a node, a `step` loop or an actor. Its packages load when it is started. */
export { startStatelyInspector } from './stately-inspector.ts';
export type { StatelyInspector, StatelyInspectorOptions } from './stately-inspector.ts';
