import type { Engine } from '../engines/engine.ts';
import { ETHEREUMJS_DEFAULT, loadEthereumjs } from './ethereumjs.ts';
import { othersInstalled } from './install.ts';
import { loadLodestar } from './lodestar.ts';

/** The engines of other projects, where they are installed. */
export async function loadOthers(): Promise<readonly Engine[]> {
  if (!othersInstalled()) return [];
  return [await loadLodestar(), await loadEthereumjs(), await loadEthereumjs(ETHEREUMJS_DEFAULT)];
}
