import type { Action } from './actions.ts';
import { heightOf, workById } from './host.ts';
import type { HostWork } from './host.ts';
import type { Answer, BlockFlaw, WorldPlan } from './plan.ts';
import type { WorldState } from './state.ts';

const FLAWS: Readonly<Record<BlockFlaw, string>> = {
  good: '',
  forged: ' with a forged certificate',
  misapplied: ' with a wrong state hash',
  unlinked: ' with a broken link',
  outdated: ' with a certificate of the old validators',
};

/** What happens, in the words of a scenario: heights and spans of time, no ids. */
export function inWords(state: WorldState, action: Action, plan: WorldPlan): readonly string[] {
  switch (action.type) {
    case 'connects':
      return [`${action.peer} connects${plan.rangeBlocksMax > 1 ? `, ranges of ${plan.rangeBlocksMax}` : ''}`];
    case 'leaves':
      return [`${action.peer} leaves`];
    case 'claims':
      return [`${action.peer} claims ${action.minHeight}..${action.maxHeight}`];
    case 'answers':
      return [answerInWords(action.peer, action.request.from, action.request.to, action.answer, state.tip)];
    case 'sendFails':
      return [`sending ${action.request.from} to ${action.peer} fails`];
    case 'sendsUnasked':
      return [`${action.peer} sends ${action.height} unasked${FLAWS[action.flaw]}`];
    case 'announces':
      return [`${action.peer} announces ${action.height}${FLAWS[action.flaw]}`];
    case 'grows':
      return [`${action.peer} announces ${state.tip + 1}`];
    case 'finalizes':
      return [`consensus finalizes ${state.host.durable + 1}`];
    case 'validatorChanges':
      return [state.validator ? 'is no validator' : 'becomes a validator'];
    case 'works':
      return workInWords(state, action);
    case 'timer':
      return [`timer ${action.timer} fires${spanOfTime(action.atMs - state.now)}`];
    case 'crashes':
      return [action.landed ? 'host crashes, its commit done' : 'host crashes'];
  }
}

function spanOfTime(ms: number): string {
  return ms === 0 ? '' : ` after ${ms / 1_000} s`;
}

function answerInWords(peer: string, from: number, to: number, answer: Answer, tip: number): string {
  const range = (first: number, last: number) => (first === last ? `${first}` : `${first}..${last}`);
  switch (answer) {
    case 'absent':
      return `${peer} lacks ${from}`;
    case 'wrongHeight':
      return `${peer} answers ${from} as ${from < tip ? from + 1 : 1}`;
    case 'part':
      return `${peer} answers ${from}, with more to come`;
    case 'short':
      return `${peer} answers ${range(from, Math.min(tip, to - 1))}`;
    default:
      // In a range only the last block is flawed.
      return from === to || answer === 'good'
        ? `${peer} answers ${range(from, to)}${FLAWS[answer]}`
        : `${peer} answers ${range(from, to)}, the last${FLAWS[answer]}`;
  }
}

const DOING: Readonly<Record<HostWork['type'], string>> = {
  verifyBlocks: 'verifying',
  applyBlocks: 'applying',
  commitBlocks: 'committing',
  rollbackBlocks: 'rolling back',
};

function workInWords({ host }: WorldState, { workId, fails }: Extract<Action, { readonly type: 'works' }>) {
  const work = workById(host, workId);
  if (work === undefined) throw new Error(`the host has no work ${workId}`);
  const finishes = `host finishes ${DOING[work.type]} ${heightOf(work)}`;
  if (!fails) return [finishes];
  const kind = work.type.replace('Blocks', '');
  const code = kind === 'commit' ? 'STORE_DISK_FULL' : 'EXECUTOR_FAILED';
  return [`host fails to ${kind} (${code})`, finishes, 'host works again'];
}
