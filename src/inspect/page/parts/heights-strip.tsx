import { number } from '../../../words/index.ts';
import type { ClaimRange, Strip, Stretch } from '../../model/strip.ts';
import type { View } from '../../model/view.ts';
import { STAGES } from '../stages.ts';
import { useWidth } from './use-size.ts';

const BAR_PX = 26;
const CLAIM_PX = 16;

/** The heights as file-sharing programs show pieces: all of them, those next in line close up, and who claims what. */
export function HeightsStrip({ view }: { readonly view: View }) {
  const { strip, window } = view;
  const [ref, width] = useWidth();
  const { local, target } = strip;
  const names = new Map(view.peers.map(({ id, name }) => [id, name]));
  return (
    <section class="card strip" aria-label="Heights">
      <header>
        <h2>Heights</h2>
        <p class="figures">
          <span>
            local <b>{local.max === 0 ? 'none' : `${number(local.min)}..${number(local.max)}`}</b>
          </span>
          <span>
            target <b>{target === null ? 'unknown' : number(target)}</b>
          </span>
          <span>
            buffered <b>{number(window.blocks)}</b>
          </span>
          <span>
            in flight <b>{number(window.requests)}</b>
          </span>
        </p>
      </header>
      <div class="inset">
        <div ref={ref}>
          {width > 0 && (
            <>
              <CloseUp strip={strip} width={width} />
              <Overview strip={strip} width={width} names={names} />
            </>
          )}
        </div>
      </div>
      <Legend view={view} />
    </section>
  );
}

/** The heights next in line, a cell each. */
function CloseUp({ strip, width }: { readonly strip: Strip; readonly width: number }) {
  const { near, target } = strip;
  const cells = near.to - near.from + 1;
  const cellPx = width / cells;
  const at = (height: number): number => (height - near.from) * cellPx;
  const inside = strip.stretches.filter(({ from, to }) => to >= near.from && from <= near.to);
  const next = strip.local.max + 1;
  return (
    <svg
      width={width}
      height={BAR_PX + 18}
      role="img"
      aria-label={`Heights ${near.from} to ${near.to}: ${words(inside)}`}
    >
      <g class="cells">
        <rect class="beyond" x="0" y="0" width={width} height={BAR_PX} />
        {inside.map((stretch) => {
          const from = Math.max(stretch.from, near.from);
          const to = Math.min(stretch.to, near.to);
          const wide = (to - from + 1) * cellPx;
          return <Cells key={from} stretch={stretch} x={at(from)} width={wide} y={0} />;
        })}
        {cellPx >= 8 &&
          Array.from({ length: cells - 1 }, (_, i) => (
            <line key={i} class="cut" x1={(i + 1) * cellPx} x2={(i + 1) * cellPx} y1="0" y2={BAR_PX} />
          ))}
      </g>
      <line class="next" x1={at(next)} x2={at(next)} y1="-2" y2={BAR_PX + 5} />
      <text class="tick" x={Math.min(Math.max(at(next), 24), width - 40)} y={BAR_PX + 15}>
        next {number(next)}
      </text>
      {at(next) > 90 && (
        <text class="tick" x="0" y={BAR_PX + 15}>
          {number(near.from)}
        </text>
      )}
      <text class="tick end" x={width} y={BAR_PX + 15}>
        {target !== null && target >= near.from && target < near.to
          ? `target ${number(target)}, shown to ${number(near.to)}`
          : number(near.to)}
      </text>
    </svg>
  );
}

/** From the first height to the highest claim, and beneath it what peers claim. */
function Overview({
  strip,
  width,
  names,
}: {
  readonly strip: Strip;
  readonly width: number;
  readonly names: ReadonlyMap<string, string>;
}) {
  const { end, near, target, claims, moreClaims, stretches } = strip;
  const rightPx = claims.some(({ to }) => to > end) || (target ?? 0) > end ? 26 : 0;
  const scale = (width - rightPx) / end;
  const at = (height: number): number => Math.min(width - rightPx, Math.max(0, (height - 1) * scale));
  const barY = 10;
  const claimsY = barY + 20;
  return (
    <svg
      width={width}
      height={claimsY + claims.length * CLAIM_PX + 18}
      role="img"
      aria-label={`All heights to ${end}. ${claims.map((claim) => claimText(claim, names)).join('; ')}`}
    >
      <path
        class="lens"
        d={`M0 0 L${at(near.from)} ${barY} L${Math.max(at(near.from) + 2, at(near.to + 1))} ${barY} L${width} 0Z`}
      />
      <rect class="beyond" x="0" y={barY} width={width - rightPx} height="12" />
      {stretches.map((stretch) => {
        const x = at(stretch.from);
        const wide = Math.max(at(Math.min(stretch.to, end) + 1) - x, 1);
        return stretch.from > end ? null : (
          <Cells key={stretch.from} stretch={stretch} x={x} width={wide} y={barY} height={12} plain />
        );
      })}
      {target !== null && target <= end && (
        <g>
          <line
            class="target"
            x1={at(target + 1)}
            x2={at(target + 1)}
            y1={barY - 4}
            y2={claimsY + claims.length * CLAIM_PX}
          />
        </g>
      )}
      {claims.map((claim, i) => (
        <Claim
          key={claim.peer}
          claim={claim}
          y={claimsY + i * CLAIM_PX}
          at={at}
          width={width}
          strip={strip}
          names={names}
        />
      ))}
      <text class="tick" x="0" y={claimsY + claims.length * CLAIM_PX + 12}>
        1{moreClaims > 0 ? `, and the claims of ${moreClaims} more peers are not drawn` : ''}
      </text>
      <text class="tick end" x={width - rightPx} y={claimsY + claims.length * CLAIM_PX + 12}>
        {number(end)}
      </text>
    </svg>
  );
}

interface ClaimProps {
  readonly claim: ClaimRange;
  readonly y: number;
  readonly at: (height: number) => number;
  readonly width: number;
  readonly strip: Strip;
  readonly names: ReadonlyMap<string, string>;
}

function Claim({ claim, y, at, width, strip, names }: ClaimProps) {
  const { from, to, state, connected } = claim;
  const beyond = to > strip.end;
  const x = from > strip.end ? width - 30 : at(from);
  const right = beyond ? width - 12 : Math.max(x + 3, at(to + 1));
  return (
    <g class={`claim ${state.toLowerCase()}${connected ? '' : ' gone'}`}>
      <title>{claimText(claim, names)}</title>
      <rect x={x} y={y + 2} width={Math.max(3, right - x)} height={CLAIM_PX - 4} rx="3" />
      {beyond && <path class="goes-on" d={`M${width - 12} ${y} l10 ${CLAIM_PX / 2} l-10 ${CLAIM_PX / 2}Z`} />}
      <text x={Math.max(6, x + 6)} y={y + CLAIM_PX - 4.5}>
        {claimText(claim, names)}
      </text>
    </g>
  );
}

function claimText({ peer, from, to, state, connected }: ClaimRange, names: ReadonlyMap<string, string>): string {
  const range = to === 0 ? 'nothing yet' : `${number(from)}..${number(to)}`;
  return `${names.get(peer) ?? peer}: ${range}, ${state.toLowerCase()}${connected ? '' : ', gone'}`;
}

interface CellsProps {
  readonly stretch: Stretch;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height?: number;
  /** Without letters. */
  readonly plain?: boolean;
}

function Cells({ stretch, x, y, width, height = BAR_PX, plain = false }: CellsProps) {
  const { letters = '' } = STAGES[stretch.stage] ?? {};
  return (
    <g>
      <title>{words([stretch])}</title>
      <rect class={`stage-${stretch.stage}`} x={x} y={y} width={width} height={height} />
      {!plain && width > letters.length * 9 + 4 && letters !== '' && (
        <g class="letters" transform={`translate(${x + width / 2} ${y + height / 2})`}>
          <rect x={-letters.length * 4.5 - 3} y="-8" width={letters.length * 9 + 6} height="16" rx="3" />
          <text y="4">{letters}</text>
        </g>
      )}
    </g>
  );
}

function words(stretches: readonly Stretch[]): string {
  return stretches
    .map(
      ({ from, to, stage }) =>
        `${number(from)}${from === to ? '' : `..${number(to)}`} ${STAGES[stage]?.label ?? stage}`,
    )
    .join(', ');
}

/** Which look means what, with how many heights are in it now. */
function Legend({ view }: { readonly view: View }) {
  return (
    <ul class="legend">
      {Object.entries(STAGES).map(([stage, { letters, label }]) => {
        const count = view.counts[`blockRequest ${stage}`] ?? 0;
        return (
          <li key={stage} class={count > 0 ? 'on' : ''}>
            <svg width="14" height="14" aria-hidden="true">
              <rect class={`stage-${stage}`} width="14" height="14" rx="2" />
            </svg>
            {letters !== '' && <b>{letters}</b>} {label}
            {count > 0 && <span class="n">{number(count)}</span>}
          </li>
        );
      })}
    </ul>
  );
}
