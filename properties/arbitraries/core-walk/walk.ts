import type { SyncBlock } from '../../../src/protocol/block.ts';
import type { Offence } from '../../../src/protocol/offences.ts';
import type { Effect, EffectOf } from '../../../src/core/effects.ts';
import { TIMERS } from '../../../src/core/events.ts';
import { inMode } from '../../../src/core/turn.ts';
import { blockAt, idAt } from './plain-chain.ts';
import type { WorldOptions } from './core-world.ts';
import { World } from './core-world.ts';

/** One decision of a random walk: which of the possible moves, and a number for the details of it. */
export type Choice = readonly [move: number, detail: number];

/** What a peer still owes; `begun`: a part of it was sent. */
type Ask = EffectOf<'sendGetBlocks'> & { readonly begun?: boolean };
type Move = readonly [weight: number, run: (detail: number) => void];

export const HONEST: readonly string[] = ['honest-1', 'honest-2', 'honest-3'];
export const LIARS: readonly string[] = ['liar-1', 'liar-2', 'liar-3', 'liar-4'];
const OFFENCES_SEEN: readonly Offence[] = ['MALFORMED_MESSAGE', 'SPOOFED_ADDRESS', 'OVERSIZE_MESSAGE'];
const PASSES_MS: readonly number[] = [20, 100, 500, 1_000, 3_000, 12_000, 60_000, 400_000];

/**
 * A node among honest and lying peers, each move chosen from those that make sense in the state it is in: uniform random
 * events would leave nearly every run at its first height.
 */
export class Walk {
  readonly world: World;
  /** How high the honest peers' chain is. */
  tip: number;
  #open: Ask[] = [];
  readonly #asked = new Map<string, number>();
  readonly #connected = new Set<string>();
  readonly #serving: number[] = [];
  #seen = 0;

  constructor(options: WorldOptions = {}) {
    this.world = new World(options);
    this.tip = this.world.height + 5;
    this.world.start();
    this.#learn();
  }

  take([choice, detail]: Choice): void {
    const moves = this.#moves();
    const total = moves.reduce((sum, [weight]) => sum + weight, 0);
    let left = choice % total;
    for (const [weight, run] of moves) {
      left -= weight;
      if (left >= 0) continue;
      run(detail);
      break;
    }
    this.#learn();
  }

  #moves(): readonly Move[] {
    const { world } = this;
    const moves: Move[] = [
      [14, (n) => world.pass(PASSES_MS[n % 5] ?? 20)],
      [1, (n) => world.pass(PASSES_MS[n % PASSES_MS.length] ?? 20)],
      [4, (n) => this.#connect(pick([...HONEST, ...LIARS], n))],
      [3, (n) => this.#leave(pick([...HONEST, ...LIARS], n))],
      [3, () => (this.tip += 1)],
      [4, (n) => this.#announce(n)],
      [1, (n) => this.#propose(n)],
      [2, (n) => this.#ask(n)],
      [1, (n) => this.#hostMood(n)],
      [1, (n) => this.#odd(n)],
    ];
    if (this.#open.length > 0) moves.push([50, (n) => this.#answer(n)]);
    if (this.#asked.size > 0) moves.push([30, (n) => this.#claim(pick([...this.#asked.keys()], n), n)]);
    const owing = this.#open.find((ask) => LIARS.includes(ask.peer));
    if (owing !== undefined) moves.push([6, () => this.#leave(owing.peer)]);
    if (world.held.length > 0) moves.push([20, () => world.release()]);
    if (this.#serving.length > 0) moves.push([3, () => this.#served()]);
    if (inMode(world.facts, 'runsConsensus')) moves.push([4, (n) => this.#finalize(n)]);
    if (this.#liarsHere().length > 0) moves.push([4, (n) => this.#misbehave(n)]);
    return moves;
  }

  #connect(peer: string): void {
    if (this.#connected.has(peer)) return;
    this.#connected.add(peer);
    this.world.connect(peer, 4);
  }

  #leave(peer: string): void {
    if (!this.#connected.delete(peer)) return;
    this.#asked.delete(peer);
    // Nobody answers over a connection what it was asked over another.
    this.#open = this.#open.filter((ask) => ask.peer !== peer);
    this.world.send({ type: 'peerDisconnected', peer });
  }

  #claim(peer: string, n: number): void {
    const left = (this.#asked.get(peer) ?? 1) - 1;
    if (left === 0) this.#asked.delete(peer);
    else this.#asked.set(peer, left);
    const { height } = this.world;
    const lies = [
      [1, this.tip + 50],
      [1, height + 1],
      [height + 5, height + 9],
      [9, 3],
      [0, 0],
      [1, this.tip],
      [1_000_000, 2_000_000],
    ];
    const [minHeight = 1, maxHeight = 1] = HONEST.includes(peer) ? [1, this.tip] : (lies[n % lies.length] ?? []);
    this.world.send({ type: 'metadataReceived', peer, minHeight, maxHeight });
  }

  #answer(n: number): void {
    const [ask] = this.#open.splice(n % this.#open.length, 1);
    if (ask === undefined) return;
    if (HONEST.includes(ask.peer)) return this.#answerTruly(ask, n);
    const { peer, from } = ask;
    const requestId = n % 5 === 0 ? null : ask.requestId;
    const one = (block: SyncBlock) => this.world.send({ type: 'blocksReceived', peer, requestId, blocks: [block] });
    const lies = [
      () => undefined,
      () => undefined,
      () => one(blockAt(from, { refusedWith: 'CERTIFICATE_NO_QUORUM' })),
      () => one(blockAt(from, { refusedWith: 'NETWORK_MISMATCH' })),
      () => one(blockAt(from, { stateHash: `wrong-by-${peer}` })),
      () => one(blockAt(from, {}, { parentId: 'elsewhere', contentId: `broken-by-${peer}` })),
      () => one(blockAt(from + 1)),
      () => one(blockAt(from, {}, { bytes: 5_000_000 })),
      // Signed by who has left the validator set: good by what is known ahead of its turn.
      () => one(blockAt(from, { refusedWith: 'CERTIFICATE_FOREIGN_SIGNER', ahead: 'passes' })),
      () => one(blockAt(from, { refusedWith: 'CERTIFICATE_FOREIGN_SIGNER', ahead: 'cannotTell' })),
      () =>
        one(blockAt(from, { refusedWith: 'CERTIFICATE_FOREIGN_SIGNER', ahead: 'passes' }, { parentId: 'elsewhere' })),
      // Begins to answer, and stops.
      () => this.world.send({ type: 'blocksReceived', peer, requestId, blocks: [trueBlock(from, n)], more: true }),
      () => this.world.send({ type: 'blocksUnavailable', peer, requestId, height: from }),
      () => this.world.send({ type: 'blocksReceived', peer, requestId, blocks: [] }),
      () => this.#answerTruly(ask, n),
      () => this.#answerTruly(ask, n),
      () => {
        this.#answerTruly(ask, n);
        this.#answerTruly(ask, n);
      },
    ];
    lies[n % lies.length]?.();
  }

  /** In parts now and then, in part, within what there is room for, and in the end at least "I do not have it": what a peer without fault does. */
  #answerTruly(ask: Ask, n: number): void {
    const { peer, requestId, from, to, bytesMax, begun = false } = ask;
    const last = Math.min(to, this.tip, n % 3 === 0 ? from : to);
    const sent: SyncBlock[] = [];
    for (let height = from, left = bytesMax; height <= last; height++) {
      const block = trueBlock(height, n);
      left -= block.bytes;
      // The first block of an answer comes whatever its size.
      if (left < 0 && (sent.length > 0 || begun)) break;
      sent.push(block);
    }
    const received = (blocks: readonly SyncBlock[], more: boolean) =>
      this.world.send({ type: 'blocksReceived', peer, requestId, blocks, ...(more ? { more } : {}) });
    if (n % 17 === 0 && !begun) this.world.send({ type: 'sendFailed', peer, requestId });
    else if (begun && sent.length === 0) received([], false);
    else if (sent.length === 0) this.world.send({ type: 'blocksUnavailable', peer, requestId, height: from });
    else if (n % 4 === 1 && sent.length > 1) {
      const [first] = sent.splice(0, 1);
      if (first === undefined) return;
      this.#open.push({ ...ask, from: from + 1, bytesMax: Math.max(0, bytesMax - first.bytes), begun: true });
      received([first], true);
    } else received(sent, false);
  }

  #announce(n: number): void {
    const height = Math.min(this.tip, this.world.height + (n % 4));
    const liar = n % 3 === 0;
    const peer = liar ? pick(['stranger', ...LIARS], n) : pick(HONEST, n);
    const block = liar ? blockAt(height, { refusedWith: 'CERTIFICATE_BAD_SIGNATURE' }) : blockAt(height);
    if (height > 0) this.world.send({ type: 'newBlockReceived', peer, block });
  }

  #propose(n: number): void {
    const liar = n % 3 === 0;
    const height = this.world.height + (n % 3);
    const block = liar ? blockAt(height, { refusedWith: 'VALIDATOR_SET_MISMATCH' }) : blockAt(height);
    this.world.send({ type: 'proposalReceived', peer: pick(liar ? LIARS : HONEST, n), block });
  }

  #ask(n: number): void {
    const peer = pick([...HONEST, ...LIARS], n);
    const from = 1 + (n % (this.world.height + 2));
    if (n % 2 === 0) this.world.send({ type: 'metadataRequested', peer });
    else this.world.send({ type: 'blocksRequested', peer, requestId: n, from, to: from + (n % 3) });
  }

  #hostMood(n: number): void {
    const { host } = this.world;
    const kinds = ['verifyBlocks', 'applyBlocks', 'commitBlocks', 'rollbackBlocks'] as const;
    if (n % 3 === 0) this.world.holds = !this.world.holds;
    // It executes a height wrongly, until it is in the mood again.
    else if (host.miscomputes.size > 0) host.miscomputes.clear();
    else if (n % 7 === 0) host.disagrees.add(this.world.height + 1 + (n % 2));
    else if (n % 5 === 0) host.miscomputes.add(this.world.height + 1 + (n % 2));
    else if (host.failing.size > 0) host.failing.clear();
    else host.failing.set(pick(kinds, n), { code: 'STORE_FAILED', message: 'walked into' });
  }

  #finalize(n: number): void {
    // Now and then it tells of a height that sync had committed before, or leaves one out.
    const isOdd = n % 5 === 0 && this.world.height > 0;
    const height = this.world.height + (isOdd ? (n % 2) * 2 : 1);
    const id = idAt(height);
    this.tip = Math.max(this.tip, height);
    if (!isOdd) this.world.host.finalize(height, id);
    const { validator } = this.world.host;
    this.world.send({ type: 'blockFinalized', height, id, contentId: blockAt(height).contentId, validator });
  }

  #misbehave(n: number): void {
    const peer = pick(this.#liarsHere(), n);
    const height = this.world.height + 1 + (n % 3);
    if (n % 2 === 0) this.world.send({ type: 'peerMisbehaved', peer, offence: pick(OFFENCES_SEEN, n), detail: 'walk' });
    else this.world.send({ type: 'blocksReceived', peer, requestId: null, blocks: [blockAt(height)] });
  }

  /** What should not come, and must do no harm. */
  #odd(n: number): void {
    const { world } = this;
    const odd = [
      () => world.send({ type: 'timerFired', timer: pick(TIMERS, n >> 4) }),
      () => world.send({ type: 'blocksVerified', workId: 1_000_000, valid: 1 }),
      () => world.send({ type: 'blocksCommitted', workId: 1_000_000, validator: false }),
      () => world.send({ type: 'blocksServed', serveId: 1_000_000 }),
      () => world.send({ type: 'sendFailed', peer: 'stranger', requestId: 1 }),
      () => world.send({ type: 'blockFinalized', height: world.height + 7, id: 'x', validator: false }),
      () => world.send({ type: 'Consensus_IsUnsynced' }),
      () => world.send({ type: 'Consensus_IsSyncing' }),
      () => world.send({ type: 'syncRequested' }),
      () => (world.now += 3_600_000),
      () => (world.now = Math.max(0, world.now - 3_600_000)),
      () => world.send({ type: n % 2 === 0 ? 'Server_Enable' : 'Server_Disable' }),
      () => this.#changeValidator(),
      () => this.#changeValidator(),
      () => this.#restart(n),
    ];
    odd[n % odd.length]?.();
  }

  #changeValidator(): void {
    const { host } = this.world;
    host.validator = !host.validator;
    this.world.send({ type: 'validatorStatusChanged', validator: host.validator });
  }

  #restart(n: number): void {
    if (n % 2 === 0) return;
    this.world.send({ type: 'Stop' });
    this.#connected.clear();
    this.#asked.clear();
    this.#open = [];
    this.world.start();
  }

  #served(): void {
    const serveId = this.#serving.shift();
    if (serveId !== undefined) this.world.send({ type: 'blocksServed', serveId });
  }

  #liarsHere(): string[] {
    return LIARS.filter((peer) => this.#connected.has(peer));
  }

  #learn(): void {
    const { effects } = this.world;
    for (; this.#seen < effects.length; this.#seen++) this.#hear(effects[this.#seen]);
  }

  #hear(effect: Effect | undefined): void {
    if (effect?.type === 'sendGetBlocks') this.#open.push(effect);
    else if (effect?.type === 'serveBlocks') this.#serving.push(effect.serveId);
    else if (effect?.type === 'disconnectPeer') this.#leave(effect.peer);
    else if (effect?.type === 'sendMetadataRequest') {
      this.#asked.set(effect.peer, (this.#asked.get(effect.peer) ?? 0) + 1);
    }
  }
}

const SIZES_BYTES: readonly number[] = [1_000, 500, 2_000];

/** The chain's own block; of some, checking it ahead of its turn tells nothing, or tells it wrong. */
function trueBlock(height: number, n: number): SyncBlock {
  const ahead = ([undefined, 'cannotTell', undefined, 'passes'] as const)[(n >> 5) % 4];
  const flaw = ahead === undefined ? {} : { ahead };
  return blockAt(height, flaw, { bytes: SIZES_BYTES[height % SIZES_BYTES.length] ?? 0 });
}

function pick<T>(items: readonly T[], n: number): T {
  const item = items[n % items.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
