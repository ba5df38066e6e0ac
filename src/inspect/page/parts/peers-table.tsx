import { useState } from 'preact/hooks';
import { bytes, duration, number, shortTime } from '../../../words/index.ts';
import type { PeerRow } from '../../model/peer-rows.ts';
import type { View } from '../../model/view.ts';
import { seek } from '../store.ts';
import { classes, timeText } from './format.ts';

const CREDIBILITY: Readonly<Record<string, string>> = {
  Unknown: 'says nothing yet',
  Untested: 'untested',
  Credible: 'credible',
  Refuted: 'refuted',
};

/** Who is there, what each claims, and what it has earned. */
export function PeersTable({ view }: { readonly view: View }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <section class="card peers" aria-label="Peers">
      <header>
        <h2>Peers</h2>
        <p class="figures">
          <span>
            <b>{view.peers.filter(({ link }) => link === 'Connected').length}</b> connected
          </span>
        </p>
      </header>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Peer</th>
              <th scope="col">Claim</th>
              <th scope="col">Credibility</th>
              <th scope="col" class="right">
                Score
              </th>
              <th scope="col">In flight</th>
              <th scope="col" class="right">
                Latency
              </th>
              <th scope="col" class="right">
                Throughput
              </th>
              <th scope="col" class="right">
                Offences
              </th>
            </tr>
          </thead>
          {view.peers.map((peer) => (
            <Peer
              key={peer.id}
              peer={peer}
              open={open === peer.id}
              toggle={() => setOpen(open === peer.id ? null : peer.id)}
            />
          ))}
        </table>
        {view.peers.length === 0 && <p class="empty">No peer is known.</p>}
        {view.morePeers > 0 && <p class="empty">{number(view.morePeers)} more peers are not listed.</p>}
      </div>
    </section>
  );
}

interface PeerProps {
  readonly peer: PeerRow;
  readonly open: boolean;
  readonly toggle: () => void;
}

function Peer({ peer, open, toggle }: PeerProps) {
  const { name, id, link, claim, conduct, claimed, score, inFlight, latencyMs, offences, remarks } = peer;
  const last = remarks[0];
  return (
    <tbody class={classes(link !== 'Connected' && 'gone', conduct === 'Banned' && 'banned')} data-peer={name}>
      <tr>
        <th scope="row">
          <button class="plain name" aria-expanded={open} onClick={toggle} title={id}>
            <span class="twist" aria-hidden="true">
              {open ? '▾' : '▸'}
            </span>
            {name}
          </button>
          {link !== 'Connected' && <span class="tag">gone</span>}
          {conduct === 'CoolingDown' && <span class="tag warn">cooling down{until(peer)}</span>}
          {conduct === 'Banned' && <span class="tag bad">banned{until(peer)}</span>}
        </th>
        <td data-label="Claim">
          {claimed === null ? '–' : claimed.to === 0 ? 'nothing' : `${number(claimed.from)}..${number(claimed.to)}`}
        </td>
        <td data-label="Credibility">
          <span class={`credibility ${claim.toLowerCase()}`}>{CREDIBILITY[claim] ?? claim}</span>
        </td>
        <td data-label="Score" class={classes('right', score < 0 && 'bad-text')}>
          {score}
        </td>
        <td data-label="In flight">
          {inFlight.length === 0
            ? '–'
            : inFlight
                .map(({ from, to }) => (from === to ? number(from) : `${number(from)}..${number(to)}`))
                .join(', ')}
        </td>
        <td data-label="Latency" class="right">
          {latencyMs === null ? '–' : shortTime(latencyMs)}
        </td>
        <td data-label="Throughput" class="right" title={`${bytes(peer.bytesPerSecond)} a second, over the last 5 s`}>
          {peer.blocksPerSecond === 0 ? '–' : `${peer.blocksPerSecond.toFixed(1)} blocks/s`}
        </td>
        <td data-label="Offences" class="right">
          {offences === 0 ? '–' : offences}
        </td>
      </tr>
      {last !== undefined && !open && (
        <tr class="remark">
          <td colSpan={8}>
            <time>{timeText(last.atMs)}</time> {last.text}
          </td>
        </tr>
      )}
      {open && (
        <tr class="history">
          <td colSpan={8}>
            {remarks.length === 0 ? (
              <p>Nothing was told about it yet. It served {number(peer.served)} valid blocks.</p>
            ) : (
              <ol aria-label={`What was told about ${name}`}>
                {remarks.map(({ index, atMs, text }, i) => (
                  <li key={`${index} ${i}`}>
                    <button class="plain" onClick={() => seek(index)}>
                      <time>{timeText(atMs)}</time> {text}
                    </button>
                  </li>
                ))}
              </ol>
            )}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function until({ untilMs }: PeerRow): string {
  return untilMs === null ? '' : `, ${duration(untilMs)}`;
}
