/** Counts since the transport was made. */
export interface TransportCounters {
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  /** Messages beyond a peer's rate. */
  messagesDropped: number;
  /** Messages that were begun and not finished in time. */
  stalledReads: number;
  gossipIn: number;
  gossipOut: number;
  offences: number;
  dials: number;
  dialsFailed: number;
}

export type Libp2pStats = Readonly<TransportCounters> & { readonly peers: number; readonly connections: number };

export function newCounters(): TransportCounters {
  return {
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    messagesDropped: 0,
    stalledReads: 0,
    gossipIn: 0,
    gossipOut: 0,
    offences: 0,
    dials: 0,
    dialsFailed: 0,
  };
}
