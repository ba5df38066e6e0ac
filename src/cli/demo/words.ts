import { operationModeStates } from '../../../machines/operation-mode.ts';
import type { PeerReport } from '../../core/effects.ts';
import type { PeerId } from '../../protocol/block.ts';
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
      case 'charged': {
        if (report.height !== null) this.#told.add(`${member.name} refuses ${report.height}`);
        const what = report.height === null ? `charges ${peer}` : `refuses block ${number(report.height)} from ${peer}`;
        return `${what}: ${report.offence}, ${this.#short(report.detail)}`;
      }
      case 'coolingDown':
        return `asks ${peer} for nothing for ${duration(report.forMs)}`;
      case 'banned':
        return `bans ${peer} for ${duration(report.forMs)}`;
      case 'forgiven':
        return `gives ${peer} another chance`;
      case 'acquitted':
        return `takes back the charge of ${report.offence} against ${peer}: the block was good`;
      case 'claimRefuted':
        // It is tested again and again, ever more seldom; once is enough to read.
        if (!this.#isFirst(`${member.name} refuted ${peer}`)) return null;
        return `no longer believes what ${peer} claims: it ${REFUTED[report.why]} block ${number(report.height)}`;
      case 'claimDropped':
        return `drops what ${peer} claims: it ${report.why}`;
      case 'refusedConnection':
      case 'claimProven':
      case 'disputeSettled':
      case 'requestEnded':
        return null;
    }
  }

  /** Addresses as names, hashes as their beginnings. */
  #short(text: string): string {
    return text.replace(/[0-9a-f]{40,}/g, (hex) => this.#titles.get(hex) ?? `${hex.slice(0, HASH_CHARS)}..`);
  }

  #isFirst(what: string): boolean {
    const first = !this.#told.has(what);
    this.#told.add(what);
    return first;
  }
}

const HASH_CHARS = 8;

const REFUTED = {
  TIMED_OUT: 'never sent',
  NOT_AVAILABLE: 'had no',
  SEND_FAILED: 'could not be asked for',
  INVALID_BLOCK: 'sent a bad',
  LEFT: 'left instead of sending',
} as const;

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

export function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** At most two units; `--` when unknown. */
export function duration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '--';
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes < 60) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  const [hours, restMinutes] = [Math.floor(minutes / 60), minutes % 60];
  return restMinutes === 0 ? `${hours} h` : `${hours} h ${restMinutes} min`;
}
