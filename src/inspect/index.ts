/** A local page that shows what a node does, why, and why not: see docs/inspector.md. */
export { DEFAULT_PORT } from './feed.ts';
export { Inspector } from './server/inspector.ts';
export type { InspectorOptions } from './server/inspector.ts';
export { createTap } from './server/tap.ts';
export type { TapOptions } from './server/tap.ts';
export type { FeedSink } from './server/trace-feed.ts';
export type { DemoInfo, DemoMember, Fault, FaultOrder } from './feed.ts';
