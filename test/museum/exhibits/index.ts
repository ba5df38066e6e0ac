import type { Exhibit } from '../bug.ts';
import { CLAIM_EXHIBITS } from './claims.ts';
import { HOST_EXHIBITS } from './host.ts';
import { MODE_EXHIBITS } from './modes.ts';
import { PEER_EXHIBITS } from './peers.ts';
import { PIPELINE_EXHIBITS } from './pipeline.ts';
import { REAL_BLOCK_EXHIBITS } from './real-blocks.ts';
import { REQUEST_EXHIBITS } from './requests.ts';
import { SERVING_EXHIBITS } from './serving.ts';

export const EXHIBITS: readonly Exhibit[] = [
  ...CLAIM_EXHIBITS,
  ...MODE_EXHIBITS,
  ...REQUEST_EXHIBITS,
  ...PIPELINE_EXHIBITS,
  ...PEER_EXHIBITS,
  ...SERVING_EXHIBITS,
  ...HOST_EXHIBITS,
  ...REAL_BLOCK_EXHIBITS,
];
