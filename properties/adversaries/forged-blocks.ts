import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockFaultCode } from '../../src/protocol/errors.ts';
import type { Reply, Scene } from '../simulation/behaviour.ts';
import { bodyOf, contentIdOf, makeBlock, setName, withCertificate } from '../simulation/chain.ts';

/** Other transactions under the certificate of the true block. */
export function tampered(block: SyncBlock, content: string): SyncBlock {
  const body = { ...bodyOf(block), content };
  return { ...block, body, contentId: contentIdOf(block.height, block.id, block.parentId, body) };
}

/** A block that is well made but for its certificate. */
export function forged(scene: Scene, height: number, flaw: BlockFaultCode, content: string): SyncBlock {
  const parent = scene.chain.tipAt(Math.min(height - 1, scene.chain.height));
  const nextValidators = parent.validators;
  const { networkId } = scene.chain;
  const bare = makeBlock(parent, { networkId, content, nextValidators, certificate: null }, 100);
  const block = { ...bare, height };
  if (flaw === 'CERTIFICATE_MISSING') return block;
  const { id, contentId } = block;
  return withCertificate(block, { height, id, contentId, signers: setName(parent.validators), flaw });
}

/**
 * A block that is well made, and signed by the set that the node under test takes for the height's as long as it does not
 * know what the blocks before it change; null: it is the height's own set, and nobody can.
 */
export function signedByFormerSet(scene: Scene, height: number, content: string, isLinked = true): SyncBlock | null {
  const { chain, target } = scene;
  const former = setName(chain.tipAt(Math.min(target.localMax, height - 1)).validators);
  if (former === setName(chain.tipAt(height - 1).validators)) return null;
  const linked = forged(scene, height, 'CERTIFICATE_FOREIGN_SIGNER', content);
  const parentId = isLinked ? linked.parentId : 'nowhere';
  const { id } = linked;
  const contentId = contentIdOf(height, id, parentId, bodyOf(linked));
  const block = { ...linked, parentId, contentId };
  return withCertificate(block, { height, id, contentId, signers: former, byAnotherSet: true });
}

/** The replies with every block in them changed. */
export function withBlocks(replies: readonly Reply[], change: (block: SyncBlock) => SyncBlock): readonly Reply[] {
  return replies.map((reply) =>
    reply.message.type === 'blocks'
      ? { ...reply, message: { ...reply.message, blocks: reply.message.blocks.map(change) } }
      : reply,
  );
}

/** Whether a peer's answer has a block in it, so that changing its blocks is an act. */
export function holdsBlocks(replies: readonly Reply[]): boolean {
  return replies.some(({ message }) => message.type === 'blocks' && message.blocks.length > 0);
}
