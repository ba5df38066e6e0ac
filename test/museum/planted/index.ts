import type { Bug } from '../bug.ts';
import { PLANTED_IN_ADAPTERS } from './adapters.ts';
import { PLANTED_IN_CLAIMS } from './claims.ts';
import { PLANTED_IN_HOST } from './host.ts';
import { PLANTED_FOR_OWNERS } from './owner.ts';
import { PLANTED_IN_PEERS } from './peers.ts';
import { PLANTED_IN_PIPELINE } from './pipeline.ts';
import { PLANTED_IN_REQUESTS } from './requests.ts';
import { PLANTED_IN_WINDOW } from './window.ts';

export const PLANTED: readonly Bug[] = [
  ...PLANTED_IN_CLAIMS,
  ...PLANTED_IN_PEERS,
  ...PLANTED_IN_REQUESTS,
  ...PLANTED_IN_WINDOW,
  ...PLANTED_IN_PIPELINE,
  ...PLANTED_IN_HOST,
  ...PLANTED_IN_ADAPTERS,
  ...PLANTED_FOR_OWNERS,
];
