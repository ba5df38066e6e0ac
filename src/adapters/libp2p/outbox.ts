import type { PeerId } from '../../protocol/block.ts';
import { StateSyncError } from '../../protocol/errors.ts';
import type { PeerMessage } from '../../protocol/messages.ts';
import type { Libp2pLimits } from './limits.ts';
import type { TransportCounters } from './stats.ts';

/** A message that waits to be written. It is encoded only then, so that what waits costs no bytes of its own. */
export interface Outgoing {
  readonly message: PeerMessage;
  readonly bytes: number;
  readonly deadlineMs: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What one peer is still to be sent, in order; bounded in messages, bytes and time. */
export class Outbox {
  readonly #peer: PeerId;
  readonly #limits: Libp2pLimits;
  readonly #counters: TransportCounters;
  readonly #now: () => number;
  #queue: Outgoing[] = [];
  /** Where the queue begins; moving an index is cheaper than moving the array. */
  #head = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(peer: PeerId, limits: Libp2pLimits, counters: TransportCounters, now: () => number) {
    this.#peer = peer;
    this.#limits = limits;
    this.#counters = counters;
    this.#now = now;
  }

  get size(): number {
    return this.#queue.length - this.#head;
  }

  /** Resolves when a writer took the message and wrote it. @throws StateSyncError PEER_UNREACHABLE */
  push(message: PeerMessage): Promise<void> {
    if (this.#closed) return Promise.reject(this.unreachable('it is not connected'));
    const bytes = messageBytes(message);
    const full = this.size >= this.#limits.outgoingMessagesMax || this.#bytes + bytes > this.#limits.outgoingBytesMax;
    if (full && this.size > 0) return Promise.reject(this.unreachable(`${this.size} messages wait for it already`));
    return new Promise((written, reject) => {
      const resolve = (): void => {
        this.#counters.messagesOut += 1;
        written();
      };
      const deadlineMs = this.#now() + this.#limits.sendTimeoutMs;
      this.#queue.push({ message, bytes, deadlineMs, resolve, reject });
      this.#bytes += bytes;
      if (this.size === 1) this.#arm(this.#limits.sendTimeoutMs);
    });
  }

  /** Takes the oldest message out; whoever takes it settles it. */
  take(): Outgoing | null {
    const next = this.#queue[this.#head];
    if (next === undefined) return null;
    this.#head += 1;
    this.#bytes -= next.bytes;
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
      this.#disarm();
    } else if (this.#head >= this.#limits.outgoingMessagesMax) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return next;
  }

  /** Fails all that waits. */
  fail(reason: string, cause?: unknown): void {
    for (let next = this.take(); next !== null; next = this.take()) next.reject(this.unreachable(reason, cause));
  }

  close(reason: string): void {
    this.#closed = true;
    this.fail(reason);
  }

  unreachable(reason: string, cause?: unknown): StateSyncError {
    return new StateSyncError('PEER_UNREACHABLE', `sending to ${this.#peer} failed: ${reason}`, {
      peer: this.#peer,
      ...(cause === undefined ? {} : { cause }),
    });
  }

  /** All wait equally long, so the oldest message's deadline is the next one. */
  #expire(): void {
    this.#timer = null;
    const nowMs = this.#now();
    for (let next = this.#queue[this.#head]; next !== undefined; next = this.#queue[this.#head]) {
      if (next.deadlineMs > nowMs) {
        this.#arm(next.deadlineMs - nowMs);
        return;
      }
      this.take()?.reject(this.unreachable(`it took nothing for ${this.#limits.sendTimeoutMs} ms`));
    }
  }

  #arm(delayMs: number): void {
    this.#disarm();
    this.#timer = setTimeout(() => {
      this.#expire();
    }, delayMs);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function messageBytes(message: PeerMessage): number {
  if (message.type !== 'blocks') return 0;
  return message.blocks.reduce((bytes, block) => bytes + block.bytes, 0);
}
