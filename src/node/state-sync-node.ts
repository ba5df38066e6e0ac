import type { SyncEvent, UntimedEvent } from '../core/events.ts';
import type { Effect, EffectOf } from '../core/effects.ts';
import type { Facts } from '../core/facts.ts';
import { createFacts } from '../core/initial-facts.ts';
import { getAggregatedStateSyncMetadata, isSynced } from '../core/sync-api.ts';
import { step } from '../core/step.ts';
import type { WhyNotSynced } from '../core/why.ts';
import { connectedCount, whyNotSynced } from '../core/why.ts';
import type { Claim, SyncBlock } from '../protocol/block.ts';
import type { SyncConfig } from '../protocol/config.ts';
import { resolveConfig } from '../protocol/config.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { GossipMessage } from '../protocol/messages.ts';
import { AwaitingSynced } from './awaiting-synced.ts';
import type { NodePorts } from './effects.ts';
import { Effects } from './effects.ts';
import { eventOfGossip, eventOfMessage } from './messages.ts';
import { warn, withoutFail } from './internal-errors.ts';
import type { TransportListener } from './ports.ts';
import { OffenceLog } from './offence-log.ts';
import { Progress } from './progress.ts';
import type { NodeStatus, ServedCounts } from './status.ts';
import { statusOf } from './status.ts';

export interface StateSyncNodeOptions extends NodePorts {
  readonly config?: Partial<SyncConfig>;
  /** How many connected peers make the node bootstrapped. Default: 1, or 0 with `minPeers: 0`. */
  readonly bootstrapPeers?: number;
  /** Seeds jitter and tie-breaks. Default: random. */
  readonly seed?: number;
  /** Sees every event with what came of it, and the states after and before it; for traces and inspectors. */
  readonly observe?: (event: SyncEvent, effects: readonly Effect[], state: Facts, before: Facts) => void;
  /** Told what a listener or the host's consensus threw. Default: printed as a warning of the process. */
  readonly onInternalError?: (error: unknown) => void;
}

/** What consensus decided. */
export type FinalizedBlock = Pick<SyncBlock, 'height' | 'id'> & Partial<Pick<SyncBlock, 'contentId'>>;

type Listener<Type extends Effect['type']> = (effect: EffectOf<Type>) => void;

/**
 * The host loop, in one place: what the ports tell becomes an event, the event goes through `step`, the effects are
 * carried out in order, and their outcomes come back as events.
 */
export class StateSyncNode {
  readonly #options: StateSyncNodeOptions;
  readonly #config: SyncConfig;
  readonly #effects: Effects;
  readonly #listeners = new Map<string, Set<(effect: Effect) => void>>();
  readonly #progress = new Progress();
  readonly #offences = new OffenceLog();
  readonly #onInternalError: (error: unknown) => void;
  readonly #inbox: SyncEvent[] = [];
  readonly #awaitingSynced = new AwaitingSynced();
  #draining = false;
  #facts: Facts | null = null;
  #phase: 'stopped' | 'starting' | 'running' | 'stopping' = 'stopped';

  /** @throws StateSyncError CONFIG_INVALID */
  constructor(options: StateSyncNodeOptions) {
    this.#options = options;
    this.#config = resolveConfig(options.config);
    this.#onInternalError = withoutFail(options.onInternalError ?? warn);
    const tell = (event: UntimedEvent) => this.#dispatch(event);
    this.#effects = new Effects(options, tell, this.#onInternalError, this.#config.blockBytesMax);
  }

  /** Opens store and executor, starts the transport, and with it the protocol. @throws what those throw */
  async start(): Promise<void> {
    if (this.#phase !== 'stopped') throw new StateSyncError('NODE_RUNNING', `the node is ${this.#phase}`);
    this.#phase = 'starting';
    this.#progress.reset();
    const { transport, store, executor } = this.#options;
    try {
      await store.open();
      await executor.open(store);
      this.#facts = this.#factsFromStore();
      this.#dispatch({ type: 'Start' });
      await transport.start(this.#listener());
    } catch (error) {
      this.#dispatch({ type: 'Stop' });
      await this.#effects.idle();
      await transport.stop().catch(this.#onInternalError);
      await store.close().catch(this.#onInternalError);
      this.#phase = 'stopped';
      throw error;
    }
    this.#phase = 'running';
    this.#bootstrapIfReady();
  }

  /** Stops the protocol, lets what is being applied or committed finish, and closes transport and store. */
  async stop(): Promise<void> {
    if (this.#phase !== 'running') return;
    this.#phase = 'stopping';
    this.#dispatch({ type: 'Stop' });
    await this.#options.transport.stop().catch(this.#onInternalError);
    await this.#effects.idle();
    await this.#options.store.close();
    this.#phase = 'stopped';
  }

  /** META-9; null while no credible claim is known. */
  getAggregatedStateSyncMetadata(): Claim | null {
    return getAggregatedStateSyncMetadata(this.state);
  }

  /** META-9, META-8: unknown is not synced. */
  isSynced(): boolean {
    return isSynced(this.state);
  }

  /** META-9: begins to sync if the node is behind; if it is not, or syncs already, nothing happens. */
  startSyncing(): void {
    this.#requireStarted();
    this.#dispatch({ type: 'syncRequested' });
  }

  /** Why the node is not synced, what it waits for, and when it tries again; null when it is synced. */
  whyNotSynced(): WhyNotSynced | null {
    return whyNotSynced(this.state);
  }

  /** SERVE-1: answers peers' requests, or drops them, from now on. */
  setServerEnabled(enabled: boolean): void {
    this.#requireStarted();
    this.#dispatch({ type: enabled ? 'Server_Enable' : 'Server_Disable' });
  }

  /**
   * MODE-10: the host's consensus decided the next block, and executor and store have it. With its `contentId`, peers that
   * were charged with this very block are acquitted (APPLY-3).
   */
  blockFinalized({ height, id, contentId }: FinalizedBlock): void {
    this.#requireStarted();
    const validator = this.#isValidator();
    this.#dispatch({
      type: 'blockFinalized',
      height,
      id,
      validator,
      ...(contentId === undefined ? {} : { contentId }),
    });
  }

  /** Tells the network of a finalized block or a proposal. */
  publish(message: GossipMessage): Promise<void> {
    return this.#options.transport.publish(message);
  }

  /** What the core knows now; immutable. @throws StateSyncError NODE_STOPPED before the first start */
  get state(): Facts {
    if (this.#facts === null) throw new StateSyncError('NODE_STOPPED', 'the node was never started');
    return this.#facts;
  }

  /** The node at a glance, for people and machines. */
  status(): NodeStatus {
    const now = this.#options.clock.now();
    return statusOf(this.state, { progress: this.#progress, offences: this.#offences, served: this.served, now });
  }

  /** What was sent to peers since the node was made. */
  get served(): ServedCounts {
    return this.#effects.served;
  }

  /** Hears every effect of one type, or with `'*'` all of them, as it is carried out. Returns how to stop that. */
  on<Type extends Effect['type']>(type: Type, listener: Listener<Type>): () => void;
  on(type: '*', listener: (effect: Effect) => void): () => void;
  on(type: string, listener: never): () => void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Resolves once the node is synced; rejects with the signal's reason. */
  async whenSynced(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#facts !== null && this.isSynced()) return;
    await this.#awaitingSynced.one(signal);
  }

  #requireStarted(): void {
    if (this.#phase !== 'running') throw new StateSyncError('NODE_STOPPED', `the node is ${this.#phase}`);
  }

  #factsFromStore(): Facts {
    const { store, executor, seed } = this.#options;
    const { minHeight, maxHeight } = store.range();
    const tip = executor.tip();
    if (tip.height !== maxHeight) {
      const message = `the store ends at height ${maxHeight}, the executor's state at ${tip.height}`;
      throw new StateSyncError('STORE_CORRUPT', message, { height: maxHeight });
    }
    const local = { minHeight, maxHeight, tipId: tip.stateHash, validator: this.#isValidator() };
    return createFacts({ config: this.#config, local, seed: seed ?? randomSeed() });
  }

  #isValidator(): boolean {
    const { executor, transport } = this.#options;
    return executor.tip().validators.some(({ address }) => address === transport.self);
  }

  #listener(): TransportListener {
    return {
      peerConnected: (peer, wire) => {
        const rangeBlocksMax = wire === 'pocket-state-sync' ? this.#config.requestBlocksMax : 1;
        this.#dispatch({ type: 'peerConnected', peer, rangeBlocksMax });
        this.#bootstrapIfReady();
      },
      peerDisconnected: (peer) => this.#dispatch({ type: 'peerDisconnected', peer }),
      message: (peer, message) => this.#dispatch(eventOfMessage(peer, message)),
      gossip: (author, message) => this.#dispatch(eventOfGossip(author, message)),
      offence: (peer, offence, detail) => this.#dispatch({ type: 'peerMisbehaved', peer, offence, detail }),
    };
  }

  #bootstrapIfReady(): void {
    const needed = this.#options.bootstrapPeers ?? Math.min(1, this.#config.minPeers);
    const { control } = this.state;
    if (control.mode !== 'P2P_Bootstrapping' || this.#phase !== 'running') return;
    if (connectedCount(this.state) >= needed) this.#dispatch({ type: 'P2P_IsBootstrapped' });
  }

  /** Every event goes through here; one that comes while another is handled waits its turn. */
  #dispatch(event: UntimedEvent): void {
    if (this.#facts === null) return;
    this.#inbox.push({ ...event, now: this.#options.clock.now() });
    if (this.#draining) return;
    this.#draining = true;
    for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
      try {
        this.#handle(next);
      } catch (error) {
        // An invariant of the core is broken: the event is lost, the state stays what it was before.
        this.#onInternalError(error);
      }
    }
    this.#draining = false;
  }

  #handle(event: SyncEvent): void {
    if (this.#facts === null) return;
    const before = this.#facts;
    const { state, effects } = step(before, event);
    this.#facts = state;
    this.#progress.note(event.now, state.local.maxHeight, state.aggregate?.maxHeight ?? null);
    this.#offences.note(effects, event.now);
    this.#observe(event, effects, state, before);
    for (const effect of effects) {
      this.#carryOut(effect);
      this.#tell(effect.type, effect);
      this.#tell('*', effect);
    }
    if (this.#awaitingSynced.isAny && isSynced(state)) this.#awaitingSynced.resolve();
  }

  /** A port that throws where it should return a promise does not keep the other effects from being carried out. */
  #carryOut(effect: Effect): void {
    try {
      this.#effects.run(effect);
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  /** Who only looks on does not keep the effects from being carried out, whatever it throws. */
  #observe(...seen: Parameters<NonNullable<StateSyncNodeOptions['observe']>>): void {
    try {
      this.#options.observe?.(...seen);
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  #tell(type: string, effect: Effect): void {
    for (const listener of this.#listeners.get(type) ?? []) {
      try {
        listener(effect);
      } catch (error) {
        this.#onInternalError(error);
      }
    }
  }
}

function randomSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return seed;
}
