import type { SyncEvent, UntimedEvent } from '../../../src/core/events.ts';
import type { Facts } from '../../../src/core/facts.ts';
import { createFacts } from '../../../src/core/initial-facts.ts';
import type { Step } from '../../../src/core/step.ts';
import { Effects } from '../../../src/node/effects.ts';
import type { StateSyncNodeOptions } from '../../../src/node/index.ts';
import { eventOfGossip, eventOfMessage } from '../../../src/node/messages.ts';
import type { TransportListener } from '../../../src/node/ports.ts';
import type { SyncBlock } from '../../../src/protocol/block.ts';
import type { CreateHost, HostUnderTest } from '../../simulation/host-under-test.ts';

/** `step` with a bug in it. */
export type PlantedStep = (state: Facts, event: SyncEvent) => Step;

/** A host loop as `StateSyncNode`'s, over another `step`. */
export function hostOver(step: PlantedStep): CreateHost {
  return (options) => new PlantedHost(options, step);
}

class PlantedHost implements HostUnderTest {
  readonly #options: StateSyncNodeOptions;
  readonly #step: PlantedStep;
  readonly #effects: Effects;
  readonly #inbox: SyncEvent[] = [];
  #draining = false;
  #facts: Facts | null = null;

  constructor(options: StateSyncNodeOptions, step: PlantedStep) {
    this.#options = options;
    this.#step = step;
    this.#effects = new Effects(
      options,
      (event) => {
        this.#dispatch(event);
      },
      (error) => options.onInternalError?.(error),
    );
  }

  get state(): Facts {
    if (this.#facts === null) throw new Error('not started');
    return this.#facts;
  }

  async start(): Promise<void> {
    const { transport, store, executor, config, seed = 0 } = this.#options;
    await store.open();
    await executor.open(store);
    const tipId = executor.tip().stateHash;
    const local = { ...store.range(), tipId, validator: this.#isValidator() };
    this.#facts = createFacts({ config: config ?? {}, local, seed });
    this.#dispatch({ type: 'Start' });
    await transport.start(this.#listener());
  }

  async stop(): Promise<void> {
    this.#dispatch({ type: 'Stop' });
    await this.#options.transport.stop();
    await this.#effects.idle();
    await this.#options.store.close();
  }

  blockFinalized({ height, id, contentId }: Pick<SyncBlock, 'height' | 'id' | 'contentId'>): void {
    this.#dispatch({ type: 'blockFinalized', height, id, contentId, validator: this.#isValidator() });
  }

  #listener(): TransportListener {
    return {
      peerConnected: (peer) => {
        this.#dispatch({ type: 'peerConnected', peer, rangeBlocksMax: 1 });
        if (this.state.control.mode === 'P2P_Bootstrapping') this.#dispatch({ type: 'P2P_IsBootstrapped' });
      },
      peerDisconnected: (peer) => {
        this.#dispatch({ type: 'peerDisconnected', peer });
      },
      message: (peer, message) => {
        this.#dispatch(eventOfMessage(peer, message));
      },
      gossip: (author, message) => {
        this.#dispatch(eventOfGossip(author, message));
      },
      offence: (peer, offence, detail) => {
        this.#dispatch({ type: 'peerMisbehaved', peer, offence, detail });
      },
    };
  }

  #isValidator(): boolean {
    const { executor, transport } = this.#options;
    return executor.tip().validators.some(({ address }) => address === transport.self);
  }

  #dispatch(event: UntimedEvent): void {
    this.#inbox.push({ ...event, now: this.#options.clock.now() });
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        const before = this.state;
        const { state, effects } = this.#step(before, next);
        this.#facts = state;
        this.#options.observe?.(next, effects, state, before);
        for (const effect of effects) this.#effects.run(effect);
      }
    } catch (error) {
      this.#options.onInternalError?.(error);
    } finally {
      this.#draining = false;
    }
  }
}
