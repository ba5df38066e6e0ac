import type { OperationMode } from '../../machines/operation-mode.ts';
import type { Claim, PeerId } from '../../src/protocol/block.ts';
import type { SyncConfig } from '../../src/protocol/config.ts';
import type { GossipMessage, PeerMessage } from '../../src/protocol/messages.ts';
import type { Offence } from '../../src/protocol/offences.ts';
import type { ChainView } from './chain.ts';
import type { Random } from './random.ts';

/** A request for blocks that reached a peer. */
export interface Asked {
  readonly requestId: number | null;
  readonly from: number;
  readonly to: number;
}

export interface Reply {
  readonly afterMs: number;
  readonly message: PeerMessage;
}

/** What one request in flight of the node under test looks like to an adversary that knows everything. */
export interface OpenRequest extends Asked {
  readonly peer: PeerId;
}

/** The node under test as an adversary sees it: the worst case is one that sees everything. */
export interface Target {
  readonly id: PeerId;
  readonly mode: OperationMode;
  readonly localMax: number;
  /** The height the node needs next. */
  readonly next: number;
  readonly config: SyncConfig;
  requests(): readonly OpenRequest[];
}

/** What a behaviour can see and do: one peer against one node. */
export interface Scene {
  readonly random: Random;
  readonly chain: ChainView;
  readonly self: PeerId;
  readonly target: Target;
  readonly nowMs: number;
  /** Faults have stopped: peers may go on lying, but no new identities come and nothing about the world breaks. */
  readonly isCalm: boolean;
  /** Proves that the behaviour acted; to be called whenever it did something an honest peer would not. */
  acted(times?: number): void;
  send(message: PeerMessage): void;
  /** @param alias under a name that nobody knows, made from the peer's own and this */
  gossip(message: GossipMessage, alias?: string): void;
  /** What the transport would catch before it becomes a message. */
  offend(offence: Offence, detail: string): void;
  /** Disconnects, and is back after `backAfterMs`. */
  leave(backAfterMs: number): void;
  /** For that long, what the node sends to this peer fails. */
  hangUp(forMs: number): void;
  /** Disconnects, and is back at once as somebody nobody knows. */
  comeAsSomebodyElse(): void;
}

/**
 * One way to misbehave. Behaviours of one peer are laid over each other: each gets what the one before it, and at first
 * an honest peer, would say, and gives what is said instead.
 */
export interface Behaviour {
  /** @returns what is claimed instead; null: the question is not answered */
  claim?(claim: Claim): Claim | null;
  answer?(asked: Asked, replies: readonly Reply[]): readonly Reply[];
  connected?(): void;
  /** How often `act` is called while connected. */
  readonly everyMs?: number;
  act?(): void;
}

export type CreateBehaviour = (scene: Scene) => Behaviour;
