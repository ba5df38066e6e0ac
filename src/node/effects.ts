import type { Effect, EffectOf } from '../core/effects.ts';
import type { TimerName, UntimedEvent } from '../core/events.ts';
import type { PeerId, SyncBlock } from '../protocol/block.ts';
import type { BlockFault } from '../protocol/errors.ts';
import { StateSyncError, toHostFault } from '../protocol/errors.ts';
import type { PeerMessage } from '../protocol/messages.ts';
import type { BlockStore, BlockVerifier, Clock, Consensus, Executor, Transport } from './ports.ts';

/** The world, as a node needs it. */
export interface NodePorts {
  readonly transport: Transport;
  readonly store: BlockStore;
  readonly executor: Executor;
  readonly verifier: BlockVerifier;
  readonly clock: Clock;
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
  /** What was sent to peers. */
  readonly served = { answers: 0, blocks: 0, bytes: 0 };

  constructor(ports: NodePorts, tell: (event: UntimedEvent) => void, onInternalError: (error: unknown) => void) {
    this.#ports = ports;
    this.#tell = tell;
    this.#onInternalError = onInternalError;
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
        return this.#track(this.#verifyBlocks(effect));
      case 'applyBlocks':
        return this.#track(this.#applyBlocks(effect));
      case 'commitBlocks':
        return this.#track(this.#commitBlocks(effect));
      case 'rollbackBlocks':
        return this.#track(this.#rollbackBlocks(effect));
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

  async #sendGetBlocks({ peer, requestId, from, to }: EffectOf<'sendGetBlocks'>): Promise<void> {
    try {
      await this.#ports.transport.send(peer, { type: 'getBlocks', requestId, from, to });
    } catch {
      // The transport says why by itself, where there is more to it than an unreachable peer.
      this.#tell({ type: 'sendFailed', peer, requestId });
    }
  }

  /** SERVE-3: what can be read is sent; a block that was pruned meanwhile ends the answer early. */
  async #serveBlocks({ serveId, peer, requestId, from, to }: EffectOf<'serveBlocks'>): Promise<void> {
    const { store, transport } = this.#ports;
    try {
      const blocks = await this.#readRange(store, from, to);
      const answer: PeerMessage =
        blocks.length > 0 ? { type: 'blocks', requestId, blocks } : { type: 'noBlock', requestId, height: from };
      await transport.send(peer, answer);
      this.served.answers++;
      this.served.blocks += blocks.length;
      for (const { bytes } of blocks) this.served.bytes += bytes;
    } catch (error) {
      if (!isUnreachable(error)) this.#onInternalError(error);
    } finally {
      this.#tell({ type: 'blocksServed', serveId });
    }
  }

  async #readRange(store: BlockStore, from: number, to: number): Promise<SyncBlock[]> {
    const blocks: SyncBlock[] = [];
    for (let height = from; height <= to; height++) {
      try {
        blocks.push(await store.read(height));
      } catch (error) {
        if (error instanceof StateSyncError && error.code === 'BLOCK_NOT_STORED') break;
        throw error;
      }
    }
    return blocks;
  }

  async #verifyBlocks({ workId, blocks, certified }: EffectOf<'verifyBlocks'>): Promise<void> {
    const { verifier, executor } = this.#ports;
    let valid = 0;
    try {
      for (const block of blocks) {
        const parent = executor.tip();
        // Who certifies the blocks further on is known once those before them are committed.
        if (valid > 0 && block.height !== parent.height + 1) break;
        const verdict = await verifier.verify(block, parent, certified);
        if (!verdict.valid) {
          this.#tell({ type: 'blocksVerified', workId, valid, fault: verdict.fault });
          return;
        }
        valid++;
      }
      this.#tell({ type: 'blocksVerified', workId, valid });
    } catch (error) {
      this.#tell({ type: 'blocksVerified', workId, valid, hostFault: toHostFault(error, 'EXECUTOR_FAILED') });
    }
  }

  async #applyBlocks({ workId, blocks }: EffectOf<'applyBlocks'>): Promise<void> {
    const stateHashes: string[] = [];
    let fault: BlockFault | undefined;
    try {
      for (const block of blocks) {
        const applied = await this.#ports.executor.apply(block);
        if ('rejected' in applied) {
          fault = applied.rejected;
          break;
        }
        stateHashes.push(applied.stateHash);
        if (applied.stateHash !== block.id) break;
      }
      this.#tell({ type: 'blocksApplied', workId, stateHashes, ...(fault === undefined ? {} : { fault }) });
    } catch (error) {
      this.#tell({ type: 'blocksApplied', workId, stateHashes, hostFault: toHostFault(error, 'EXECUTOR_FAILED') });
    }
  }

  async #commitBlocks({ workId, blocks }: EffectOf<'commitBlocks'>): Promise<void> {
    const { store, executor, transport } = this.#ports;
    const height = blocks[blocks.length - 1]?.height ?? 0;
    try {
      await store.commit(blocks, executor.changes(height));
      executor.committed(height);
      const validator = executor.tip().validators.some(({ address }) => address === transport.self);
      this.#tell({ type: 'blocksCommitted', workId, validator });
    } catch (error) {
      const hostFault = toHostFault(error, 'STORE_FAILED');
      this.#tell({ type: 'blocksCommitted', workId, validator: false, hostFault });
    }
  }

  async #rollbackBlocks({ workId, toHeight }: EffectOf<'rollbackBlocks'>): Promise<void> {
    try {
      await this.#ports.executor.rollback(toHeight);
      this.#tell({ type: 'blocksRolledBack', workId });
    } catch (error) {
      this.#tell({ type: 'blocksRolledBack', workId, hostFault: toHostFault(error, 'EXECUTOR_FAILED') });
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
    const tracked = work
      .catch((error: unknown) => {
        if (!isUnreachable(error)) this.#onInternalError(error);
      })
      .finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof StateSyncError && error.code === 'PEER_UNREACHABLE';
}
