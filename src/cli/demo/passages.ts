import type { Offence } from '../../protocol/offences.ts';
import type { Phase } from './events.ts';
import type { DemoOptions } from './options.ts';
import type { Cast, Member } from './cast.ts';
import { INFLATED_HEIGHT, titleOf } from './cast.ts';
import { SPOILED_ONE_IN } from './liars.ts';
import type { MemberSummary, Summary } from './summary.ts';
import { number } from '../../words/index.ts';

/** What each phase is about. */
export const PHASES: Readonly<Record<Phase, string>> = {
  building: 'The chain is built: blocks with real transactions, executed and certified.',
  starting: 'The validators that have the chain start, each in a process of its own.',
  syncing: 'The two that lack blocks start, and catch up.',
  playing: 'Both are there. The chain grows by a block every two seconds, until you press Ctrl-C.',
  live: 'Both are there. Now new blocks, one a second, from a producer that stands in for consensus (HotPOKT).',
};

/** Who is who, for somebody who sees this for the first time. */
export function introduction({ members }: Cast, { blocks, strategy }: DemoOptions): string[] {
  const width = Math.max(...members.map((member) => titleOf(member).length));
  return [
    `A network of ${members.length} nodes on this machine: real processes, libp2p connections and LevelDB stores.`,
    '',
    ...members.map((member) => `  ${titleOf(member).padEnd(width)}  ${partOf(member, blocks)}`),
    '',
    `Blocks are asked for by the ${strategy} strategy. A node starts at Stopped; a synced full node is in`,
    'Consensus_Synced, a synced validator in Consensus_Pacemaker.',
  ];
}

function partOf({ role, startHeight }: Member, blocks: number): string {
  switch (role) {
    case 'honest':
      return `has ${number(blocks)} blocks`;
    case 'tampers':
      return `has them too; spoils one block in ${SPOILED_ONE_IN} it serves, some signed by a faulty quorum`;
    case 'inflates':
      return `has them too; says it has ${number(INFLATED_HEIGHT)}, and gives none away`;
    case 'lagging validator':
      return `was away since block ${number(startHeight)}: catches up, then takes part in consensus again`;
    case 'full node':
      return 'is new and has nothing: catches up, then follows';
  }
}

/** What the demo's tamperer does that only executing a block finds. */
const FOUND_BY_EXECUTING: ReadonlySet<Offence> = new Set(['INVALID_STATE_HASH', 'INVALID_BLOCK']);

export function summaryLines(summary: Summary): string[] {
  return ['', ...table(summary.members), '', ...findings(summary), '', verdict(summary)];
}

function table(members: readonly MemberSummary[]): string[] {
  const rows = members.map(({ name, mode, height, stateHash, sync }) => [
    name,
    mode,
    number(height),
    stateHash.slice(0, 16),
    sync === null
      ? ''
      : `${number(sync.blocks)} blocks in ${sync.seconds.toFixed(1)} s, ${number(sync.blocksPerSecond)} blocks/s`,
  ]);
  const all = [['node', 'mode', 'height', 'state hash', 'caught up'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const RIGHT = 2;
  return all.map((row) =>
    row
      .map((cell, column) => (column === RIGHT ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function findings({ invalidBlocks, rollbacks, refutedClaims, fellBehind }: Summary): string[] {
  const total = invalidBlocks.reduce((sum, { count }) => sum + count, 0);
  const senders = new Set(invalidBlocks.map(({ from }) => from));
  return [
    `Invalid blocks refused: ${total}. Rolled back after executing: ${rollbacks}${lateOnes(invalidBlocks, rollbacks)}.`,
    ...[...senders].map((sender) => {
      const kinds = invalidBlocks.filter(({ from }) => from === sender);
      return `  from ${sender}: ${kinds.map(({ offence, count }) => `${count} ${offence}`).join(', ')}`;
    }),
    `False claims found: ${refutedClaims.length}.`,
    ...refutedClaims.map(({ from, foundBy }) => `  of ${from}, by ${foundBy.join(', ')}`),
    `Synced nodes that fell back: ${fellBehind}.`,
  ];
}

/** A node charges nobody for a block whose sender it has banned since: it only refuses it. */
function lateOnes(invalidBlocks: Summary['invalidBlocks'], rollbacks: number): string {
  const executed = invalidBlocks.filter(({ offence }) => FOUND_BY_EXECUTING.has(offence));
  const late = rollbacks - executed.reduce((sum, { count }) => sum + count, 0);
  return late > 0 ? `, ${late} of them received before their sender was banned` : '';
}

function verdict({ ok, reason, height, stateHash, seconds }: Summary): string {
  const time = `${seconds.toFixed(1)} s`;
  if (!ok) return `FAILED after ${time}: ${reason ?? ''}`;
  return `All nodes are at height ${number(height)} with state hash ${stateHash.slice(0, 16)}, after ${time}.`;
}
