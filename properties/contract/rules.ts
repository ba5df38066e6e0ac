/** What a host owes the core and its ports: docs/host-contract.md, clause by clause. */
export interface ContractRule {
  readonly name: string;
  /** `HOST-..`: of docs/host-contract.md. Others: of docs/spec.md. */
  readonly clauses: readonly string[];
  /** In plain words. */
  readonly says: string;
}

export const CONTRACT = {
  starts: rule('host-starts-and-stops', ['HOST-1', 'HOST-2', 'HOST-9'], {
    says: 'start() and stop() come to an end, and throw only what a port threw; every event is told to `observe`.',
  }),
  opens: rule('host-opens-what-is-committed', ['HOST-1'], {
    says: 'The core starts from what store and executor hold and with the configuration given; `Start` is its first event.',
  }),
  bootstraps: rule('host-tells-that-it-is-bootstrapped', ['HOST-2'], {
    says: 'Once peers are connected, the host tells P2P_IsBootstrapped.',
  }),
  feeds: rule('host-follows-the-core', ['HOST-3'], {
    says: 'Each event is given to the core once, one at a time, and the next goes on from the state that came of it.',
  }),
  stamps: rule('host-stamps-events-by-the-clock', ['HOST-3'], {
    says: 'An event is stamped with what the clock port shows: not with Date.now() or performance.now().',
  }),
  tells: rule('host-tells-what-ports-tell', ['HOST-4'], {
    says: 'What the transport tells becomes one event, once, and of one peer in the order it came.',
  }),
  carriesOut: rule('host-carries-out-effects', ['HOST-5'], {
    says: 'Every effect is carried out on the port it is meant for, once and as it says, and nothing else is.',
  }),
  answers: rule('host-answers-each-effect-once', ['HOST-6'], {
    says: 'The outcome of an effect is told exactly once, with the id of that effect.',
  }),
  truthful: rule('host-tells-outcomes-truly', ['HOST-6', 'APPLY-4', 'APPLY-5'], {
    says: 'An outcome is what verifier, executor, store or transport answered, and is not told before they did.',
  }),
  timers: rule('host-keeps-timers', ['HOST-7', 'SYNC-4'], {
    says: 'A timer fires once, when it is due; setting it again replaces it, and clearing it ends it.',
  }),
  throws: rule('host-never-throws', ['HOST-8', 'APPLY-5'], {
    says: 'Nothing is thrown out of the host, and no promise of it is rejected with nobody to hear.',
  }),
  time: rule('host-has-no-time-of-its-own', ['HOST-7'], {
    says: 'The host reads time and sets timers only through its clock port.',
  }),
  spins: rule('host-never-spins', ['HOST-5'], {
    says: 'The host lets go: it does not use its ports, or the processor, without end.',
  }),
  obeys: rule('host-does-what-its-owner-asks', ['HOST-11', 'SERVE-1', 'META-9'], {
    says: 'Each call of startSyncing() or setServerEnabled() is one event, once, and nobody else makes such events.',
  }),
  status: rule('host-tells-its-status-truly', ['HOST-11', 'SYNC-7', 'META-9'], {
    says: 'status() is plain data, and says what the core knows, whom it charged, and what was sent; whenSynced() resolves when it is.',
  }),
} as const;

export const CONTRACT_RULES: readonly ContractRule[] = Object.values(CONTRACT);

function rule(name: string, clauses: readonly string[], { says }: { readonly says: string }): ContractRule {
  return { name, clauses, says };
}

/** Told of each look at a rule: that it is broken and how, or that it holds. */
export interface Judge {
  broken(rule: ContractRule, detail: string): void;
  held(rule: ContractRule): void;
}

/**
 * How many beats of a second a host may take over anything before it is late. A beat only counts while the host's
 * process runs: one that is frozen is not late.
 */
export const BEATS_MAX = 10;
