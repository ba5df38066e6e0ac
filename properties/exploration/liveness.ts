import { inMode } from '../../src/core/turn.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { Action } from './actions.ts';
import type { FairMask } from './cycles.ts';
import type { WorldPlan } from './plan.ts';
import type { WorldState } from './state.ts';

/** SYNC-7, META-7: what a node with an honest peer must reach again and again: the chain's tip, and calling itself synced. */
export function isAtTheTip({ facts, host, tip }: WorldState): boolean {
  return host.durable === tip && inMode(facts, 'settled');
}

const HOST = 1;
const TIME = 2;
const PARTS: Partial<Record<Action['type'], number>> = { connects: 0, claims: 1, answers: 2 };
const PARTS_OF_A_PEER = 3;

/**
 * What is not put off for ever (weak fairness): the host's work, time, and of each honest peer that it connects, says
 * what it holds, and answers. Liars and faults owe nothing.
 */
export function fairClass({ honest }: WorldPlan, action: Action): FairMask {
  if (action.costs !== undefined) return 0;
  if (action.type === 'works') return HOST;
  if (action.type === 'timer') return TIME;
  const part = PARTS[action.type];
  if (part === undefined || !('peer' in action)) return 0;
  return classOfPart(honest, action.peer, part);
}

export function fairClasses(plan: WorldPlan, actions: readonly Action[]): FairMask {
  return actions.reduce((mask, action) => mask | fairClass(plan, action), 0);
}

function classOfPart(honest: readonly PeerId[], peer: PeerId, part: number): FairMask {
  const place = honest.indexOf(peer);
  return place < 0 ? 0 : 4 << (PARTS_OF_A_PEER * place + part);
}
