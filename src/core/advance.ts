import type { AnyStateMachine, StateValue } from 'xstate';
import { transition } from 'xstate';
import { blockRequestMachine } from '../../machines/block-request.ts';
import type { BlockRequestEvent, BlockStage } from '../../machines/block-request.ts';
import { operationModeMachine } from '../../machines/operation-mode.ts';
import type { OperationModeEvent, OperationModeValue } from '../../machines/operation-mode.ts';
import { peerMachine } from '../../machines/peer.ts';
import type { PeerLife, PeerLifeEvent } from '../../machines/peer.ts';

/** XState's answer to one event in one state of a chart. */
export interface Advance<Value> {
  /** `false`: the state has no such edge, and `value` is the state that was. */
  readonly accepted: boolean;
  readonly value: Value;
}

/**
 * A chart with XState's answers remembered. The charts have no context and no data guards, so for each state and event
 * the answer is always the same: XState computes it once, and no second definition of the control exists.
 */
export class Chart<Value, Event extends string> {
  readonly initial: Value;
  readonly #machine: AnyStateMachine;
  /** One value object a state, so that look-ups go by identity. */
  readonly #known = new Map<string, State<Value>>();
  readonly #byIdentity = new Map<Value, State<Value>>();
  #last: State<Value>;

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    this.#last = this.#intern(machine.getInitialSnapshot({} as never, undefined).value as Value);
    this.initial = this.#last.value;
  }

  advance(value: Value, event: Event): Advance<Value> {
    const state = this.#stateOf(value);
    const known = state.answers.get(event);
    if (known !== undefined) return known;
    const snapshot = this.#machine.resolveState({ value: state.value as StateValue, context: {} });
    const accepted = snapshot.can({ type: event });
    const [next] = transition(this.#machine, snapshot, { type: event });
    const answer = { accepted, value: this.#intern(next.value as Value).value };
    state.answers.set(event, answer);
    return answer;
  }

  accepts(value: Value, event: Event): boolean {
    return this.advance(value, event).accepted;
  }

  hasTag(value: Value, tag: string): boolean {
    return this.#stateOf(value).tags.has(tag);
  }

  /** The one object that stands for this state; `undefined` when the chart has no such state. */
  find(value: unknown): Value | undefined {
    try {
      const resolved: unknown = this.#machine.resolveState({ value: value as StateValue, context: {} }).value;
      return this.#intern(resolved as Value).value;
    } catch {
      return undefined;
    }
  }

  #stateOf(value: Value): State<Value> {
    // Most questions in a row are about one and the same state.
    if (value === this.#last.value) return this.#last;
    this.#last = this.#byIdentity.get(value) ?? this.#intern(value);
    return this.#last;
  }

  #intern(value: Value): State<Value> {
    const key = keyOf(value);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const snapshot = this.#machine.resolveState({ value: value as StateValue, context: {} });
    const state: State<Value> = { value, tags: snapshot.tags, answers: new Map() };
    if (typeof value === 'object' && value !== null) Object.freeze(value);
    this.#known.set(key, state);
    this.#byIdentity.set(value, state);
    return state;
  }
}

interface State<Value> {
  readonly value: Value;
  readonly tags: ReadonlySet<string>;
  readonly answers: Map<string, Advance<Value>>;
}

/** Regions in a fixed order, so that equal states have equal keys however they were written down. */
function keyOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const operationModeChart = new Chart<OperationModeValue, OperationModeEvent>(operationModeMachine);
export const blockRequestChart = new Chart<BlockStage, BlockRequestEvent>(blockRequestMachine);
export const peerChart = new Chart<PeerLife, PeerLifeEvent>(peerMachine);
