import type { EffectOf } from '../core/effects.ts';
import type { UntimedEvent } from '../core/events.ts';
import type { SyncBlock } from '../protocol/block.ts';
import type { BlockFault } from '../protocol/errors.ts';
import { toHostFault } from '../protocol/errors.ts';
import type { Finding } from './findings.ts';
import { Findings } from './findings.ts';
import type { BlockStore, BlockVerifier, ChainTip, Clock, Executor, Transport, Verdict } from './ports.ts';
import { Slots, Turns } from './turns.ts';
import { sameValidators, VerifiedBlocks } from './verified-blocks.ts';

export interface ChainPorts {
  readonly transport: Transport;
  readonly store: BlockStore;
  readonly executor: Executor;
  readonly verifier: BlockVerifier;
  readonly clock: Clock;
}

/** One block in the verifier, and what it is checked with. */
interface Asked {
  readonly block: SyncBlock;
  readonly certified: boolean;
  readonly known: boolean;
  readonly validators: ChainTip['validators'];
  readonly place: number;
}

/** Blocks in the verifier at once, of all works together; the lowest come first. */
const VERIFYING_MAX = 16;

/** Verifies, applies and commits blocks, and takes them back: the effects that are about this node's own chain. */
export class ChainWork {
  readonly #ports: ChainPorts;
  readonly #tell: (event: UntimedEvent) => void;
  readonly #turns: Turns;
  readonly #verifying = new Slots(VERIFYING_MAX);
  readonly #verified = new VerifiedBlocks();

  constructor(ports: ChainPorts, tell: (event: UntimedEvent) => void) {
    this.#ports = ports;
    this.#tell = tell;
    this.#turns = new Turns(ports.clock);
  }

  /** All blocks at once; what is told is about those before the first that is not valid, and about that one. */
  async verify({ workId, blocks, certified, exact }: EffectOf<'verifyBlocks'>): Promise<void> {
    const findings = new Findings(workId, blocks.length, this.#tell);
    let known = !certified || exact;
    for (const block of blocks) {
      // Without waiting where there is no need, so that a work that comes later does not come in between.
      const slot = this.#verifying.take(block.height);
      if (slot !== undefined) await slot;
      const turn = this.#turns.giveWay();
      if (turn !== undefined) await turn;
      if (findings.isSpoiled) {
        this.#verifying.give();
        break;
      }
      this.#verifyOne(block, certified, known, findings);
      if (certified) known = false;
    }
    await findings.allIn();
  }

  /** @param known whether the block's validator set is the one that it is checked with: then the verdict is final */
  #verifyOne(block: SyncBlock, certified: boolean, known: boolean, findings: Findings): void {
    const { verifier, executor } = this.#ports;
    const place = findings.begin();
    let asked: Asked;
    let verdict: Verdict;
    try {
      const { stateHash, validators } = executor.head();
      const parent: ChainTip = { height: block.height - 1, stateHash: known ? stateHash : '', validators };
      asked = { block, certified, known, validators, place };
      const answer = verifier.verify(block, parent, certified);
      if ('then' in answer) {
        const threw = (thrown: unknown) => this.#found(place, { thrown }, findings);
        return void answer.then((given) => this.#judged(asked, given, findings), threw);
      }
      verdict = answer;
    } catch (thrown) {
      return this.#found(place, { thrown }, findings);
    }
    this.#judged(asked, verdict, findings);
  }

  #judged({ block, certified, known, validators, place }: Asked, verdict: Verdict, findings: Findings): void {
    if (!verdict.valid) {
      return this.#found(place, { fault: verdict.fault, final: known || verdict.always === true }, findings);
    }
    if (certified) {
      this.#verified.add(block, validators);
      this.#prepare(block);
    }
    this.#found(place, 'valid', findings);
  }

  #found(place: number, finding: Finding, findings: Findings): void {
    this.#verifying.give();
    findings.found(place, finding);
  }

  /** Of certified blocks only: any other may hold as much work as its sender likes. */
  #prepare(block: SyncBlock): void {
    try {
      this.#ports.executor.prepare?.(block);
    } catch {
      // Applying it will tell.
    }
  }

  async apply({ workId, blocks }: EffectOf<'applyBlocks'>): Promise<void> {
    const { executor } = this.#ports;
    const stateHashes: string[] = [];
    let fault: BlockFault | undefined;
    try {
      for (const block of blocks) {
        if (!sameValidators(this.#verified.validatorsOf(block), executor.head().validators)) break;
        const turn = this.#turns.giveWay();
        if (turn !== undefined) await turn;
        const outcome = executor.apply(block);
        // Without waiting where there is no need: that would cost more than all else that is done here for a block.
        const applied = 'then' in outcome ? await outcome : outcome;
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

  async commit({ workId, blocks }: EffectOf<'commitBlocks'>): Promise<void> {
    const { store, executor, transport } = this.#ports;
    const height = blocks[blocks.length - 1]?.height ?? 0;
    try {
      const changes = executor.changes(height);
      // To gather what has changed, and to encode it, are two pieces of work.
      const turn = this.#turns.giveWay();
      if (turn !== undefined) await turn;
      await store.commit(blocks, changes);
      executor.committed(height);
      this.#verified.forgetUpTo(height);
      const validator = executor.tip().validators.some(({ address }) => address === transport.self);
      this.#tell({ type: 'blocksCommitted', workId, validator });
    } catch (error) {
      const hostFault = toHostFault(error, 'STORE_FAILED');
      this.#tell({ type: 'blocksCommitted', workId, validator: false, hostFault });
    }
  }

  async rollback({ workId, toHeight }: EffectOf<'rollbackBlocks'>): Promise<void> {
    try {
      await this.#ports.executor.rollback(toHeight);
      this.#tell({ type: 'blocksRolledBack', workId });
    } catch (error) {
      this.#tell({ type: 'blocksRolledBack', workId, hostFault: toHostFault(error, 'EXECUTOR_FAILED') });
    }
  }
}
