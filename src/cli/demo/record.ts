import type { NodeStatus } from '../../node/index.ts';
import type { PeerId } from '../../protocol/block.ts';
import type { Offence } from '../../protocol/offences.ts';
import type { Member } from './cast.ts';
import type { Conduct, ReportedNotice } from './messages.ts';

export type MemberLife = 'starting' | 'running' | 'left' | 'killed';

/** What is known of one member from what its process reported. */
export class MemberRecord {
  life: MemberLife = 'starting';
  conduct: Conduct;
  /** How many lives it had. */
  runs = 0;
  /** What went wrong with it, if it did not end as ordered; '' for nothing. */
  mishap = '';
  addresses: readonly string[] = [];
  loaded = false;
  sync: { blocks: number; seconds: number; blocksPerSecond: number } | null = null;
  rollbacks = 0;
  fellBehind = 0;
  readonly invalidBlocks: { readonly offence: Offence; readonly peer: PeerId }[] = [];
  /** Whose claims it found to be false. */
  readonly refuted = new Set<PeerId>();
  readonly #member: Member;
  #status: NodeStatus | null = null;
  #syncBeganMs: number | null = null;

  constructor(member: Member) {
    this.#member = member;
    this.conduct = conductOf(member);
  }

  /** Before another life: nothing is known of it yet. */
  beginAnew(): void {
    this.addresses = [];
    this.#status = null;
    this.life = 'starting';
    this.mishap = '';
  }

  get status(): NodeStatus | null {
    return this.#status;
  }

  get arrived(): boolean {
    const mode = this.#status?.mode;
    return mode === 'Consensus_Synced' || mode === 'Consensus_Pacemaker';
  }

  noteStatus(status: NodeStatus, atMs: number): void {
    this.#status = status;
    const blocks = status.maxHeight - this.#member.startHeight;
    if (this.sync !== null || this.#syncBeganMs === null || !this.arrived || blocks === 0) return;
    const seconds = (atMs - this.#syncBeganMs) / 1_000;
    this.sync = { blocks, seconds, blocksPerSecond: seconds > 0 ? blocks / seconds : 0 };
  }

  note(notice: ReportedNotice, atMs: number): void {
    if (notice.type === 'rollbackBlocks') this.rollbacks += 1;
    if (notice.type === 'reportPeer') this.#notePeer(notice.peer, notice.report);
    if (notice.type !== 'modeChanged') return;
    if (notice.next === 'Consensus_SyncMode') this.#syncBeganMs ??= atMs;
    if (notice.next === 'Consensus_Unsynced' && notice.previous !== 'P2P_Bootstrapped') this.fellBehind += 1;
  }

  #notePeer(peer: PeerId, report: Extract<ReportedNotice, { type: 'reportPeer' }>['report']): void {
    if (report.kind === 'claimRefuted') this.refuted.add(peer);
    // An offence that names a height is that of having sent a block.
    if (report.kind === 'charged' && report.height !== null) this.invalidBlocks.push({ offence: report.offence, peer });
  }
}

function conductOf({ role }: Member): Conduct {
  return role === 'tampers' || role === 'inflates' ? role : 'honest';
}
