import type { BlockVerifier, ChainTip, Verdict } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockFaultCode } from '../../src/protocol/errors.ts';
import type { SimChain } from './chain.ts';
import { bodyOf, setName } from './chain.ts';
import type { Life } from './life.ts';

/** What a certificate speaks for. With `stateHash`, tampered transactions only show when they are executed (APPLY-2). */
export type CertificateBinds = 'everything' | 'stateHash';

/** Decides truthfully whether a block is certified, as if by checking signatures. */
export class SimVerifier implements BlockVerifier {
  readonly #life: Life;
  readonly #chain: SimChain;
  readonly #binds: CertificateBinds;
  readonly #blockBytesMax: number;

  constructor(life: Life, chain: SimChain, binds: CertificateBinds, blockBytesMax: number) {
    this.#life = life;
    this.#chain = chain;
    this.#binds = binds;
    this.#blockBytesMax = blockBytesMax;
  }

  /** What takes no time is answered at once. */
  verify(block: SyncBlock, parent: ChainTip, certified: boolean): Promise<Verdict> | Verdict {
    const { verifyThrows } = this.#life.rates();
    const workMs = this.#life.workMs();
    const verdict = () => this.#verdict(block, parent, certified, verifyThrows);
    return workMs === 0 ? verdict() : this.#life.sleep(workMs).then(verdict);
  }

  #verdict(block: SyncBlock, parent: ChainTip, certified: boolean, verifyThrows: number): Verdict {
    this.#life.mayThrow(verifyThrows, 'the verifier');
    const code = this.#faultOf(block, parent, certified);
    if (code === null) return { valid: true };
    return { valid: false, fault: { code, message: `height ${block.height}: ${code}` } };
  }

  #faultOf(block: SyncBlock, parent: ChainTip, certified: boolean): BlockFaultCode | null {
    const { networkId, certificate } = bodyOf(block);
    if (networkId !== this.#chain.networkId) return 'NETWORK_MISMATCH';
    if (block.bytes > this.#blockBytesMax) return 'BLOCK_TOO_LARGE';
    if (!certified) return null;
    if (certificate === null) return 'CERTIFICATE_MISSING';
    const isGood = this.#chain.isGenuine(certificate) || certificate.byAnotherSet === true;
    if (!isGood) return certificate.flaw ?? 'CERTIFICATE_BAD_SIGNATURE';
    const { height, id, contentId } = certificate;
    const isBound = height === block.height && id === block.id;
    if (!isBound || (this.#binds === 'everything' && contentId !== block.contentId)) return 'CERTIFICATE_UNBOUND';
    return certificate.signers === setName(parent.validators) ? null : 'CERTIFICATE_FOREIGN_SIGNER';
  }
}
