/** Writes docs/metrics.md from the catalogue in the code (`npm run generate:metrics`), and the dashboard with it. */
import { writeFileSync } from 'node:fs';
import { METRICS, PREFIX } from '../src/metrics/index.ts';
import { DASHBOARD, dashboardText } from './grafana/generate.ts';

export const METRICS_PAGE = new URL('metrics.md', import.meta.url);

export function metricsPage(): string {
  const rows = Object.entries(METRICS).map(([name, { kind, labels, help }]) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${PREFIX}${name}\` | ${kind} | ${shown} | ${help} |`;
  });
  return `<!-- Written by docs/generate-metrics.ts. Do not edit. -->
# Metrics

For Prometheus. The command's node answers them with \`--admin\`, at \`http://127.0.0.1:42080/metrics\`; a node of your own:

    import { createMetrics } from 'pocket-state-sync/metrics';
    const metrics = createMetrics();
    const node = new StateSyncNode({ ...ports, observe: metrics.observe });
    metrics.watch(node);
    // in your own HTTP server: await metrics.text(), metrics.contentType

Names are stable, units are in the names. Besides these there are the client's own of the process (CPU, memory,
\`nodejs_eventloop_lag_p99_seconds\` ...); \`createMetrics({ processMetrics: false })\` leaves them out.

At most 32 peers have a label \`peer\` of their own (\`peerLabelsMax\`), the others share \`other\`. A peer has its label from
the first request to it until it is gone and another needs one. A counter never moves from one label to another, so sums
of rates over all peers are right.

| metric | kind | labels | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}

[grafana/pocket-state-sync.json](grafana/pocket-state-sync.json) is a dashboard over them, to be imported into Grafana. A test
holds its queries against this list.
`;
}

if (import.meta.main) {
  writeFileSync(METRICS_PAGE, metricsPage());
  writeFileSync(DASHBOARD, dashboardText());
}
