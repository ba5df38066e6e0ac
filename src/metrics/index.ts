/** Prometheus metrics of a node. Loads prom-client. */
export { createMetrics } from './create-metrics.ts';
export type { MetricsOptions, NodeMetrics } from './create-metrics.ts';
export { METRICS, PREFIX } from './catalogue.ts';
export type { MetricEntry, MetricName } from './catalogue.ts';
