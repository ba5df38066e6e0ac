import type { StatusAnswer } from '../../admin/index.ts';
import { bytes, count, shortTime } from '../../words/index.ts';
import type { NodeStatus, PeerStatus, RequestStatus } from '../../node/index.ts';

const REQUESTS_SHOWN = 20;
const PEERS_SHOWN = 40;

/** A node's status to be read: at a glance, then its requests, then its peers. */
export function statusLines(answer: StatusAnswer): string[] {
  const { status } = answer;
  const { peers, requests } = status;
  const connected = peers.filter(({ link }) => link === 'Connected');
  // Who is gone is of interest when it was charged with something.
  const shown = [...connected, ...peers.filter(({ link, offences }) => link !== 'Connected' && offences !== null)];
  return [
    ...glance(answer),
    '',
    `Requests in flight: ${requests.length}`,
    ...table(['id', 'blocks', 'for', 'peer', 'age', 'due in'], requests.slice(0, REQUESTS_SHOWN).map(requestRow)),
    ...more(requests.length - REQUESTS_SHOWN),
    '',
    `Peers: ${connected.length} connected, ${answer.peersKnown} known`,
    ...table(PEER_HEAD, shown.slice(0, PEERS_SHOWN).map(peerRow)),
    ...more(shown.length - PEERS_SHOWN),
  ];
}

function glance({ address, networkId, version, uptimeMs, status }: StatusAnswer): string[] {
  const { mode, server, validator, minHeight, maxHeight, target, why, stateHash, served } = status;
  const rows: (readonly [string, string])[] = [
    ['node', `${address}, network ${networkId}, version ${version}, up ${shortTime(uptimeMs)}`],
    ['mode', `${mode}${validator ? ', a validator' : ''}, server ${server.toLowerCase()}`],
    ['heights', `${minHeight} to ${maxHeight}, target ${target ?? 'unknown'}${progress(status)}`],
    ['state', stateHash],
    ['why', why === null ? 'synced' : `${why.code}: ${why.message}`],
  ];
  if (why !== null) {
    const next = why.nextTryInMs === null ? 'only when something happens' : `in ${shortTime(why.nextTryInMs)}`;
    rows.push(['next try', next]);
    if (why.lastErrorCode !== null) rows.push(['last error', `${why.lastErrorCode} at block ${why.height}`]);
    if (why.peersTried.length > 0) rows.push(['tried', why.peersTried.join(', ')]);
  }
  rows.push(['window', windowText(status)]);
  rows.push([
    'served',
    `${count(served.blocks, 'block')}, ${bytes(served.bytes)}, in ${count(served.answers, 'answer')}`,
  ]);
  return table(null, rows);
}

function progress({ blocksPerSecond, etaMs, synced }: NodeStatus): string {
  if (synced) return '';
  return `, ${blocksPerSecond.toFixed(1)} blocks/s${etaMs === null ? '' : `, there in ${shortTime(etaMs)}`}`;
}

function windowText({ window, bufferedBlocks, bufferedBytes }: NodeStatus): string {
  const stages = Object.entries(window.stages).map(([stage, heights]) => `${heights} ${stage}`);
  const work = window.work.map(({ kind, from, to }) => `; ${kind} ${from} to ${to}`).join('');
  const held = `${count(bufferedBlocks, 'block')} held (${bytes(bufferedBytes)})`;
  return `from ${window.from}: ${stages.length === 0 ? 'nothing' : stages.join(', ')}; ${held}${work}`;
}

function requestRow({ id, from, to, purpose, peer, ageMs, dueInMs }: RequestStatus): string[] {
  const blocks = from === to ? String(from) : `${from} to ${to}`;
  return [String(id), blocks, purpose, peer, shortTime(ageMs), shortTime(dueInMs)];
}

const PEER_HEAD = ['peer', 'link', 'claims', 'claim', 'conduct', 'score', 'latency', 'in flight', 'blocks', 'offences'];

function peerRow({
  id,
  claimed,
  claim,
  conduct,
  score,
  latencyMs,
  inFlight,
  blocksServed,
  offences,
  ...peer
}: PeerStatus): string[] {
  const again = (ms: number | null): string => (ms === null ? '' : `, ${shortTime(ms)}`);
  return [
    id,
    peer.link,
    claimed === null ? '' : `${claimed.minHeight} to ${claimed.maxHeight}`,
    `${claim}${again(peer.probeInMs)}`,
    `${conduct}${again(peer.forgivenInMs)}`,
    score.toFixed(0),
    latencyMs === null ? '' : `${latencyMs.toFixed(0)} ms`,
    String(inFlight),
    String(blocksServed),
    offences === null ? '' : `${offences.count}, last ${offences.last.offence}`,
  ];
}

function table(head: readonly string[] | null, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const all = head === null ? rows : [head, ...rows];
  const columns = all[0] ?? [];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}

function more(left: number): string[] {
  return left > 0 ? [`  and ${left} more; --json has them`] : [];
}
