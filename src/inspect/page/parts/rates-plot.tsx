import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { bytes } from '../../../words/index.ts';
import type { View } from '../../model/view.ts';
import { isDark } from '../theme.ts';
import { useWidth } from './use-size.ts';
import { timeText } from './format.ts';

const HEIGHT_PX = 150;
const DRAW_EVERY_MS = 250;

/** Blocks committed and bytes received, over time. */
export function RatesPlot({ view }: { readonly view: View }) {
  const [ref, width] = useWidth();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const drawnAtMs = useRef(0);
  const newest = useRef(view);
  newest.current = view;
  const dark = isDark.value;

  useEffect(() => {
    if (holder.current === null || width === 0) return undefined;
    const made = new UPlot(
      optionsOf(width, () => newest.current),
      dataOf(newest.current),
      holder.current,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [width > 0, dark]);
  useEffect(() => plot.current?.setSize({ width, height: HEIGHT_PX }), [width]);
  useEffect(() => {
    const draw = (): void => {
      drawnAtMs.current = performance.now();
      plot.current?.setData(dataOf(newest.current));
    };
    const waitMs = DRAW_EVERY_MS - (performance.now() - drawnAtMs.current);
    if (waitMs <= 0) {
      draw();
      return undefined;
    }
    const timer = setTimeout(draw, waitMs);
    return () => clearTimeout(timer);
  }, [view]);

  const { blocksPerSecond, bytesPerSecond } = view.overall;
  return (
    <section class="card plot" aria-label="Speed over time">
      <header>
        <h2>Speed</h2>
        <p class="figures">
          <span class="key-blocks">
            <b>{blocksPerSecond.toFixed(1)}</b> blocks/s committed
          </span>
          <span class="key-bytes">
            <b>{bytes(bytesPerSecond)}</b>/s received
          </span>
        </p>
      </header>
      <div class="inset" ref={ref}>
        <div
          ref={holder}
          role="img"
          aria-label={`${blocksPerSecond.toFixed(1)} blocks a second, ${bytes(bytesPerSecond)} a second, over the last 5 s`}
        />
      </div>
    </section>
  );
}

function dataOf({ plot }: View): UPlot.AlignedData {
  return [[...plot.seconds], [...plot.blocksPerSecond], [...plot.bytesPerSecond]];
}

/** uPlot's number for that side is 1. */
function onRight(axis: UPlot.Axis): UPlot.Axis {
  return Object.assign(axis, { side: 1 });
}

function optionsOf(width: number, now: () => View): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis: UPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 0, 0, 0],
    scales: {
      x: { time: false },
      blocks: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
      bytes: { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((tick) => timeText(tick * 1_000).replace(/\.\d+ s$/, ' s')) },
      { ...axis, scale: 'blocks', size: 44 },
      onRight({
        ...axis,
        scale: 'bytes',
        size: 66,
        grid: { show: false },
        values: (_, ticks) => ticks.map((tick) => bytes(tick)),
      }),
    ],
    series: [
      {},
      { scale: 'blocks', stroke: colour('--blocks'), width: 2, fill: colour('--blocks-fill'), points: { show: false } },
      { scale: 'bytes', stroke: colour('--bytes'), width: 1.5, dash: [5, 3], points: { show: false } },
    ],
    hooks: {
      draw: [
        (plot) => {
          // Where the point looked at is.
          const x = plot.valToPos(now().atMs / 1_000, 'x', true);
          const { ctx, bbox } = plot;
          if (x < bbox.left || x > bbox.left + bbox.width + 1) return;
          ctx.save();
          ctx.strokeStyle = colour('--ink');
          ctx.lineWidth = devicePixelRatio;
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.restore();
        },
      ],
    },
  };
}
