import type { Effect, EffectOf } from '../core/effects.ts';
import type { TimerName, UntimedEvent } from '../core/events.ts';
import type { PeerId } from '../protocol/block.ts';
import { DEFAULT_CONFIG } from '../protocol/config.ts';
import { StateSyncError } from '../protocol/errors.ts';
import type { PeerMessage } from '../protocol/messages.ts';
import { ChainWork } from './chain-work.ts';
import type { ChainPorts } from './chain-work.ts';
import type { Consensus } from './ports.ts';
import { Serving } from './serving.ts';
import type { ServedCounts } from './status.ts';

/** The world, as a node needs it. */
export interface NodePorts extends ChainPorts {
  /** Run while the node is in Pacemaker (MODE-10); without one, blocks only come from peers. */
  readonly consensus?: Consensus;
}

/** Carries out effects on the ports; each outcome goes back as an event. Nothing thrown by a port gets past it. */
export class Effects {
  readonly #ports: NodePorts;
  readonly #tell: (event: UntimedEvent) => void;
  readonly #onInternalError: (error: unknown) => void;
  readonly #timers = new Map<TimerName, () => void>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #chain: ChainWork;
  readonly #serving: Serving;

  constructor(
    ports: NodePorts,
    tell: (event: UntimedEvent) => void,
    onInternalError: (error: unknown) => void,
    blockBytesMax = DEFAULT_CONFIG.blockBytesMax,
  ) {
    this.#ports = ports;
    this.#tell = tell;
    this.#onInternalError = onInternalError;
    this.#chain = new ChainWork(ports, tell);
    this.#serving = new Serving(ports, blockBytesMax);
  }

  /** What was sent to peers. */
  get served(): ServedCounts {
    return this.#serving.served;
  }

  run(effect: Effect): void {
    const { transport, consensus } = this.#ports;
    switch (effect.type) {
      case 'sendMetadataRequest':
        return this.#sendOrForget(effect.peer, { type: 'metadataRequest' });
      case 'sendMetadata': {
        const { minHeight, maxHeight } = effect;
        return this.#sendOrForget(effect.peer, { type: 'metadata', minHeight, maxHeight });
      }
      case 'sendGetBlocks':
        return this.#track(this.#sendGetBlocks(effect));
      case 'serveBlocks':
        return this.#track(this.#serveBlocks(effect));
      case 'sendNoBlock': {
        const { requestId, height } = effect;
        return this.#sendOrForget(effect.peer, { type: 'noBlock', requestId, height });
      }
      case 'verifyBlocks':
        return this.#track(this.#chain.verify(effect));
      case 'applyBlocks':
        return this.#track(this.#chain.apply(effect));
      case 'commitBlocks':
        return this.#track(this.#chain.commit(effect));
      case 'rollbackBlocks':
        return this.#track(this.#chain.rollback(effect));
      case 'deliverProposal':
        return this.#guard(() => consensus?.proposal(effect.peer, effect.block));
      case 'startConsensus':
        return this.#guard(() => consensus?.start(effect.nextHeight));
      case 'stopConsensus':
        return this.#guard(() => consensus?.stop());
      case 'disconnectPeer':
        return this.#track(transport.disconnect(effect.peer, effect.refuseMs));
      case 'setTimer':
        return this.#setTimer(effect.timer, effect.delayMs);
      case 'clearTimer':
        return this.#clearTimer(effect.timer);
      case 'modeChanged':
      case 'serverChanged':
      case 'eventRejected':
      case 'reportPeer':
      case 'blocksAdded':
      case 'blockRejected':
      case 'targetChanged':
      case 'hostFaulted':
      case 'localStateSuspect':
      case 'requestDropped':
        return; // News for listeners; nothing to do.
    }
  }

  /** Resolves when nothing that was begun is still under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #sendGetBlocks({ peer, requestId, from, to, bytesMax }: EffectOf<'sendGetBlocks'>): Promise<void> {
    try {
      await this.#ports.transport.send(peer, { type: 'getBlocks', requestId, from, to, bytesMax });
    } catch {
      // The transport says why by itself, where there is more to it than an unreachable peer.
      this.#tell({ type: 'sendFailed', peer, requestId });
    }
  }

  async #serveBlocks(effect: EffectOf<'serveBlocks'>): Promise<void> {
    try {
      await this.#serving.serve(effect);
    } catch (error) {
      if (!isUnreachable(error)) this.#onInternalError(error);
    } finally {
      this.#tell({ type: 'blocksServed', serveId: effect.serveId });
    }
  }

  /** For messages that are repeated by themselves: a failure is only worth a word when it is not the peer's. */
  #sendOrForget(peer: PeerId, message: PeerMessage): void {
    this.#track(this.#ports.transport.send(peer, message));
  }

  #setTimer(timer: TimerName, delayMs: number): void {
    this.#clearTimer(timer);
    const cancel = this.#ports.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#tell({ type: 'timerFired', timer });
    });
    this.#timers.set(timer, cancel);
  }

  #clearTimer(timer: TimerName): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onInternalError(error);
    }
  }

  #track(work: Promise<void>): void {
    const done = () => void this.#underWay.delete(tracked);
    const tracked: Promise<void> = work.then(done, (error: unknown) => {
      if (!isUnreachable(error)) this.#onInternalError(error);
      done();
    });
    this.#underWay.add(tracked);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof StateSyncError && error.code === 'PEER_UNREACHABLE';
}
