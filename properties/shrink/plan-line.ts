import type { SyncConfig } from '../../src/protocol/config.ts';
import { DEFAULT_CONFIG, resolveConfig } from '../../src/protocol/config.ts';
import type { Adversary } from '../adversaries/index.ts';
import { fullName } from '../adversaries/index.ts';
import type { PeerPlan, Plan } from '../simulation/plan.ts';

/**
 * A plan as one line that can be copied, read and edited, and read back exactly: fields `name=value`, parts of a value
 * apart by `/`, lists by `,` and names of adversaries by `+`. It says all there is to a run, whatever `drawPlan` draws.
 */
export function planLine(plan: Plan): string {
  const { seed, harshness, faultsMs, nodes, peers, environment, conditions, chain, config } = plan;
  const { latencyMs, jitterMs, bytesPerMs, lossRatio, duplicateRatio, reorders } = conditions;
  const { startHeight, blockIntervalMs, rotateEveryBlocks, nodesAreValidators, binds } = chain;
  const names = (list: readonly string[]) => list.map((name) => name.split(' ')[0] ?? name).join('+');
  const fields: Readonly<Record<string, readonly unknown[]>> = {
    seed: [seed],
    harshness: [harshness],
    faultsMs: [faultsMs],
    nodes: [
      nodes.map(({ id, wire, localHeight, minHeight }) => [id, WIRES[wire], localHeight, minHeight].join('/')).join(),
    ],
    peers: [
      peers
        .map(({ id, wire, holdings, behaviours }) => {
          const { minHeight, lagBlocks, serveMsMax } = holdings;
          return [id, WIRES[wire], minHeight, lagBlocks, serveMsMax, names(behaviours)].join('/');
        })
        .join(),
    ],
    environment: [names(environment)],
    network: [latencyMs, jitterMs, bytesPerMs, lossRatio, duplicateRatio, reorders],
    chain: [startHeight, blockIntervalMs, rotateEveryBlocks, nodesAreValidators, binds],
    config: [settingsOf(config)],
  };
  return Object.entries(fields)
    .map(([name, parts]) => `${name}=${parts.join('/')}`)
    .join(' ');
}

/** @throws Error in plain words when the line is not one, or names an adversary that is not among those given */
export function parsePlanLine(line: string, adversaries: readonly Adversary[]): Plan {
  const fields = new Map(
    line
      .trim()
      .split(/\s+/)
      .map((field) => [field.split('=')[0], field.slice(field.indexOf('=') + 1)]),
  );
  const text = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw new Error(`a replay line needs "${name}=": ${line}`);
    return value;
  };
  const parts = (value: string) => value.split('/');
  const names = (value: string | undefined) => {
    return (value ?? '')
      .split('+')
      .filter((id) => id !== '')
      .map((id) => nameOf(id, adversaries));
  };
  const [latencyMs, jitterMs, bytesPerMs, lossRatio, duplicateRatio, reorders] = parts(text('network'));
  const [startHeight, blockIntervalMs, rotateEveryBlocks, nodesAreValidators, binds] = parts(text('chain'));
  return {
    seed: number(text('seed')),
    harshness: number(text('harshness')),
    faultsMs: number(text('faultsMs')),
    config: configOf(text('config')),
    nodes: text('nodes')
      .split(',')
      .map((node) => {
        const [id = '', wire, localHeight, minHeight = '1'] = parts(node);
        return { id, wire: wireOf(wire), localHeight: number(localHeight), minHeight: number(minHeight) };
      }),
    peers: text('peers')
      .split(',')
      .map((peer): PeerPlan => {
        const [id = '', wire, minHeight, lagBlocks, serveMsMax, behaviours] = parts(peer);
        const holdings = { minHeight: number(minHeight), lagBlocks: number(lagBlocks), serveMsMax: number(serveMsMax) };
        return { id, wire: wireOf(wire), holdings, behaviours: names(behaviours) };
      }),
    environment: names(text('environment')),
    conditions: {
      latencyMs: number(latencyMs),
      jitterMs: number(jitterMs),
      bytesPerMs: number(bytesPerMs),
      lossRatio: number(lossRatio),
      duplicateRatio: number(duplicateRatio),
      reorders: reorders === 'true',
    },
    chain: {
      startHeight: number(startHeight),
      blockIntervalMs: number(blockIntervalMs),
      rotateEveryBlocks: number(rotateEveryBlocks),
      nodesAreValidators: nodesAreValidators === 'true',
      binds: binds === 'stateHash' ? 'stateHash' : 'everything',
    },
  };
}

const WIRES = { 'pocket-state-sync': 'own', 'pokt-background': 'pocket' } as const;

function wireOf(name: string | undefined): PeerPlan['wire'] {
  if (name === 'own') return 'pocket-state-sync';
  if (name === 'pocket') return 'pokt-background';
  throw new Error(`a wire is "own" or "pocket", not "${name ?? ''}"`);
}

function nameOf(id: string, adversaries: readonly Adversary[]): string {
  const adversary = adversaries.find((each) => each.id === id);
  if (adversary !== undefined) return fullName(adversary);
  throw new Error(`the replay line names the adversary ${id}; if it is one of your own, give it with \`adversaries\``);
}

/** Only what differs from the defaults. */
function settingsOf(config: SyncConfig): string {
  return Object.entries(config)
    .filter(([key, value]) => DEFAULT_CONFIG[key as keyof SyncConfig] !== value)
    .map(([key, value]) => `${key}:${value as string | number | boolean}`)
    .join();
}

function configOf(text: string): SyncConfig {
  const settings = text.split(',').filter((setting) => setting !== '');
  const entries = settings.map((setting): [string, unknown] => {
    const [key = '', value = ''] = setting.split(':');
    if (value === 'true' || value === 'false') return [key, value === 'true'];
    return [key, Number.isNaN(Number(value)) ? value : Number(value)];
  });
  return resolveConfig(Object.fromEntries(entries));
}

function number(text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || text === '' || Number.isNaN(value))
    throw new Error(`not a number in a replay line: "${text ?? ''}"`);
  return value;
}
