/** Writes the Grafana dashboard (`npm run generate:metrics`). */
import { PREFIX } from '../../src/metrics/index.ts';

export const DASHBOARD = new URL('pocket-state-sync.json', import.meta.url);

interface Query {
  readonly expr: string;
  readonly legend: string;
}

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly queries: readonly Query[];
  readonly kind?: 'timeseries' | 'stat' | 'state-timeline';
}

const RATE = '[$__rate_interval]';
const of = (name: string, more = '') => `${PREFIX}${name}{job=~"$job",instance=~"$instance"${more}}`;
const rate = (name: string, by = '') => `sum${by === '' ? '' : ` by (${by})`} (rate(${of(name)}${RATE}))`;
const quantile = (share: number, name: string, by: string) =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${of(`${name}_bucket`)}${RATE})))`;

const PANELS: readonly Panel[] = [
  { title: 'Synced', unit: 'bool_yes_no', kind: 'stat', queries: [{ expr: of('synced'), legend: '{{instance}}' }] },
  {
    title: 'Blocks to go',
    unit: 'none',
    kind: 'stat',
    queries: [{ expr: `${of('target_height')} - ${of('local_max_height')}`, legend: '{{instance}}' }],
  },
  {
    title: 'Mode',
    unit: 'none',
    kind: 'state-timeline',
    queries: [{ expr: `${of('mode')} == 1`, legend: '{{mode}}' }],
  },
  {
    title: 'Why not synced',
    unit: 'none',
    kind: 'state-timeline',
    queries: [{ expr: `${of('not_synced_reason')} == 1`, legend: '{{reason}}' }],
  },
  {
    title: 'Heights',
    unit: 'none',
    queries: [
      { expr: of('local_max_height'), legend: 'local' },
      { expr: of('target_height'), legend: 'target' },
      { expr: of('local_min_height'), legend: 'lowest held' },
    ],
  },
  {
    title: 'Blocks a second',
    unit: 'ops',
    queries: [
      { expr: rate('committed_blocks_total'), legend: 'committed' },
      { expr: rate('received_blocks_total'), legend: 'received' },
      { expr: rate('served_blocks_total'), legend: 'served' },
    ],
  },
  {
    title: 'Bytes a second',
    unit: 'Bps',
    queries: [
      { expr: rate('received_bytes_total'), legend: 'received' },
      { expr: rate('served_bytes_total'), legend: 'served' },
    ],
  },
  {
    title: 'Bytes received a second, by peer',
    unit: 'Bps',
    queries: [{ expr: rate('received_bytes_total', 'peer'), legend: '{{peer}}' }],
  },
  {
    title: 'Requests ended a second, by result',
    unit: 'ops',
    queries: [
      { expr: rate('requests_ended_total', 'result'), legend: '{{result}}' },
      { expr: rate('requests_sent_total'), legend: 'sent' },
    ],
  },
  {
    title: 'Time of a request, 95 %, by result',
    unit: 's',
    queries: [{ expr: quantile(0.95, 'request_duration_seconds', 'result'), legend: '{{result}}' }],
  },
  {
    title: 'Time of a piece of work, median',
    unit: 's',
    queries: [{ expr: quantile(0.5, 'work_duration_seconds', 'work'), legend: '{{work}}' }],
  },
  {
    title: 'Time of a piece of work, 99 %',
    unit: 's',
    queries: [{ expr: quantile(0.99, 'work_duration_seconds', 'work'), legend: '{{work}}' }],
  },
  {
    title: 'In flight and held',
    unit: 'none',
    queries: [
      { expr: of('requests_in_flight'), legend: 'requests in flight' },
      { expr: of('buffered_blocks'), legend: 'blocks held' },
      { expr: of('serve_queue_requests'), legend: "peers' requests waiting" },
    ],
  },
  { title: 'Bytes held', unit: 'bytes', queries: [{ expr: of('buffered_bytes'), legend: 'blocks' }] },
  {
    title: 'Peers connected, by claim',
    unit: 'none',
    queries: [{ expr: `sum by (claim, conduct) (${of('peers')})`, legend: '{{claim}}, {{conduct}}' }],
  },
  { title: 'Score of peers', unit: 'none', queries: [{ expr: of('peer_score'), legend: '{{peer}}' }] },
  { title: 'Latency of peers', unit: 's', queries: [{ expr: of('peer_latency_seconds'), legend: '{{peer}}' }] },
  {
    title: 'Offences an hour',
    unit: 'none',
    queries: [{ expr: `sum by (offence) (increase(${of('offences_total')}[1h]))`, legend: '{{offence}}' }],
  },
  {
    title: 'Bans, cool-downs, refuted claims an hour',
    unit: 'none',
    queries: [
      { expr: `increase(${of('bans_total')}[1h])`, legend: 'bans' },
      { expr: `increase(${of('cool_downs_total')}[1h])`, legend: 'cool-downs' },
      { expr: `sum by (why) (increase(${of('claims_refuted_total')}[1h]))`, legend: 'claims refuted: {{why}}' },
    ],
  },
  {
    title: 'Trouble of the host an hour',
    unit: 'none',
    queries: [
      { expr: `sum by (code) (increase(${of('host_faults_total')}[1h]))`, legend: '{{code}}' },
      { expr: `increase(${of('rollbacks_total')}[1h])`, legend: 'rollbacks' },
    ],
  },
  {
    title: 'Events a second, by type',
    unit: 'ops',
    queries: [{ expr: rate('events_total', 'type'), legend: '{{type}}' }],
  },
  {
    title: 'Event-loop lag, 99 %',
    unit: 's',
    queries: [{ expr: 'nodejs_eventloop_lag_p99_seconds{job=~"$job",instance=~"$instance"}', legend: '{{instance}}' }],
  },
];

const SOURCE = { type: 'prometheus', uid: '${datasource}' };
const [COLUMNS, WIDTH, HEIGHT] = [2, 12, 8];

export function dashboardText(): string {
  const variable = (name: string, query: string) => ({
    name,
    type: 'query',
    datasource: SOURCE,
    query: { query, refId: name },
    includeAll: true,
    multi: true,
    current: { text: 'All', value: '$__all' },
    refresh: 2,
  });
  const dashboard = {
    uid: 'pocket-state-sync',
    title: 'pocket-state-sync',
    schemaVersion: 39,
    editable: true,
    tags: ['pocket', 'state-sync'],
    time: { from: 'now-1h', to: 'now' },
    refresh: '10s',
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        variable('job', `label_values(${PREFIX}local_max_height, job)`),
        variable('instance', `label_values(${PREFIX}local_max_height{job=~"$job"}, instance)`),
      ],
    },
    panels: PANELS.map(({ title, unit, queries, kind = 'timeseries' }, i) => ({
      id: i + 1,
      title,
      type: kind,
      datasource: SOURCE,
      gridPos: { x: (i % COLUMNS) * WIDTH, y: Math.floor(i / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit }, overrides: [] },
      targets: queries.map(({ expr, legend }, j) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + j),
        datasource: SOURCE,
        expr,
        legendFormat: legend,
      })),
    })),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
