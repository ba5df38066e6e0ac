import { inMode } from '../../src/core/turn.ts';
import type { PeerId } from '../../src/protocol/block.ts';
import type { Action } from './actions.ts';
import type { FairMask } from './cycles.ts';
import type { HostWork } from './host.ts';
import { heightOf, workById } from './host.ts';
import type { WorldPlan } from './plan.ts';
import type { WorldState } from './state.ts';

/** SYNC-7, META-7: what a node with an honest peer must reach again and again: the chain's tip, and calling itself synced. */
export function isAtTheTip({ facts, host, tip }: WorldState): boolean {
  return host.durable === tip && inMode(facts, 'settled');
}

/** One class for each height that a verification may begin at, the lowest four apart; then the other two lanes. */
const VERIFY = 1;
const VERIFY_HEIGHTS = 4;
const EXECUTE = 16;
const COMMIT = 32;
const TIME = 64;
const FIRST_PART = 128;
const PARTS: Partial<Record<Action['type'], number>> = { connects: 0, claims: 1, answers: 2 };
const PARTS_OF_A_PEER = 3;

/**
 * What is not put off for ever (weak fairness): each lane of the host's work, time, and of each honest peer that it connects, says
 * what it holds, and answers. Liars and faults owe nothing.
 */
export function fairClass({ honest }: WorldPlan, { host }: WorldState, action: Action): FairMask {
  if (action.costs !== undefined) return 0;
  if (action.type === 'works') return classOfWork(workById(host, action.workId));
  if (action.type === 'timer') return TIME;
  const part = PARTS[action.type];
  if (part === undefined || !('peer' in action)) return 0;
  return classOfPart(honest, action.peer, part);
}

export function fairClasses(plan: WorldPlan, state: WorldState, actions: readonly Action[]): FairMask {
  return actions.reduce((mask, action) => mask | fairClass(plan, state, action), 0);
}

function classOfWork(work: HostWork | undefined): FairMask {
  if (work === undefined) return 0;
  if (work.type === 'commitBlocks') return COMMIT;
  return work.type === 'verifyBlocks' ? VERIFY << ((heightOf(work) - 1) % VERIFY_HEIGHTS) : EXECUTE;
}

function classOfPart(honest: readonly PeerId[], peer: PeerId, part: number): FairMask {
  const place = honest.indexOf(peer);
  return place < 0 ? 0 : FIRST_PART << (PARTS_OF_A_PEER * place + part);
}
