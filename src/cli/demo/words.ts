import { operationModeStates } from '../../../machines/operation-mode.ts';
import type { PeerReport } from '../../core/effects.ts';
import type { PeerId } from '../../protocol/block.ts';
import { duration, number, peerReportText } from '../../words/index.ts';
import type { Cast, Member } from './cast.ts';
import { isLaggard, titleOf } from './cast.ts';
import type { ReportedNotice } from './messages.ts';

/** Tells what the nodes report in plain words. The modes' words are the chart's own. */
export class Words {
  readonly #titles: ReadonlyMap<PeerId, string>;
  readonly #told = new Set<string>();
  readonly #targets = new Map<Member, number>();

  constructor({ members }: Cast) {
    this.#titles = new Map(members.map((member) => [member.keys.address, titleOf(member)]));
  }

  /** @returns null for what is not worth a line */
  of(member: Member, notice: ReportedNotice): string | null {
    const text = this.#text(member, notice);
    return text === null ? null : `${titleOf(member)}: ${text}`;
  }

  #text(member: Member, notice: ReportedNotice): string | null {
    switch (notice.type) {
      case 'modeChanged':
        return modeText(member, notice.previous, notice.event, notice.next);
      case 'targetChanged':
        return this.#targetText(member, notice.target);
      case 'rollbackBlocks':
        // Without a charge: its sender was banned already.
        if (!this.#told.has(`${member.name} refuses ${notice.toHeight + 1}`)) return null;
        return `executed block ${number(notice.toHeight + 1)} and rolled it back to height ${number(notice.toHeight)}`;
      case 'reportPeer':
        return this.#peerText(member, this.#titles.get(notice.peer) ?? notice.peer, notice.report);
      case 'hostFaulted':
        return `${notice.fault.message}; next try in ${duration(notice.retryInMs)}`;
      case 'localStateSuspect':
        return `two peers sent the same block ${number(notice.height)} and it does not apply here`;
    }
  }

  /** A target that grows block by block is no news; one that leaps, or falls, is. */
  #targetText(member: Member, target: number | null): string | null {
    const before = this.#targets.get(member) ?? 0;
    this.#targets.set(member, target ?? 0);
    if (!isLaggard(member) || target === null || Math.abs(target - before) <= 1) return null;
    return before === 0 ? `has blocks up to ${number(target)} to get` : `the target is ${number(target)} now`;
  }

  #peerText(member: Member, peer: string, report: PeerReport): string | null {
    switch (report.kind) {
      case 'refusedConnection':
      case 'claimProven':
      case 'disputeSettled':
      case 'requestEnded':
        return null;
      case 'claimRefuted':
        // It is tested again and again, ever more seldom; once is enough to read.
        if (!this.#isFirst(`${member.name} refuted ${peer}`)) return null;
        break;
      case 'charged':
        if (report.height !== null) this.#told.add(`${member.name} refuses ${report.height}`);
        break;
      default:
    }
    return peerReportText(this.#titles, peer, report);
  }

  #isFirst(what: string): boolean {
    const first = !this.#told.has(what);
    this.#told.add(what);
    return first;
  }
}

/** Those that have the chain only matter when they are there, or leave again. */
function modeText(member: Member, previous: string, event: string, next: string): string | null {
  const catchesUp = isLaggard(member);
  if (!catchesUp && next !== 'Consensus_Pacemaker' && previous !== 'Consensus_Pacemaker') return null;
  return catchesUp ? `${previous} -> ${next}. ${edgeText(previous, event)}` : next;
}

type Edges = Readonly<Record<string, { readonly description: string } | undefined>>;
const STATES: Readonly<Record<string, { readonly on: Edges } | undefined>> = operationModeStates.states.mode.states;

function edgeText(mode: string, event: string): string {
  return STATES[mode]?.on[event]?.description ?? event;
}
