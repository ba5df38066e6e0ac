/**
 * Every metric of the package: the only list. The registry, docs/metrics.md and the dashboard's test are made from it.
 * Names are stable: one is never given another meaning.
 */
export interface MetricEntry {
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

export const METRICS = {
  mode: gauge('1 for the operation mode the node is in, 0 for the others.', 'mode'),
  server_enabled: gauge('1 while the node answers requests for blocks.'),
  synced: gauge('1 while nothing is missing, as far as enough credible peers say.'),
  not_synced_reason: gauge('1 for the reason why the node is not synced, 0 for the others.', 'reason'),
  local_min_height: gauge('The lowest height this node holds.'),
  local_max_height: gauge('The highest height this node has committed.'),
  target_height: gauge('The highest height that credible peers claim; absent while unknown.'),
  peers: gauge('Peers that are connected, by what is thought of their claim and of their conduct.', 'claim', 'conduct'),
  peer_score: gauge('The score of a peer; absent for peers that share the label "other".', 'peer'),
  peer_latency_seconds: gauge('How long a peer takes to answer, smoothed; absent as for the score.', 'peer'),
  requests_in_flight: gauge('Requests for blocks that are not answered yet.'),
  buffered_blocks: gauge('Blocks that are here and not committed.'),
  buffered_bytes: gauge('Their size in bytes.'),
  serve_queue_requests: gauge("Peers' requests that wait for room."),
  events_total: counter('Events the core was told, by type.', 'type'),
  effects_total: counter('Effects the core answered with, by type.', 'type'),
  requests_sent_total: counter('Requests for blocks, those included that could not be sent.', 'peer'),
  requests_ended_total: counter(
    'Requests that ended: answered, timed_out, absent (the peer does not have it), send_failed, invalid, peer_lost.',
    'peer',
    'result',
  ),
  received_blocks_total: counter('Blocks that peers sent, asked for or not, good or bad.', 'peer'),
  received_bytes_total: counter('Their size in bytes.', 'peer'),
  committed_blocks_total: counter('Blocks that were added to the chain here.'),
  rollbacks_total: counter('How often applied blocks were undone.'),
  host_faults_total: counter('How often verifier, executor or store failed, by error code.', 'code'),
  offences_total: counter('What peers were charged with.', 'offence'),
  cool_downs_total: counter('How often a peer was left alone for a while.'),
  bans_total: counter('How often a peer was banned.'),
  claims_refuted_total: counter('Claims that proved wrong, by how.', 'why'),
  served_answers_total: counter("Peers' requests that were answered with blocks, or with not having them."),
  served_blocks_total: counter('Blocks sent to peers.'),
  served_bytes_total: counter('Their size in bytes.'),
  requests_dropped_total: counter("Peers' requests that were not answered, by reason.", 'reason'),
  request_duration_seconds: histogram('From asking for blocks to the end of the request, by result.', 'result'),
  work_duration_seconds: histogram('How long verify, apply, commit and rollback took, a call each.', 'work'),
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof METRICS;

/** What every name begins with. */
export const PREFIX = 'pocket_state_sync_';

/** Upper bounds of the histograms' buckets. */
export const BUCKETS_SECONDS: readonly number[] = [0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];

function gauge(help: string, ...labels: readonly string[]): MetricEntry {
  return { kind: 'gauge', help, labels };
}

function counter(help: string, ...labels: readonly string[]): MetricEntry {
  return { kind: 'counter', help, labels };
}

function histogram(help: string, ...labels: readonly string[]): MetricEntry {
  return { kind: 'histogram', help, labels };
}
