import { createActor } from 'xstate';
import type { Effect, StateSyncActor, SyncEvent, TimerName } from '../../../src/index.ts';
import { StateSyncError, resolveConfig, stateSyncMachine } from '../../../src/index.ts';
import type { BlockFault, HostFault, SyncBlock, ValidatorIdentity } from '../../../src/index.ts';
import type { StateSyncNodeOptions } from '../../../src/node/index.ts';
import type { HostToCheck } from '../../../properties/index.ts';

type Told = SyncEvent extends infer E ? (E extends SyncEvent ? Omit<E, 'now'> : never) : never;

/** Where a test plants a bug: what the host is about to tell the core, and how to tell it. */
export type Slip = (event: Told, tell: (event: Told) => void) => void;

/**
 * A second host, written from docs/host-contract.md alone and in another style than `StateSyncNode`: closures around an
 * XState actor, one function an effect.
 */
export function createActorHost(options: StateSyncNodeOptions, slip: Slip = (event, tell) => tell(event)): HostToCheck {
  const { transport, store, executor, verifier, clock, consensus, observe } = options;
  const config = resolveConfig(options.config);
  const inbox: SyncEvent[] = [];
  const timers = new Map<TimerName, () => void>();
  const underWay = new Set<Promise<void>>();
  const verifiedWith = new WeakMap<SyncBlock, readonly ValidatorIdentity[]>();
  let actor: StateSyncActor | null = null;
  let effects: Effect[] = [];
  let busy = false;

  const facts = () => {
    if (actor === null) throw new Error('not started');
    return actor.getSnapshot().context;
  };
  const isValidator = () => executor.tip().validators.some(({ address }) => address === transport.self);
  const tell = (event: Told) => slip(event, enqueue);

  function enqueue(event: Told): void {
    inbox.push({ ...event, now: clock.now() });
    if (busy) return;
    busy = true;
    for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
      effects = [];
      const before = facts();
      actor?.send(next);
      const came = effects;
      observe?.(next, came, facts(), before);
      for (const effect of came) carryOut(effect);
    }
    busy = false;
  }

  function carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'sendMetadataRequest':
        return begin(transport.send(effect.peer, { type: 'metadataRequest' }));
      case 'sendMetadata': {
        const { minHeight, maxHeight } = effect;
        return begin(transport.send(effect.peer, { type: 'metadata', minHeight, maxHeight }));
      }
      case 'sendNoBlock': {
        const { requestId, height } = effect;
        return begin(transport.send(effect.peer, { type: 'noBlock', requestId, height }));
      }
      case 'sendGetBlocks': {
        const { peer, requestId, from, to, bytesMax } = effect;
        const sent = transport.send(peer, { type: 'getBlocks', requestId, from, to, bytesMax });
        return begin(sent.catch(() => tell({ type: 'sendFailed', peer, requestId })));
      }
      case 'serveBlocks':
        return begin(serve(effect));
      case 'verifyBlocks':
        return begin(verify(effect));
      case 'applyBlocks':
        return begin(apply(effect));
      case 'commitBlocks':
        return begin(commit(effect));
      case 'rollbackBlocks': {
        const { workId, toHeight } = effect;
        const done = () => tell({ type: 'blocksRolledBack', workId });
        const failed = (error: unknown) => {
          tell({ type: 'blocksRolledBack', workId, hostFault: faultOf(error, 'EXECUTOR_FAILED') });
        };
        return begin(executor.rollback(toHeight).then(done, failed));
      }
      case 'disconnectPeer':
        return begin(transport.disconnect(effect.peer, effect.refuseMs));
      case 'setTimer': {
        const { timer, delayMs } = effect;
        timers.get(timer)?.();
        timers.set(
          timer,
          clock.after(delayMs, () => tell({ type: 'timerFired', timer })),
        );
        return;
      }
      case 'clearTimer':
        timers.get(effect.timer)?.();
        return;
      case 'startConsensus':
        return consensus?.start(effect.nextHeight);
      case 'stopConsensus':
        return consensus?.stop();
      case 'deliverProposal':
        return consensus?.proposal(effect.peer, effect.block);
      default:
        return;
    }
  }

  function begin(work: Promise<void>): void {
    const ended = work
      .catch(() => undefined)
      .then(() => {
        underWay.delete(ended);
      });
    underWay.add(ended);
  }

  /** Two blocks a part, read one ahead: only who has the next block in hand may announce more. */
  async function serve({ serveId, peer, requestId, from, to, bytesMax }: Of<'serveBlocks'>): Promise<void> {
    const read = (height: number) => (height > to ? null : store.read(height).catch(() => null));
    let room = bytesMax;
    let part: SyncBlock[] = [];
    let next = await read(from);
    try {
      if (next === null) await transport.send(peer, { type: 'noBlock', requestId, height: from });
      while (next !== null) {
        part.push(next);
        room -= next.bytes;
        next = await read(next.height + 1);
        if (next !== null && next.bytes > room) next = null;
        const partBytes = part.reduce((sum, { bytes }) => sum + bytes, 0);
        if (next !== null && part.length < 2 && partBytes + next.bytes <= config.blockBytesMax) continue;
        const more = next === null ? {} : { more: true };
        await transport.send(peer, { type: 'blocks', requestId, blocks: part, ...more });
        part = [];
      }
    } catch {
      // The peer is gone.
    }
    tell({ type: 'blocksServed', serveId });
  }

  async function verify({ workId, blocks, certified, exact }: Of<'verifyBlocks'>): Promise<void> {
    const results = blocks.map(async (block, index): Promise<{ valid: boolean } & Partial<Faults>> => {
      const known = !certified || (exact && index === 0);
      try {
        const { stateHash, validators } = executor.head();
        const parent = { height: block.height - 1, stateHash: known ? stateHash : '', validators };
        const verdict = await verifier.verify(block, parent, certified);
        if (!verdict.valid) return known || verdict.always === true ? verdict : { valid: false };
        if (certified) verifiedWith.set(block, validators);
        return verdict;
      } catch (error) {
        return { valid: false, hostFault: faultOf(error, 'EXECUTOR_FAILED') };
      }
    });
    let valid = 0;
    for (const result of await Promise.all(results)) {
      if (!result.valid) {
        const { fault, hostFault } = result;
        const faults = { ...(fault && { fault }), ...(hostFault && { hostFault }) };
        tell({ type: 'blocksVerified', workId, valid, ...faults });
        return;
      }
      valid++;
    }
    tell({ type: 'blocksVerified', workId, valid });
  }

  async function apply({ workId, blocks }: Of<'applyBlocks'>): Promise<void> {
    const stateHashes: string[] = [];
    for (const block of blocks) {
      try {
        if (members(executor.head().validators) !== members(verifiedWith.get(block))) break;
        const applied = await executor.apply(block);
        if ('rejected' in applied) {
          tell({ type: 'blocksApplied', workId, stateHashes, fault: applied.rejected });
          return;
        }
        stateHashes.push(applied.stateHash);
        if (applied.stateHash !== block.id) break;
      } catch (error) {
        tell({ type: 'blocksApplied', workId, stateHashes, hostFault: faultOf(error, 'EXECUTOR_FAILED') });
        return;
      }
    }
    tell({ type: 'blocksApplied', workId, stateHashes });
  }

  async function commit({ workId, blocks }: Of<'commitBlocks'>): Promise<void> {
    const height = blocks.at(-1)?.height ?? 0;
    try {
      await store.commit(blocks, executor.changes(height));
      executor.committed(height);
    } catch (error) {
      tell({ type: 'blocksCommitted', workId, validator: false, hostFault: faultOf(error, 'STORE_FAILED') });
      return;
    }
    tell({ type: 'blocksCommitted', workId, validator: isValidator() });
  }

  return {
    async start() {
      await store.open();
      await executor.open(store);
      const local = { ...store.range(), tipId: executor.tip().stateHash, validator: isValidator() };
      const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
      actor = createActor(stateSyncMachine, { input: { config, local, seed } });
      actor.on('*', (effect) => effects.push(effect));
      actor.start();
      tell({ type: 'Start' });
      await transport.start({
        peerConnected(peer, wire) {
          tell({
            type: 'peerConnected',
            peer,
            rangeBlocksMax: wire === 'pokt-background' ? 1 : config.requestBlocksMax,
          });
          if (facts().control.mode === 'P2P_Bootstrapping') tell({ type: 'P2P_IsBootstrapped' });
        },
        peerDisconnected: (peer) => tell({ type: 'peerDisconnected', peer }),
        message(peer, message) {
          if (message.type === 'metadataRequest') tell({ type: 'metadataRequested', peer });
          else if (message.type === 'metadata') tell({ ...message, type: 'metadataReceived', peer });
          else if (message.type === 'getBlocks') tell({ ...message, type: 'blocksRequested', peer });
          else if (message.type === 'blocks') tell({ ...message, type: 'blocksReceived', peer });
          else tell({ ...message, type: 'blocksUnavailable', peer });
        },
        gossip(peer, { type, block }) {
          tell({ type: type === 'newBlock' ? 'newBlockReceived' : 'proposalReceived', peer, block });
        },
        offence: (peer, offence, detail) => tell({ type: 'peerMisbehaved', peer, offence, detail }),
      });
    },
    async stop() {
      tell({ type: 'Stop' });
      await transport.stop();
      while (underWay.size > 0) await Promise.all(underWay);
      await store.close();
    },
    blockFinalized: ({ height, id, contentId }) =>
      tell({ type: 'blockFinalized', height, id, contentId, validator: isValidator() }),
    startSyncing: () => tell({ type: 'syncRequested' }),
    setServerEnabled: (enabled) => tell({ type: enabled ? 'Server_Enable' : 'Server_Disable' }),
  };
}

type Of<Type extends Effect['type']> = Extract<Effect, { readonly type: Type }>;

interface Faults {
  readonly fault: BlockFault;
  readonly hostFault: HostFault;
}

function members(validators: readonly ValidatorIdentity[] | undefined): string | undefined {
  return validators?.map(({ address, publicKey }) => `${address} ${publicKey}`).join();
}

function faultOf(error: unknown, code: HostFault['code']): HostFault {
  if (error instanceof StateSyncError) return { code: error.code, message: error.message };
  return { code, message: String(error) };
}
