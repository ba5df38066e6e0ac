import type { Axis, Series } from '../table.ts';
import { scaleOf } from './scale.ts';

const WIDTH = 760;
const HEIGHT = 380;
const MARGIN = { left: 84, right: 24, top: 44, bottom: 52 };
const LEGEND_ROW = 20;
/** Okabe and Ito's colours, which people with any colour vision tell apart. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/**
 * A picture of polylines, on white so that it is legible on dark pages too.
 * @param names of all lines of all pictures: each has its colour by its place there, everywhere the same
 */
export function svgOf(title: string, { x, y, lines }: Series, names: readonly string[]): string {
  const drawn = lines.map((line) => ({
    ...line,
    points: line.points.filter(([at, value]) => isShown(x, at) && isShown(y, value)),
  }));
  const points = drawn.flatMap((line) => line.points);
  const plotBottom = HEIGHT - MARGIN.bottom;
  const across = scaleOf(
    x,
    points.map(([at]) => at),
    [MARGIN.left, WIDTH - MARGIN.right],
  );
  const up = scaleOf(
    y,
    points.map(([, value]) => value),
    [plotBottom, MARGIN.top],
  );
  const parts = [
    `<text x="${MARGIN.left}" y="24" class="title">${escaped(title)}</text>`,
    ...up.ticks.map((tick) => {
      const at = fixed(up.at(tick));
      return `<path class="grid" d="M${MARGIN.left} ${at}H${WIDTH - MARGIN.right}"/><text class="y" x="${MARGIN.left - 8}" y="${at}">${label(tick)}</text>`;
    }),
    ...across.ticks.map((tick) => {
      const at = fixed(across.at(tick));
      return `<path class="grid" d="M${at} ${MARGIN.top}V${plotBottom}"/><text class="x" x="${at}" y="${plotBottom + 18}">${label(tick)}</text>`;
    }),
    `<text class="x" x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 12}">${escaped(x.label)}</text>`,
    `<text class="x" transform="translate(18 ${(MARGIN.top + plotBottom) / 2}) rotate(-90)">${escaped(y.label)}</text>`,
    ...drawn.flatMap(({ name, points: own }, row) =>
      lineOf(
        name,
        own.map(([at, value]) => [across.at(at), up.at(value)]),
        row,
        COLOURS[names.indexOf(name) % COLOURS.length] ?? '#000',
      ),
    ),
  ];
  const height = HEIGHT + LEGEND_ROW * drawn.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<style>${STYLE}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

const STYLE = `text{font:12px system-ui,sans-serif;fill:#222}.title{font-weight:600;font-size:13px}.x{text-anchor:middle}.y{text-anchor:end;dominant-baseline:middle}.grid{stroke:#ddd;fill:none}`;

function lineOf(name: string, points: readonly (readonly [number, number])[], row: number, colour: string): string[] {
  const legendY = HEIGHT + LEGEND_ROW * row;
  const path = points.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(' ');
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([x, y]) => `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="3" fill="${colour}"/>`),
    `<path d="M${MARGIN.left} ${legendY}h24" stroke="${colour}" stroke-width="3"/><text x="${MARGIN.left + 32}" y="${legendY + 4}">${escaped(name)}</text>`,
  ];
}

function isShown({ logarithmic }: Axis, value: number): boolean {
  return Number.isFinite(value) && (!logarithmic || value > 0);
}

function label(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('`', '');
}
