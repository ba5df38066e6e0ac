/** The words in which people are told what a node does: the demo's lines and the inspector's page use the same. */
export { bytes, count, duration, heights, number, shortTime } from './numbers.ts';
export { peerName, shortHash, withNames } from './names.ts';
export type { Names } from './names.ts';
export { peerReportText } from './peer-report.ts';
export { eventText } from './events.ts';
export { effectText } from './effects.ts';
