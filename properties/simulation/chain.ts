import type { SyncBlock, ValidatorIdentity } from '../../src/protocol/block.ts';
import type { BlockFaultCode } from '../../src/protocol/errors.ts';
import type { ChainTip } from '../../src/node/ports.ts';
import type { Random } from './random.ts';
import { fingerprint } from './random.ts';

/** What a simulated block carries. */
export interface SimBody {
  readonly networkId: string;
  /** Stands for the transactions: executing it is hashing it onto the state. */
  readonly content: string;
  readonly nextValidators: readonly ValidatorIdentity[];
  readonly certificate: SimCertificate | null;
}

/**
 * Stands for a quorum certificate. Only the chain can make one that counts, as if by the validators' keys; anybody can
 * make one with a flaw.
 */
export interface SimCertificate {
  readonly height: number;
  readonly id: string;
  readonly contentId: string;
  /** Names the set that signed. */
  readonly signers: string;
  /** What is wrong with it, if it was not made by the chain. */
  readonly flaw?: BlockFaultCode;
  /** The signatures are good: those of a set that is not this height's. Whoever was a validator once keeps its key. */
  readonly byAnotherSet?: true;
}

/** What everybody may know of the chain: adversaries too. */
export interface ChainView {
  readonly networkId: string;
  /** Height of the newest block. */
  readonly height: number;
  /** @throws Error outside 1..height */
  blockAt(height: number): SyncBlock;
  has(height: number): boolean;
  /** The chain just after `height`; 0 is the genesis. */
  tipAt(height: number): ChainTip;
  /** Whether the block carries a certificate that proves that the chain has its height, whatever else it carries. */
  hasCertificateOf(block: SyncBlock): boolean;
}

export interface ChainOptions {
  readonly networkId: string;
  readonly random: Random;
  /** Everybody who is a validator at some time. */
  readonly validators: readonly string[];
  readonly validatorSetSize: number;
  /** The set moves on by one member every so many blocks; 0: never (A41). */
  readonly rotateEveryBlocks: number;
  readonly blockBytesMax: number;
}

/** The one true chain of a run: grows when told to, each block certified by the set before it. */
export class SimChain implements ChainView {
  readonly networkId: string;
  readonly #options: ChainOptions;
  readonly #blocks: SyncBlock[] = [];
  readonly #sets: (readonly ValidatorIdentity[])[] = [];
  #proposed: SyncBlock | null = null;
  readonly #certificates = new WeakSet<SimCertificate>();

  constructor(options: ChainOptions) {
    this.#options = options;
    this.networkId = options.networkId;
  }

  get height(): number {
    return this.#blocks.length;
  }

  has(height: number): boolean {
    return height >= 1 && height <= this.height;
  }

  blockAt(height: number): SyncBlock {
    const block = this.#blocks[height - 1];
    if (block === undefined) throw new Error(`the chain has no height ${height}`);
    return block;
  }

  tipAt(height: number): ChainTip {
    const stateHash = height === 0 ? genesisHash(this.networkId) : this.blockAt(height).id;
    return { height, stateHash, validators: this.#setAfter(height) };
  }

  /** The block that comes next, as somebody may propose it: nobody has certified it yet. */
  propose(): SyncBlock {
    return (this.#proposed ??= this.#makeNext());
  }

  /** Adds the next block, certified. */
  grow(): SyncBlock {
    const bare = this.propose();
    this.#proposed = null;
    const { height, id, contentId } = bare;
    const signers = setName(this.tipAt(this.height).validators);
    const certificate: SimCertificate = { height, id, contentId, signers };
    this.#certificates.add(certificate);
    const block = withCertificate(bare, certificate);
    this.#blocks.push(block);
    return block;
  }

  #makeNext(): SyncBlock {
    const { random, blockBytesMax } = this.#options;
    const parent = this.tipAt(this.height);
    const content = `${random.whole(0, 1e9)}`;
    const bytes = random.whole(1, blockBytesMax);
    const nextValidators = this.#setAfter(this.height + 1);
    return makeBlock(parent, { networkId: this.networkId, content, nextValidators, certificate: null }, bytes);
  }

  /** Whether the validators made this certificate. Nobody else can. */
  isGenuine(certificate: SimCertificate): boolean {
    return this.#certificates.has(certificate);
  }

  hasCertificateOf(block: SyncBlock): boolean {
    const { certificate } = bodyOf(block);
    return certificate !== null && this.isGenuine(certificate) && certificate.height === block.height;
  }

  #setAfter(height: number): readonly ValidatorIdentity[] {
    const { validators, validatorSetSize, rotateEveryBlocks } = this.#options;
    const turn = rotateEveryBlocks === 0 ? 0 : Math.floor(height / rotateEveryBlocks) % validators.length;
    const known = this.#sets[turn];
    if (known !== undefined) return known;
    const members = Array.from({ length: Math.min(validatorSetSize, validators.length) }, (_, i) => {
      const address = validators[(turn + i) % validators.length] ?? '';
      return { address, publicKey: `key of ${address}` };
    });
    this.#sets[turn] = members;
    return members;
  }
}

/** A block on top of `parent`, its id the state hash that executing it gives. */
export function makeBlock(parent: ChainTip, body: SimBody, bytes: number): SyncBlock {
  const height = parent.height + 1;
  const id = execute(parent.stateHash, body);
  const contentId = contentIdOf(height, id, parent.stateHash, body);
  return { height, id, parentId: parent.stateHash, contentId, bytes, body };
}

interface Execution {
  readonly parentHash: string;
  readonly stateHash: string;
}

/** Every node of a run executes the same blocks, nearly always on top of the same state. */
const executed = new WeakMap<SimBody, Execution>();

/** The state transition: what the state hash is after the body's content. */
export function execute(parentHash: string, body: SimBody): string {
  const known = executed.get(body);
  if (known?.parentHash === parentHash) return known.stateHash;
  const stateHash = fingerprint(`${parentHash}|${body.content}|${setName(body.nextValidators)}`);
  executed.set(body, { parentHash, stateHash });
  return stateHash;
}

export function contentIdOf(height: number, id: string, parentId: string, body: SimBody): string {
  return fingerprint(`${height}|${id}|${parentId}|${body.content}`);
}

export function withCertificate(block: SyncBlock, certificate: SimCertificate | null): SyncBlock {
  return { ...block, body: { ...bodyOf(block), certificate } };
}

/** @throws Error for a block that is not of a simulated chain */
export function bodyOf(block: SyncBlock): SimBody {
  const body = block.body as Partial<SimBody> | null;
  if (body === null || typeof body.content !== 'string') throw new Error('not a block of a simulated chain');
  return body as SimBody;
}

const names = new WeakMap<readonly ValidatorIdentity[], string>();

export function setName(validators: readonly ValidatorIdentity[]): string {
  const known = names.get(validators);
  if (known !== undefined) return known;
  const name = validators.map(({ address }) => address).join('+');
  names.set(validators, name);
  return name;
}

export function genesisHash(networkId: string): string {
  return fingerprint(`genesis of ${networkId}`);
}
