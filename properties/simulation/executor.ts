import type { Applied, BlockStore, ChainTip, Executor, StateChange } from '../../src/node/ports.ts';
import type { SyncBlock, ValidatorIdentity } from '../../src/protocol/block.ts';
import { StateSyncError } from '../../src/protocol/errors.ts';
import { bodyOf, execute, genesisHash } from './chain.ts';
import type { HostFaultRates } from './host-faults.ts';
import type { Life } from './life.ts';
import { fingerprint } from './random.ts';

const TIP_KEY = 'tip';

const encoder = new TextEncoder();

/** A tip as the executor keeps it in the store. */
export function tipRecord(tip: ChainTip): StateChange {
  return { key: TIP_KEY, value: encoder.encode(JSON.stringify(tip)) };
}

/** Executes simulated blocks: the state is its hash. */
export class SimExecutor implements Executor {
  readonly #life: Life;
  readonly #genesis: ChainTip;
  #committed: ChainTip;
  #pending: ChainTip[] = [];
  /** Calls to apply or rollback under way: the node may make one at a time. */
  #busy = 0;

  constructor(life: Life, networkId: string, validators: readonly ValidatorIdentity[]) {
    this.#life = life;
    this.#genesis = { height: 0, stateHash: genesisHash(networkId), validators };
    this.#committed = this.#genesis;
  }

  async open(store: BlockStore): Promise<void> {
    this.#pending = [];
    this.#committed = this.#genesis;
    for await (const [key, value] of store.state()) {
      if (key === TIP_KEY) this.#committed = JSON.parse(new TextDecoder().decode(value)) as ChainTip;
    }
  }

  tip(): ChainTip {
    return this.#committed;
  }

  head(): ChainTip {
    return this.#pending.at(-1) ?? this.#committed;
  }

  get isIdle(): boolean {
    return this.#busy === 0;
  }

  /** What takes no time is answered at once. */
  apply(block: SyncBlock): Promise<Applied> | Applied {
    const committedBefore = this.#committed.height;
    const rates = this.#life.rates();
    const workMs = this.#life.workMs();
    if (workMs > 0) {
      return this.#alone('apply', async () => {
        await this.#life.sleep(workMs);
        return this.#execute(block, committedBefore, rates);
      });
    }
    this.#begins('apply');
    return this.#execute(block, committedBefore, rates);
  }

  #execute(block: SyncBlock, committedBefore: number, rates: HostFaultRates): Applied {
    this.#life.mayThrow(rates.applyThrows, 'the executor');
    const base = this.#pending.at(-1) ?? this.#committed;
    if (block.height <= this.#committed.height && block.height > committedBefore) {
      throw new StateSyncError('EXECUTOR_FAILED', `consensus has decided height ${block.height} since`);
    }
    if (block.height !== base.height + 1) {
      this.#life.breaches.push(`applied height ${block.height} on top of ${base.height}`);
      throw new StateSyncError('EXECUTOR_FAILED', `height ${block.height} on top of ${base.height}`);
    }
    const body = bodyOf(block);
    if (body.content.startsWith('!')) {
      return { rejected: { code: 'INVALID_TRANSACTION', message: `a transaction of ${block.height} is invalid` } };
    }
    let stateHash = execute(base.stateHash, body);
    if (rates.applyGoesWrong > 0 && this.#life.random.chance(rates.applyGoesWrong)) {
      this.#life.counts.wentWrong++;
      stateHash = fingerprint(`${stateHash} gone wrong`);
    }
    this.#pending.push({ height: block.height, stateHash, validators: body.nextValidators });
    return { stateHash };
  }

  changes(height: number): readonly StateChange[] {
    const tip = this.#pending.find((each) => each.height === height);
    if (tip === undefined) this.#life.breaches.push(`asked for the changes of ${height}, which is not applied`);
    return [tipRecord(tip ?? this.#committed)];
  }

  committed(height: number): void {
    const tip = this.#pending.find((each) => each.height === height);
    if (tip === undefined) {
      if (height > this.#committed.height) this.#life.breaches.push(`committed ${height}, which is not applied`);
      return;
    }
    this.#committed = tip;
    this.#pending = this.#pending.filter((each) => each.height > height);
  }

  async rollback(height: number): Promise<void> {
    return this.#alone('rollback', async () => {
      const rates = this.#life.rates();
      await this.#life.sleep(this.#life.workMs());
      this.#life.mayThrow(rates.rollbackThrows, 'the executor, rolling back');
      this.#pending = this.#pending.filter((each) => each.height <= height);
    });
  }

  /**
   * The host's consensus decided `block` and has it stored (MODE-10). Pending blocks give way, but for those on top of the
   * same block: it may be decided while what came of it is at work here.
   */
  adopt(block: SyncBlock): void {
    const body = bodyOf(block);
    const stateHash = execute(this.#committed.stateHash, body);
    const [first, ...above] = this.#pending;
    this.#pending = first?.stateHash === stateHash ? above : [];
    this.#committed = { height: block.height, stateHash, validators: body.nextValidators };
  }

  #begins(what: string): void {
    if (this.#busy > 0) this.#life.breaches.push(`${what} while the executor is at work`);
  }

  async #alone<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    this.#begins(what);
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
    }
  }
}
