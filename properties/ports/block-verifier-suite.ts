import type { BlockVerifier, ChainTip } from '../../src/node/ports.ts';
import type { SyncBlock } from '../../src/protocol/block.ts';
import type { BlockFaultCode } from '../../src/protocol/errors.ts';
import { assertEqual, assertThat } from './assertions.ts';
import { portCase, type PortCase } from './port-case.ts';

/** What the suite needs to try a verifier. */
export interface BlockVerifierSubject {
  create(): Promise<BlockVerifierFixture>;
}

export interface BlockVerifierFixture {
  readonly verifier: BlockVerifier;
  /** Certified blocks, each with the chain just before it; at least two. */
  readonly good: readonly CheckedBlock[];
  /** Blocks that must be refused, each for its own reason. At least one has a certificate that does not count. */
  readonly bad: readonly (CheckedBlock & { readonly code: BlockFaultCode })[];
  /** A block as it is proposed, good but for the certificate it does not have yet (LIVE-3). */
  readonly proposal: CheckedBlock;
  /** Called when the case is over. */
  dispose(): Promise<void>;
}

export interface CheckedBlock {
  readonly block: SyncBlock;
  readonly parent: ChainTip;
}

/** Every `BlockVerifier` passes these. */
export const blockVerifierCases: readonly PortCase<BlockVerifierSubject>[] = [
  verifierCase(['APPLY-1'], 'certified blocks are valid', async ({ verifier, good }) => {
    assertThat(good.length >= 2, 'the subject needs two good blocks');
    for (const { block, parent } of good) {
      assertEqual(await verifier.verify(block, parent, true), { valid: true }, `block ${block.height}`);
    }
  }),

  verifierCase(['APPLY-1'], 'each bad block is refused, for its own reason', async ({ verifier, bad }) => {
    assertThat(bad.length >= 1, 'the subject needs a bad block');
    for (const { block, parent, code } of bad) {
      assertEqual(await codeOf(verifier, block, parent), code, `block ${block.height}`);
    }
  }),

  verifierCase(['APPLY-1'], 'a bad block in between changes no verdict', async ({ verifier, good, bad }) => {
    for (let turn = 0; turn < 2; turn++) {
      for (const { block, parent } of [...bad, ...good].reverse()) await verifier.verify(block, parent, true);
    }
    for (const { block, parent } of good) {
      assertEqual(await codeOf(verifier, block, parent), null, `block ${block.height}, asked again`);
    }
    for (const { block, parent, code } of bad) {
      assertEqual(await codeOf(verifier, block, parent), code, `block ${block.height}, asked again`);
    }
  }),

  verifierCase(
    ['APPLY-1'],
    'questions at the same time are answered each for itself',
    async ({ verifier, good, bad }) => {
      const all = [...good, ...bad, ...good];
      const alone: (string | null)[] = [];
      for (const { block, parent } of all) alone.push(await codeOf(verifier, block, parent));
      const together = await Promise.all(all.map(({ block, parent }) => codeOf(verifier, block, parent)));
      assertEqual(together, alone, 'the verdicts');
    },
  ),

  verifierCase(['APPLY-1'], 'a certificate of other validators is refused', async ({ verifier, good }) => {
    for (const { block, parent } of good) {
      const others = { ...parent, validators: [] };
      assertThat(
        (await codeOf(verifier, block, others)) !== null,
        `block ${block.height} is valid whoever the validators are`,
      );
    }
  }),

  verifierCase(['OPT-1'], 'a verdict under one validator set says nothing about another', async (fixture) => {
    const { verifier, good } = fixture;
    for (const { block, parent } of good) {
      const others = { ...parent, validators: [] };
      for (let turn = 0; turn < 2; turn++) {
        assertThat(
          (await codeOf(verifier, block, others)) !== null,
          `block ${block.height} is valid without validators`,
        );
        const verdict = await verifier.verify(block, parent, true);
        assertEqual(verdict, { valid: true }, `block ${block.height} under its own set, after another`);
      }
    }
  }),

  verifierCase(
    ['OPT-1'],
    'a block is checked ahead, before the one below it is applied',
    async ({ verifier, good }) => {
      for (const { block, parent } of good) {
        const ahead = { ...parent, stateHash: '' };
        assertEqual(await verifier.verify(block, ahead, true), { valid: true }, `block ${block.height} ahead`);
      }
    },
  ),

  verifierCase(['OPT-1'], 'what is wrong under every validator set is wrong under any', async (fixture) => {
    const { verifier, good, bad } = fixture;
    for (const { block, parent } of bad) {
      const verdict = await verifier.verify(block, parent, true);
      if (verdict.valid || verdict.always !== true) continue;
      const sets = [...good.map((each) => each.parent.validators), []];
      for (const validators of sets) {
        const under = await codeOf(verifier, block, { ...parent, validators });
        assertThat(under !== null, `block ${block.height}: ${verdict.fault.code} always, but valid under another set`);
      }
    }
    for (const { block, parent } of good) {
      const verdict = await verifier.verify(block, { ...parent, validators: [] }, true);
      assertThat(!verdict.valid && verdict.always !== true, `good block ${block.height} is called bad for good`);
    }
  }),

  verifierCase(['LIVE-3'], 'a proposal is valid without a certificate, and only as a proposal', async (fixture) => {
    const { verifier, proposal } = fixture;
    const { block, parent } = proposal;
    assertEqual(await verifier.verify(block, parent, false), { valid: true }, 'the proposal');
    assertThat((await codeOf(verifier, block, parent)) !== null, 'the proposal passes for a certified block');
  }),
];

function verifierCase(
  clauses: readonly string[],
  what: string,
  run: (fixture: BlockVerifierFixture) => Promise<void>,
): PortCase<BlockVerifierSubject> {
  return portCase(clauses, what, async (subject) => {
    const fixture = await subject.create();
    try {
      await run(fixture);
    } finally {
      await fixture.dispose();
    }
  });
}

async function codeOf(verifier: BlockVerifier, block: SyncBlock, parent: ChainTip): Promise<BlockFaultCode | null> {
  const verdict = await verifier.verify(block, parent, true);
  return verdict.valid ? null : verdict.fault.code;
}
