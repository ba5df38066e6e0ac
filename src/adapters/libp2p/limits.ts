const SECOND_MS = 1_000;
const MEBIBYTE = 1_048_576;

/** The bounds of the libp2p transport. The longest message is not here: the codec says it (`messageBytesMax`). */
export interface Libp2pLimits {
  /** Connections in all; libp2p closes the least useful ones beyond. */
  readonly connectionsMax: number;
  /** Connections one identity may have; they make up one logical peer. */
  readonly connectionsPerPeerMax: number;
  /** New connections accepted from one network address a second. */
  readonly inboundConnectionsPerSecond: number;

  /** Messages that wait to be written to one peer; beyond, `send` fails at once. */
  readonly outgoingMessagesMax: number;
  /** Bytes of the blocks in those messages; one message may exceed it alone. */
  readonly outgoingBytesMax: number;
  /** How long a message may wait to be written. */
  readonly sendTimeoutMs: number;

  /** A frame that has begun must be whole within this time. */
  readonly frameReadTimeoutMs: number;
  /** How long a new connection has to say which protocols it speaks. */
  readonly identifyTimeoutMs: number;
  /** Pocket's own: a background message must be read to its end within this time. */
  readonly pocketReadTimeoutMs: number;
  readonly pocketInboundStreamsMax: number;
  readonly pocketOutboundStreamsMax: number;

  /** Messages a peer may send, on either wire; beyond, they are dropped and the peer is charged once a second. */
  readonly inboundMessagesPerSecond: number;
  readonly inboundMessagesBurst: number;
  /** Gossip one neighbour may pass on; beyond, it is dropped, not charged: the neighbour is not its author. */
  readonly gossipPerSecond: number;
  readonly gossipBurst: number;

  /** Identities that are refused at one time; beyond, the refusal that ends first is dropped. */
  readonly refusalsMax: number;
  /** Wait before a configured peer is dialed again, doubling between these, with jitter. */
  readonly redialMsMin: number;
  readonly redialMsMax: number;
  readonly dialTimeoutMs: number;
}

export const DEFAULT_LIBP2P_LIMITS: Libp2pLimits = {
  connectionsMax: 300,
  connectionsPerPeerMax: 4,
  inboundConnectionsPerSecond: 20,

  outgoingMessagesMax: 1_024,
  outgoingBytesMax: 32 * MEBIBYTE,
  sendTimeoutMs: 10 * SECOND_MS,

  frameReadTimeoutMs: 20 * SECOND_MS,
  identifyTimeoutMs: 10 * SECOND_MS,
  pocketReadTimeoutMs: 10 * SECOND_MS,
  pocketInboundStreamsMax: 32,
  pocketOutboundStreamsMax: 8,

  inboundMessagesPerSecond: 5_000,
  inboundMessagesBurst: 10_000,
  gossipPerSecond: 100,
  gossipBurst: 400,

  refusalsMax: 10_000,
  redialMsMin: 500,
  redialMsMax: 60 * SECOND_MS,
  dialTimeoutMs: 10 * SECOND_MS,
};

/**
 * The most a peer may send on one stream before we credit more, and so the longest yamux frame a peer can rightly send.
 * Not below yamux's own first window of 256 KiB, which both sides take for granted.
 */
export const STREAM_WINDOW_BYTES_MAX = 4 * MEBIBYTE;

/** Small frames are gathered up to this size before they are written. */
export const BATCH_BYTES = 65_536;
