import { describe, expect, it } from 'vitest';
import type { UntimedEvent } from '../../src/core/events.ts';
import { ChainWork } from '../../src/node/chain-work.ts';
import type { ChainPorts } from '../../src/node/chain-work.ts';
import type { Applied, ChainTip, Verdict } from '../../src/node/ports.ts';
import type { SyncBlock, ValidatorIdentity } from '../../src/protocol/block.ts';

const A: ValidatorIdentity = { address: 'a', publicKey: '1' };
const B: ValidatorIdentity = { address: 'b', publicKey: '2' };
const FAULT = { code: 'CERTIFICATE_NO_QUORUM', message: 'too few' } as const;
const HOST_FAULT = { code: 'EXECUTOR_FAILED', message: 'broken' };

function block(height: number): SyncBlock {
  return { height, id: `s${height}`, parentId: `s${height - 1}`, contentId: `c${height}`, bytes: 1, body: null };
}

const blocks = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => block(from + index));

interface World {
  readonly work: ChainWork;
  readonly told: UntimedEvent[];
  /** What the verifier was asked, in order. */
  readonly asked: { readonly height: number; readonly parent: ChainTip; readonly certified: boolean }[];
  readonly prepared: number[];
  readonly applied: number[];
  verdicts: Map<number, Verdict | Promise<Verdict> | Error>;
  head: ChainTip;
  apply: (block: SyncBlock) => Applied;
}

/** Verifier and executor give their answers, and throw, at once or by promises. */
const ANSWERS = ['at once', 'by promises'] as const;

function worldOf(answers: (typeof ANSWERS)[number], clock: Partial<ChainPorts['clock']> = {}): World {
  const told: UntimedEvent[] = [];
  const made: Omit<World, 'work'> = {
    told,
    asked: [],
    prepared: [],
    applied: [],
    verdicts: new Map(),
    head: { height: 0, stateHash: 's0', validators: [A] },
    apply: ({ id }) => ({ stateHash: id }),
  };
  const given = <Args extends unknown[], Answer>(call: (...args: Args) => Answer) =>
    answers === 'at once' ? call : async (...args: Args) => call(...args);
  const unused = () => {
    throw new Error('not used here');
  };
  const executor = {
    open: unused,
    tip: () => made.head,
    head: () => made.head,
    prepare: ({ height }: SyncBlock) => void made.prepared.push(height),
    apply: given((each: SyncBlock) => {
      const applied = made.apply(each);
      made.applied.push(each.height);
      if ('stateHash' in applied) made.head = { ...made.head, height: each.height, stateHash: applied.stateHash };
      return applied;
    }),
    changes: () => [],
    committed: () => undefined,
    rollback: unused,
  };
  const verifier = {
    verify: given(({ height }: SyncBlock, parent: ChainTip, certified: boolean): Verdict | Promise<Verdict> => {
      made.asked.push({ height, parent, certified });
      const verdict = made.verdicts.get(height);
      if (verdict instanceof Error) throw verdict;
      return verdict ?? { valid: true };
    }),
  };
  const store = { commit: async () => undefined };
  const transport = { self: 'node' };
  const ports = {
    transport,
    store,
    executor,
    verifier,
    clock: { now: () => 0, after: unused, ...clock },
  } as unknown as ChainPorts;
  return Object.assign(made, { work: new ChainWork(ports, (event) => told.push(event)) });
}

const verify = (each: readonly SyncBlock[], exact = false, certified = true) =>
  ({ type: 'verifyBlocks', workId: 1, blocks: each, certified, exact }) as const;
const apply = (each: readonly SyncBlock[]) => ({ type: 'applyBlocks', workId: 2, blocks: each }) as const;

describe.each(ANSWERS)('verifying, with answers %s', (answers) => {
  const world = () => worldOf(answers);

  it('OPT-1: all blocks at once, each against the head, at its own height', async () => {
    const w = world();
    await w.work.verify(verify(blocks(1, 3), true));
    const parent = { stateHash: '', validators: [A] };
    expect(w.asked).toEqual([
      { height: 1, parent: { ...parent, height: 0, stateHash: 's0' }, certified: true },
      { height: 2, parent: { ...parent, height: 1 }, certified: true },
      { height: 3, parent: { ...parent, height: 2 }, certified: true },
    ]);
    expect(w.told).toEqual([{ type: 'blocksVerified', workId: 1, valid: 3 }]);
    expect(w.prepared).toEqual([1, 2, 3]);
  });

  it('OPT-1: work that is not exact knows no state hash, not even of its first block', async () => {
    const w = world();
    await w.work.verify(verify(blocks(5, 5)));
    expect(w.asked[0]?.parent).toEqual({ height: 4, stateHash: '', validators: [A] });
  });

  it.each([
    ['the first block of exact work', verify(blocks(1, 3), true), 1, true],
    ['a later block of exact work', verify(blocks(1, 3), true), 2, false],
    ['the first block of other work', verify(blocks(1, 3)), 1, false],
    ['a proposal', verify(blocks(1, 1), false, false), 1, true],
  ])('OPT-1: %s that is not valid: is that final?', async (_, effect, height, final) => {
    const w = world();
    w.verdicts.set(height, { valid: false, fault: FAULT });
    await w.work.verify(effect);
    const valid = height - 1;
    expect(w.told).toEqual([{ type: 'blocksVerified', workId: 1, valid, ...(final ? { fault: FAULT } : {}) }]);
  });

  it('OPT-1: a fault that no validator set would cure is told of any block', async () => {
    const w = world();
    w.verdicts.set(2, { valid: false, fault: FAULT, always: true });
    await w.work.verify(verify(blocks(1, 3)));
    expect(w.told).toEqual([{ type: 'blocksVerified', workId: 1, valid: 1, fault: FAULT }]);
  });

  it('APPLY-5: what is thrown at the first block that is not valid is told, what is thrown behind it is not', async () => {
    const w = world();
    w.verdicts.set(2, new Error('broken'));
    await w.work.verify(verify(blocks(1, 3)));
    w.verdicts.set(1, { valid: false, fault: FAULT });
    await w.work.verify(verify(blocks(1, 3)));
    expect(w.told).toMatchObject([{ valid: 1, hostFault: HOST_FAULT }, { valid: 0 }]);
    expect(w.told[1]).not.toHaveProperty('hostFault');
  });

  it('LIMIT: some blocks at once, and nothing more is begun behind one that is not valid', async () => {
    const w = world();
    const slow = Promise.withResolvers<Verdict>();
    for (let height = 1; height <= 100; height++) w.verdicts.set(height, slow.promise);
    const first = w.work.verify(verify(blocks(1, 60)));
    const second = w.work.verify(verify(blocks(61, 100)));
    await new Promise(setImmediate);
    expect(w.asked.map(({ height }) => height)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
    slow.resolve({ valid: false, fault: FAULT });
    await Promise.all([first, second]);
    expect(w.told).toEqual([
      { type: 'blocksVerified', workId: 1, valid: 0 },
      { type: 'blocksVerified', workId: 1, valid: 0 },
    ]);
    expect(w.asked.length).toBeLessThan(50);
  });

  it('LIMIT: transactions of uncertified blocks are nothing to begin with', async () => {
    const w = world();
    w.verdicts.set(1, { valid: false, fault: FAULT });
    await w.work.verify(verify(blocks(1, 1), true));
    await w.work.verify(verify(blocks(2, 2), false, false));
    expect(w.prepared).toEqual([]);
  });
});

describe.each(ANSWERS)('applying, with answers %s', (answers) => {
  const world = (clock?: Partial<ChainPorts['clock']>) => worldOf(answers, clock);

  it('OPT-1: goes on as long as the validator set is the one that a block was verified with', async () => {
    const w = world();
    const chain = blocks(1, 4);
    await w.work.verify(verify(chain));
    w.apply = ({ height, id }) => {
      if (height === 2) w.head = { ...w.head, validators: [A, B] };
      return { stateHash: id };
    };
    await w.work.apply(apply(chain));
    expect(w.told.at(-1)).toEqual({ type: 'blocksApplied', workId: 2, stateHashes: ['s1', 's2'] });
    const rest = chain.slice(2);
    await w.work.verify(verify(rest, true));
    await w.work.apply(apply(rest));
    expect(w.told.at(-1)).toEqual({ type: 'blocksApplied', workId: 2, stateHashes: ['s3', 's4'] });
  });

  it('OPT-1: an equal set is as good as the same one, one with another key is not', async () => {
    const w = world();
    const chain = blocks(1, 2);
    await w.work.verify(verify(chain));
    w.head = { ...w.head, validators: [{ ...A }] };
    await w.work.apply(apply(chain.slice(0, 1)));
    expect(w.told.at(-1)).toMatchObject({ stateHashes: ['s1'] });
    w.head = { ...w.head, validators: [{ ...A, publicKey: '9' }] };
    await w.work.apply(apply(chain.slice(1)));
    expect(w.told.at(-1)).toEqual({ type: 'blocksApplied', workId: 2, stateHashes: [] });
  });

  it('APPLY-1: a block that was never verified, or only as a proposal, is not applied', async () => {
    const w = world();
    const [one] = blocks(1, 1);
    const chain = one === undefined ? [] : [one];
    await w.work.apply(apply(chain));
    await w.work.verify(verify(chain, true, false));
    await w.work.apply(apply(chain));
    expect(w.applied).toEqual([]);
    await w.work.verify(verify(chain, true));
    await w.work.apply(apply(chain));
    expect(w.applied).toEqual([1]);
  });

  it('LIMIT: a block is let go once its height is committed, also where consensus committed others before', async () => {
    const w = world();
    const chain = blocks(1, 6);
    await w.work.verify(verify(chain));
    await w.work.commit({ type: 'commitBlocks', workId: 3, blocks: chain.slice(2, 4) });
    for (const each of chain) await w.work.apply(apply([each]));
    expect(w.applied).toEqual([5, 6]);
  });

  it('APPLY-1: of two blocks of one height the one that was verified last is the one that is applied', async () => {
    const w = world();
    const [one] = blocks(1, 1);
    const [other] = blocks(1, 1);
    if (one === undefined || other === undefined) throw new Error('there are two');
    await w.work.verify(verify([one], true));
    await w.work.verify(verify([other], true));
    await w.work.apply(apply([one]));
    expect(w.applied).toEqual([]);
    await w.work.verify(verify([one], true));
    await w.work.apply(apply([one]));
    expect(w.applied).toEqual([1]);
  });

  it('APPLY-2: stops at a rejected block and at a state hash that is not the id, and tells both', async () => {
    const w = world();
    const chain = blocks(1, 3);
    await w.work.verify(verify(chain));
    w.apply = ({ height }) => (height === 2 ? { rejected: FAULT } : { stateHash: `s${height}` });
    await w.work.apply(apply(chain));
    w.apply = () => ({ stateHash: 'other' });
    await w.work.apply(apply(chain));
    expect(w.told.slice(-2)).toEqual([
      { type: 'blocksApplied', workId: 2, stateHashes: ['s1'], fault: FAULT },
      { type: 'blocksApplied', workId: 2, stateHashes: ['other'] },
    ]);
  });

  it('APPLY-5: what the executor throws is told, with what was applied before', async () => {
    const w = world();
    const chain = blocks(1, 3);
    await w.work.verify(verify(chain));
    w.apply = ({ height, id }) => {
      if (height === 2) throw new Error('broken');
      return { stateHash: id };
    };
    await w.work.apply(apply(chain));
    expect(w.told.at(-1)).toEqual({ type: 'blocksApplied', workId: 2, stateHashes: ['s1'], hostFault: HOST_FAULT });
  });

  it('work that takes long gives way between blocks, work that is quick does not', async () => {
    let nowMs = 0;
    let gaveWay = 0;
    const giveWay = async () => {
      gaveWay += 1;
    };
    const w = world({ now: () => nowMs, giveWay });
    const chain = blocks(1, 40);
    await w.work.verify(verify(chain));
    const before = gaveWay;
    await w.work.apply(apply(chain));
    expect(gaveWay).toBe(before);
    w.apply = ({ id }) => {
      nowMs += 4;
      return { stateHash: id };
    };
    await w.work.apply(apply(chain));
    // 160 ms of work: three blocks of 4 ms, and a turn for everybody else.
    expect(gaveWay - before).toBe(13);
  });
});
