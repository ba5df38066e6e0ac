import type { Facts, PeerId, PeerReport } from '../../index.ts';
import type { Names } from '../../words/index.ts';
import { peerName, peerReportText } from '../../words/index.ts';
import { valueAt, valuesOf } from './ordered-entries.ts';
import type { Throughput } from './rates.ts';

/** What was told about a peer, and when. */
export interface Remark {
  /** Of the entry. */
  readonly index: number;
  readonly atMs: number;
  readonly report: PeerReport;
}

export interface PeerRow extends Throughput {
  readonly id: PeerId;
  readonly name: string;
  readonly link: string;
  readonly claim: string;
  readonly conduct: string;
  readonly claimed: { readonly from: number; readonly to: number } | null;
  readonly score: number;
  readonly latencyMs: number | null;
  readonly served: number;
  /** When its cool-down or ban ends, or its claim is probed. */
  readonly untilMs: number | null;
  readonly inFlight: readonly { readonly from: number; readonly to: number; readonly forMs: number }[];
  readonly offences: number;
  /** The newest first. */
  readonly remarks: readonly { readonly index: number; readonly atMs: number; readonly text: string }[];
}

export const PEER_ROWS_MAX = 200;
const REMARKS_SHOWN_MAX = 30;
const REMARKS_MAX = 500;

/** What was told about each peer, so that its score has a history. Bounded: of the oldest, the least is known. */
export class Remarks {
  readonly #byPeer = new Map<PeerId, Remark[]>();

  note(peer: PeerId, remark: Remark): void {
    const { kind } = remark.report;
    if (kind === 'requestEnded') return;
    const remarks = this.#byPeer.get(peer) ?? [];
    this.#byPeer.set(peer, remarks);
    remarks.push(remark);
    if (remarks.length > REMARKS_MAX) remarks.splice(0, REMARKS_MAX / 2);
  }

  upTo(peer: PeerId, index: number): readonly Remark[] {
    const remarks = this.#byPeer.get(peer) ?? [];
    return remarks.filter((remark) => remark.index <= index);
  }
}

/** Connected ones first, then by name. */
export function peerRows(
  facts: Facts,
  index: number,
  names: Names,
  remarks: Remarks,
  throughput: (peer: PeerId) => Throughput,
): { readonly rows: readonly PeerRow[]; readonly more: number } {
  const { clock, requests } = facts;
  const all = valuesOf(facts.peers.byId).map((peer) => ({ peer, name: peerName(names, peer.id) }));
  const rank = (link: string): number => (link === 'Connected' ? 0 : 1);
  all.sort((a, b) => rank(a.peer.life.link) - rank(b.peer.life.link) || (a.name < b.name ? -1 : 1));
  const rows = all.slice(0, PEER_ROWS_MAX).map(({ peer, name }): PeerRow => {
    const told = remarks.upTo(peer.id, index);
    const open = peer.requests.flatMap((id) => {
      const request = valueAt(requests.byId, id);
      return request === undefined || request.deadline === null
        ? []
        : [{ from: request.from, to: request.to, forMs: clock.now - request.sentAt }];
    });
    const until = peer.conductUntil ?? (peer.life.claim === 'Refuted' ? peer.probeAt : null);
    return {
      id: peer.id,
      name,
      ...peer.life,
      claimed: peer.claim === null ? null : { from: peer.claim.minHeight, to: peer.claim.maxHeight },
      score: peer.score,
      latencyMs: peer.latencyMs,
      served: peer.served,
      untilMs: until === null ? null : Math.max(0, until - clock.now),
      inFlight: open,
      offences: told.filter(({ report }) => report.kind === 'charged').length,
      remarks: told
        .slice(-REMARKS_SHOWN_MAX)
        .reverse()
        .map((remark) => ({
          index: remark.index,
          atMs: remark.atMs,
          text: scoreText(peerReportText(names, name, remark.report), remark.report),
        })),
      ...throughput(peer.id),
    };
  });
  return { rows, more: Math.max(0, all.length - PEER_ROWS_MAX) };
}

function scoreText(text: string, report: PeerReport): string {
  return 'score' in report ? `${text} (score ${report.score})` : text;
}
