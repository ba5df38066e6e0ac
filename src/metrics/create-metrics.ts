import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { operationModeStates } from '../../machines/operation-mode.ts';
import type { Effect, EffectOf, RequestResult } from '../core/effects.ts';
import type { SyncEvent } from '../core/events.ts';
import type { Facts } from '../core/facts.ts';
import { maps } from '../core/facts.ts';
import { isSynced } from '../core/sync-api.ts';
import { REASONS, whyNotSynced } from '../core/why.ts';
import type { ServedCounts } from '../node/index.ts';
import { BUCKETS_SECONDS, METRICS, PREFIX } from './catalogue.ts';
import type { MetricName } from './catalogue.ts';
import { Counts } from './counts.ts';
import { PeerLabels } from './peer-labels.ts';

export interface MetricsOptions {
  /** How many peers have a label of their own; the others share "other". Default: 32. */
  readonly peerLabelsMax?: number;
  /** Also those of the process that the client knows: CPU, memory, event-loop lag. Default: true. */
  readonly processMetrics?: boolean;
}

/** The metrics of one node, for Prometheus. */
export interface NodeMetrics {
  /** The option `observe` of `StateSyncNode`. */
  readonly observe: (event: SyncEvent, effects: readonly Effect[], state: Facts) => void;
  /** Reads what only the node itself knows: what it served. */
  watch(node: { readonly served: ServedCounts }): void;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
  /** To add metrics of one's own. */
  readonly registry: Registry;
}

export function createMetrics(options: MetricsOptions = {}): NodeMetrics {
  return new PrometheusMetrics(options);
}

const PEER_LABELS_MAX = 32;
/** More than a node ever has under way: what is beyond was lost with a stopped run. */
const WORK_MAX = 1_000;

const RESULTS: Readonly<Record<RequestResult, string>> = {
  answered: 'answered',
  timedOut: 'timed_out',
  skipped: 'skipped',
  absent: 'absent',
  sendFailed: 'send_failed',
  refused: 'invalid',
  peerLost: 'peer_lost',
};

type Work = 'verify' | 'apply' | 'commit' | 'rollback';

class PrometheusMetrics implements NodeMetrics {
  readonly registry = new Registry();
  readonly contentType = this.registry.contentType;
  readonly #counts = new Map<MetricName, Counts>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #requestSeconds: Histogram;
  readonly #workSeconds: Histogram;
  readonly #labels: PeerLabels;
  /** What is being worked on, and since when. */
  readonly #work = new Map<number, { readonly kind: Work; readonly since: number }>();
  #state: Facts | null = null;
  #node: { readonly served: ServedCounts } | null = null;

  constructor({ peerLabelsMax = PEER_LABELS_MAX, processMetrics = true }: MetricsOptions) {
    this.#labels = new PeerLabels(
      peerLabelsMax,
      (peer) => this.#isHere(peer),
      (peer) => this.#forget(peer),
    );
    for (const name of Object.keys(METRICS) as MetricName[]) this.#define(name);
    this.#requestSeconds = this.#histogram('request_duration_seconds');
    this.#workSeconds = this.#histogram('work_duration_seconds');
    if (processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  readonly observe = (event: SyncEvent, effects: readonly Effect[], state: Facts): void => {
    this.#state = state;
    this.#count('events_total', 1, event.type);
    this.#noteEvent(event);
    for (const effect of effects) {
      this.#count('effects_total', 1, effect.type);
      this.#noteEffect(effect, event.now);
    }
  };

  watch(node: { readonly served: ServedCounts }): void {
    this.#node = node;
  }

  async text(): Promise<string> {
    this.#fillGauges();
    return this.registry.metrics();
  }

  #noteEvent(event: SyncEvent): void {
    if (event.type === 'blocksReceived') {
      const peer = this.#labels.of(event.peer);
      this.#count('received_blocks_total', event.blocks.length, peer);
      let bytes = 0;
      for (const block of event.blocks) bytes += block.bytes;
      this.#count('received_bytes_total', bytes, peer);
    } else if ('workId' in event) {
      const work = this.#work.get(event.workId);
      this.#work.delete(event.workId);
      if (work !== undefined) this.#workSeconds.observe({ work: work.kind }, seconds(event.now - work.since));
      if (event.hostFault !== undefined) this.#count('host_faults_total', 1, event.hostFault.code);
    }
  }

  #noteEffect(effect: Effect, now: number): void {
    switch (effect.type) {
      case 'sendGetBlocks':
        return this.#count('requests_sent_total', 1, this.#labels.of(effect.peer));
      case 'verifyBlocks':
        return this.#begin('verify', effect.workId, now);
      case 'applyBlocks':
        return this.#begin('apply', effect.workId, now);
      case 'commitBlocks':
        return this.#begin('commit', effect.workId, now);
      case 'rollbackBlocks':
        this.#count('rollbacks_total', 1);
        return this.#begin('rollback', effect.workId, now);
      case 'blocksAdded':
        return this.#count('committed_blocks_total', effect.to - effect.from + 1);
      case 'requestDropped':
        return this.#count('requests_dropped_total', 1, effect.reason);
      case 'reportPeer':
        return this.#noteReport(effect);
      default:
        return;
    }
  }

  #noteReport({ peer, report }: EffectOf<'reportPeer'>): void {
    switch (report.kind) {
      case 'charged':
        return this.#count('offences_total', 1, report.offence);
      case 'coolingDown':
        return this.#count('cool_downs_total', 1);
      case 'banned':
        return this.#count('bans_total', 1);
      case 'claimRefuted':
        return this.#count('claims_refuted_total', 1, report.why);
      case 'requestEnded': {
        const result = RESULTS[report.result];
        this.#requestSeconds.observe({ result }, seconds(report.tookMs));
        return this.#count('requests_ended_total', 1, this.#labels.of(peer), result);
      }
      default:
        return;
    }
  }

  #begin(kind: Work, workId: number, since: number): void {
    this.#work.set(workId, { kind, since });
    const [oldest] = this.#work.keys();
    if (this.#work.size > WORK_MAX && oldest !== undefined) this.#work.delete(oldest);
  }

  #count(name: MetricName, amount: number, ...labels: readonly string[]): void {
    this.#counts.get(name)?.add(amount, ...labels);
  }

  #fillGauges(): void {
    const state = this.#state;
    if (this.#node !== null) this.#fillServed(this.#node.served);
    if (state === null) return;
    const { control, local, aggregate, requests, window, serving } = state;
    const why = whyNotSynced(state)?.code;
    for (const mode of Object.keys(operationModeStates.states.mode.states)) {
      this.#gauge('mode').set({ mode }, Number(mode === control.mode));
    }
    for (const reason of Object.keys(REASONS)) this.#gauge('not_synced_reason').set({ reason }, Number(reason === why));
    this.#gauge('server_enabled').set(Number(control.server === 'Enabled'));
    this.#gauge('synced').set(Number(isSynced(state)));
    this.#gauge('local_min_height').set(local.minHeight);
    this.#gauge('local_max_height').set(local.maxHeight);
    if (aggregate === null) this.#gauge('target_height').remove();
    else this.#gauge('target_height').set(aggregate.maxHeight);
    this.#gauge('requests_in_flight').set(requests.inFlight);
    this.#gauge('buffered_blocks').set(window.bufferedBlocks);
    this.#gauge('buffered_bytes').set(window.bufferedBytes);
    this.#gauge('serve_queue_requests').set(maps.queued.size(serving.queue));
    this.#fillPeers(state);
  }

  #fillPeers({ peers }: Facts): void {
    for (const name of ['peers', 'peer_score', 'peer_latency_seconds'] as const) this.#gauge(name).reset();
    for (const { value } of maps.peers.entries(peers.byId)) {
      const { link, claim, conduct } = value.life;
      if (link === 'Connected') this.#gauge('peers').inc({ claim, conduct });
    }
    for (const peer of this.#labels) {
      const known = maps.peers.get(peers.byId, peer);
      if (known === undefined) continue;
      this.#gauge('peer_score').set({ peer }, known.score);
      if (known.latencyMs !== null) this.#gauge('peer_latency_seconds').set({ peer }, seconds(known.latencyMs));
    }
  }

  #fillServed({ answers, blocks, bytes }: ServedCounts): void {
    for (const [name, now] of [
      ['served_answers_total', answers],
      ['served_blocks_total', blocks],
      ['served_bytes_total', bytes],
    ] as const) {
      this.#counts.get(name)?.forget('');
      this.#count(name, now);
    }
  }

  /** Each kind as the client has it; counters are filled from our own sums when somebody asks. */
  #define(name: MetricName): void {
    const { kind, help, labels } = METRICS[name];
    const about = { name: PREFIX + name, help, labelNames: [...labels], registers: [this.registry] };
    if (kind === 'gauge') this.#gauges.set(name, new Gauge(about));
    if (kind !== 'counter') return;
    const counts = new Counts();
    this.#counts.set(name, counts);
    if (labels.length === 0) counts.add(0);
    new Counter({
      ...about,
      collect() {
        this.reset();
        for (const [values, sum] of counts.entries()) {
          this.inc(Object.fromEntries(labels.map((label, i) => [label, values[i] ?? ''])), sum);
        }
      },
    });
  }

  #gauge(name: MetricName): Gauge {
    const gauge = this.#gauges.get(name);
    if (gauge === undefined) throw new RangeError(`${name} is no gauge`);
    return gauge;
  }

  #histogram(name: MetricName): Histogram {
    const { help, labels } = METRICS[name];
    const about = { name: PREFIX + name, help, labelNames: [...labels], registers: [this.registry] };
    return new Histogram({ ...about, buckets: [...BUCKETS_SECONDS] });
  }

  #isHere(peer: string): boolean {
    if (this.#state === null) return false;
    return maps.peers.get(this.#state.peers.byId, peer)?.life.link === 'Connected';
  }

  #forget(peer: string): void {
    for (const name of Object.keys(METRICS) as MetricName[]) {
      if (METRICS[name].labels.some((label) => label === 'peer')) this.#counts.get(name)?.forget(peer);
    }
  }
}

function seconds(ms: number): number {
  return ms / 1_000;
}
