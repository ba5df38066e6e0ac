/*
 * Pocket's state sync, written from the clauses of docs/spec.md: one node, one honest peer, one that may do anything.
 *
 * A transition is one event and all that the node does about it at once: a single d_step, so that the states that SPIN
 * stores are those in which the node waits. Time is left out: a request may time out whenever it is out, a back-off may
 * be over whenever it runs. docs/spin.md says what each variable stands for and what is not here.
 *
 * -D switches
 *   TOP=n          the height of the chain that the honest peer holds; the liar claims up to TOP + 1
 *   TAMPERED       the liar can make blocks that are certified and do not apply (APPLY-2)
 *   SHRINKS        the liar may lower its claim (META-5)
 *   LEAVES         the liar may leave and come back (PEER-2)
 *   VALIDATOR      the node's validator status changes at any time (MODE-5)
 *   CRASHES=n      so many crashes (APPLY-4)
 *   ROTATES        the validator set may change with any block: what is verified ahead may be undecided, or not hold (OPT-1)
 *   VERIFIERS=n    so many blocks are verified at a time (OPT-1)
 *   PATIENCE=n     only so many of the honest peer's answers are lost; without it, any number
 *   LIVENESS       with the LTL formulas
 *   DUMP           print every transition: `@before|label|after`
 *   BUG_...        a planted bug; checks.ts says what each is and what must catch it
 */

#ifndef TOP
#define TOP 2
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef VERIFIERS
#define VERIFIERS 1
#endif

#define LIE (TOP + 1)
#define HEIGHTS (TOP + 2)

#define HONEST 0
#define LIAR 1

/* Modes (MODE-1). Unsynced is left in the event that enters it (MODE-2), so nothing ever waits in it. */
#define STOPPED 0
#define BOOTSTRAPPING 1
#define BOOTSTRAPPED 2
#define SYNC 3
#define SYNCED 4
#define PACEMAKER 5
#define SETTLED (mode >= SYNCED)

/* What is thought of a peer's claim (META-7, META-10). */
#define UNKNOWN 0
#define UNTESTED 1
#define CREDIBLE 2
#define REFUTED 3

/* What a peer was asked for. */
#define NOTHING 0
#define BLOCK 1
#define TEST 2
#define PROBE 3

/* What a block is in truth. */
#define NO_BLOCK 0
#define GENUINE 1
#define FORGED 2
#define TAMPERED_WITH 3

/* How far a height is. UNTOUCHED: nobody was asked since the window opened; WANTED: missing, somebody failed to give it. */
#define UNTOUCHED 0
#define WANTED 1
#define REQUESTED 2
#define RECEIVED 3
#define VERIFYING 4
#define VERIFIED 5
#define APPLYING 6
#define APPLIED 7
#define COMMITTING 8
#define HELD(h) (stage[h] >= RECEIVED)
#define CERTIFIED(h) (stage[h] >= VERIFIED)

/* The node. */
byte mode = STOPPED;
byte height;
bit validator;
/* Heights up to here are applied, if not committed yet. */
byte applied;
/* What the verifier is busy with, oldest first; `inTurn`: it followed the newest applied block when that began; `ours`: the
   height is still waiting for the verdict. What the executor and the store are busy with is told by the stages. */
byte checking[VERIFIERS];
bit inTurn[VERIFIERS];
bit ours[VERIFIERS];
/* What was applied and is wrong is to be undone, or is being undone. */
bit spoilt;
bit undoing;
/* A certified copy of the block at the head did not apply: Sync does not end below it (APPLY-3). */
bit unapplied;
byte crashes;
byte lost;

/* Peers. */
bit linked[2];
byte claim[2];
byte claimed[2];
byte disputed[2];
bit resting[2];
bit inVain[2];
bit cooling[2];
bit deserted[2];
bit busy[2];
byte asked[2];
byte askedFor[2];
#ifdef LIVENESS
bit old[2];
#endif

/* Heights. `owner` is 1 + the peer that was asked for it, or that sent it. */
byte stage[HEIGHTS];
byte owner[HEIGHTS];
byte truth[HEIGHTS];
byte failed[HEIGHTS];
/* It cannot be judged ahead of its turn; it was verified in its turn. */
bit waits[HEIGHTS];
bit exact[HEIGHTS];
/* A second copy of the block at the head. */
byte spareOwner;
byte spareTruth;

/* The event that happens: 0 in every stored state. */
byte did;
byte by;
byte what;
bit quick;

#define START 1
#define BOOTSTRAP 2
#define CONNECT 3
#define TELL 4
#define ANSWER 5
#define ABSENT 6
#define TIMEOUT 7
#define PROBE_DUE 8
#define FORGIVE 9
#define VERIFIED_BY 10
#define LEAVE 11
#define TURN_VALIDATOR 12
#define CRASH 13
#define CRASH_COMMITTED 14
#define IDLE 15
#define GROW_OLD 16
#define EXECUTED 17
#define COMMITTED 18

/* Scratch: no part of the state. One declaration each: in a list only the first would be hidden. */
hidden byte p;
hidden byte h;
hidden byte i;
hidden byte ahead;
hidden byte known;
hidden byte room;
hidden byte best;
hidden byte speaks;
hidden byte k;

/* The height to be committed next, and the one to be applied next (the head): the first that is not applied. */
#define NEXT (height + 1)
#define HEAD (applied + 1)
#define COUNTS(q) (linked[q] && (claim[q] == UNTESTED || claim[q] == CREDIBLE))
#define BIT(q) (1 << (q))

#ifdef DUMP
c_decl {
  static char state_before[240];
  static void write_state(char *text);
};
c_code {
  static void write_state(char *text) {
    int q, k;
    text += sprintf(text, "%d %d %d %d %d%d%d %d", now.mode, now.height, now.applied, now.validator, now.spoilt,
      now.undoing, now.unapplied, now.crashes);
    for (k = 0; k < VERIFIERS; k++) text += sprintf(text, " %d%d%d", now.checking[k], now.inTurn[k], now.ours[k]);
    for (q = 0; q < 2; q++)
      text += sprintf(text, " / %d%d %d %d %d%d%d%d%d %d %d", now.linked[q], now.claim[q], now.claimed[q], now.disputed[q],
        now.resting[q], now.inVain[q], now.cooling[q], now.deserted[q], now.busy[q], now.asked[q], now.askedFor[q]);
    text += sprintf(text, " /");
    for (k = 1; k < TOP + 2; k++)
      text += sprintf(text, " %d%d%d%d%d%d", now.stage[k], now.owner[k], now.truth[k], now.failed[k], now.waits[k],
        now.exact[k]);
    sprintf(text, " %d%d", now.spareOwner, now.spareTruth);
  }
};
#endif

inline begin() {
  /* Heard only when a trail is replayed. */
  printf("@%d %d %d %d\n", did, by, what, quick);
#ifdef DUMP
  c_code { write_state(state_before); };
#endif
}

inline finish() {
#ifndef LIVENESS
  /* Every slot is a request that is out, and comes back with it (SYNC-4, SYNC-5). */
  assert(busy[HONEST] == (asked[HONEST] != NOTHING));
  assert(busy[LIAR] == (asked[LIAR] != NOTHING));
#endif
#ifdef DUMP
  c_code {
    char after[240];
    int d = now.did, b = now.by, w = now.what, q = now.quick;
    write_state(after);
    printf("@%s|%d %d %d %d|%s\n", state_before, d, b, w, q, after);
  };
#endif
  did = 0;
  by = 0;
  what = 0;
  quick = 0;
}

/* ---- Claims and conduct ---- */

/* Asked only to test or probe its claim, and nothing has come of it yet. */
#define ON_TRIAL(q) (asked[q] != NOTHING && asked[q] != BLOCK)

/* META-7: asked for a height that it claims, it did not give it. A trial that is under way decides by itself. */
inline refute(q, at, byTrial) {
  if
  :: claimed[q] > 0 && (claim[q] != REFUTED || (byTrial && !ON_TRIAL(q))) ->
    claim[q] = REFUTED;
    if
    :: disputed[q] == 0 || at < disputed[q] -> disputed[q] = at
    :: else
    fi;
    resting[q] = (ON_TRIAL(q) -> 0 : 1);
    inVain[q] = 0
  :: else
  fi
}

/* META-7, META-10: it served a valid block of what it claims; for a refuted claim, of the disputed range. */
inline prove(q, at) {
  if
  :: linked[q] && (claim[q] == UNTESTED || (claim[q] == REFUTED && claimed[q] > 0 && at >= disputed[q])) ->
    claim[q] = CREDIBLE;
    disputed[q] = 0;
    resting[q] = 0;
    inVain[q] = 0
  :: else
  fi
}

/* META-7: what was disputed is not in dispute any more; the rest of the claim is untested. */
inline settleDispute(q) {
  claim[q] = UNTESTED;
  disputed[q] = 0;
  resting[q] = 0;
  inVain[q] = 0
}

/* META-7: a block of what is disputed, certified ahead of its turn. */
inline certifiedAhead(q, at) {
  if
  :: linked[q] && claim[q] == REFUTED && claimed[q] > 0 && at >= disputed[q] -> settleDispute(q)
  :: else
  fi
}

/* A test or probe decided nothing: a refuted claim is still to be probed. */
inline undecided(q) {
  if
  :: linked[q] && claim[q] == REFUTED -> resting[q] = 1
  :: else
  fi
}

/* PEER-1, APPLY-3: an honest peer is never charged. */
inline charge(q) {
  assert(q != HONEST);
  if
  :: linked[q] -> cooling[q] = 1
  :: else
  fi
}

/* ---- Heights ---- */

inline receive(at, q, kind) {
  stage[at] = RECEIVED;
  owner[at] = q + 1;
  truth[at] = kind;
  waits[at] = 0;
  exact[at] = 0
}

/* SYNC-4, APPLY-2: wanted again, of somebody else first; a second copy of the block at the head takes its place at once. */
inline release(at, q) {
  failed[at] = failed[at] | BIT(q);
  wantAgain(at)
}

inline wantAgain(at) {
  stage[at] = WANTED;
  owner[at] = 0;
  truth[at] = NO_BLOCK;
  waits[at] = 0;
  exact[at] = 0;
  if
  :: at == HEAD -> takeSpare()
  :: else
  fi
}

/* The second copy takes the place of the block at the head, which is missing, as soon as there is room for it. */
inline takeSpare() {
  if
  :: spareOwner != 0 ->
    measureRoom();
    if
    :: HEAD == NEXT || room > 0 ->
      receive(HEAD, spareOwner - 1, spareTruth);
      spareOwner = 0;
      spareTruth = NO_BLOCK
    :: else
    fi
  :: else
  fi
}

inline forget(at) {
  stage[at] = UNTOUCHED;
  owner[at] = 0;
  truth[at] = NO_BLOCK;
  failed[at] = 0;
  waits[at] = 0;
  exact[at] = 0
}

#ifdef BUG_ROOM_FOR_PROBES
#define KEEPS_ROOM(q) (asked[q] != NOTHING)
#else
#define KEEPS_ROOM(q) (asked[q] == BLOCK)
#endif

/* How many more blocks the window takes: for those that were asked for room is kept, for tests and probes none (SYNC-3). */
inline measureRoom() {
  room = 2;
  h = NEXT;
  do
  :: h <= LIE && h <= NEXT + 1 ->
    room = room - (HELD(h) && room > 0 -> 1 : 0);
    h++
  :: else -> break
  od;
  room = room - (KEEPS_ROOM(HONEST) && room > 0 -> 1 : 0);
  room = room - (KEEPS_ROOM(LIAR) && room > 0 -> 1 : 0)
}

/* A copy of the block at the head, from whoever was asked for it: taken if none is here, else kept as a second copy. */
inline offerHead(q, kind) {
  measureRoom();
  if
  :: !HELD(HEAD) && (HEAD == NEXT || room > 0) -> receive(HEAD, q, kind)
  :: HELD(HEAD) && owner[HEAD] != q + 1 && spareOwner == 0 ->
    spareOwner = q + 1;
    spareTruth = kind
  :: else
  fi
}

/* ---- Requests ---- */

/* SYNC-1: only of a peer whose claim counts and covers the height. */
inline ask(q, at, purpose) {
  assert(linked[q] && !cooling[q] && at >= 1 && at <= claimed[q]);
  assert(purpose == PROBE || COUNTS(q));
  assert(!busy[q] && asked[q] == NOTHING);
  busy[q] = 1;
  asked[q] = purpose;
  askedFor[q] = at
}

inline closeRequest(q) {
  busy[q] = 0;
  endRequest(q)
}

inline endRequest(q) {
  asked[q] = NOTHING;
#ifdef LIVENESS
  old[q] = 0;
#endif
  askedFor[q] = 0
}

#define AWAITED(q, at) (at > height && stage[at] == REQUESTED && owner[at] == q + 1)

/* SYNC-3, SYNC-4, SYNC-6: the answer to what was asked, stored only if still of use. */
inline answered(q, kind) {
  i = asked[q];
  best = askedFor[q];
  closeRequest(q);
  if
  :: i == BLOCK && best > height ->
    measureRoom();
    if
    :: (stage[best] == WANTED || stage[best] == REQUESTED) && (best == NEXT || room > 0) -> receive(best, q, kind)
    :: stage[best] == REQUESTED && best != NEXT && room == 0 ->
      /* Others are asked with the room that this was to have: it is wanted again, unless somebody else keeps room for it. */
      if
      :: AWAITED(q, best) -> wantAgain(best)
      :: else -> receive(best, q, kind)
      fi
    :: else ->
      if
      :: best == HEAD -> offerHead(q, kind)
      :: else
      fi
    fi
  :: i == BLOCK && best <= height
  :: i != BLOCK && best > height ->
    if
    :: best == HEAD -> offerHead(q, kind)
    :: best > HEAD ->
      measureRoom();
      if
      :: stage[best] == REQUESTED || (stage[best] == WANTED && room > 0) -> receive(best, q, kind)
      :: stage[best] == VERIFIED && truth[best] == kind -> certifiedAhead(q, best)
      :: else
      fi;
      inVain[q] = (linked[q] && disputed[q] != 0 && best >= disputed[q] -> 1 : inVain[q])
    :: else
    fi;
    undecided(q)
  :: i != BLOCK && best <= height && kind != FORGED ->
    /* A block that is here already settles what was disputed about it; it proves nothing above the local height. */
    if
    :: claimed[q] > 0 && claimed[q] <= height -> prove(q, best)
    :: claimed[q] > height && claim[q] == REFUTED && best >= disputed[q] -> settleDispute(q)
    :: else
    fi;
    undecided(q)
  :: i != BLOCK && best <= height && kind == FORGED -> refute(q, best, i != BLOCK)
  fi
}

/*
 * No block: "I do not have it" always speaks against the claim (SYNC-5); silence when it is about the head or
 * above and the claim was never tested, or when only the claim was asked about (META-7).
 */
inline gaveNothing(q, absent) {
  i = asked[q];
  best = askedFor[q];
#ifdef BUG_LEAKED_SLOT
  if
  :: absent -> closeRequest(q)
  :: else -> endRequest(q)
  fi;
#else
  closeRequest(q);
#endif
#ifdef BUG_CHARGED_TIMEOUT
  if
  :: !absent -> charge(q)
  :: else
  fi;
#endif
#ifdef BUG_IGNORED_ABSENT
  speaks = !absent;
#else
  speaks = 1;
#endif
  if
  :: speaks && (absent || (best < HEAD && i == PROBE) ||
      (best >= HEAD && (best == HEAD || i != BLOCK || claim[q] != CREDIBLE))) -> refute(q, best, i != BLOCK)
  :: else ->
    if
    :: i != BLOCK -> undecided(q)
    :: else
    fi
  fi;
  if
  :: i == BLOCK && AWAITED(q, best) -> release(best, q)
  :: else
  fi
}

/* SYNC-1: may this peer be asked for this height? */
#ifdef BUG_UNCLAIMED
#define MAY_GIVE(q, at) (COUNTS(q) && !cooling[q] && !busy[q])
#else
#define MAY_GIVE(q, at) (COUNTS(q) && !cooling[q] && !busy[q] && claimed[q] >= at)
#endif
#define FRESH(q, at) (MAY_GIVE(q, at) && !(failed[at] & BIT(q)))

/* Any eligible peer: the quicker one, which is either; one that failed this height only when there is no other. */
inline choose(at) {
  if
  :: FRESH(quick, at) -> best = quick
  :: !FRESH(quick, at) && FRESH(1 - quick, at) -> best = 1 - quick
  :: !FRESH(quick, at) && !FRESH(1 - quick, at) && MAY_GIVE(quick, at) -> best = quick
  :: !FRESH(quick, at) && !FRESH(1 - quick, at) && !MAY_GIVE(quick, at) && MAY_GIVE(1 - quick, at) -> best = 1 - quick
  :: else -> best = 2
  fi
}

/* SYNC-2: the lowest missing heights first, within a window of two above the local height. */
inline askForBlocks() {
  i = HEAD;
  do
  :: i <= LIE && i <= NEXT + 1 ->
    if
    :: stage[i] == UNTOUCHED || stage[i] == WANTED ->
      measureRoom();
      choose(i);
      if
      :: best == 2 || (i > NEXT && room == 0) -> break
      :: else ->
        ask(best, i, BLOCK);
        stage[i] = REQUESTED;
        owner[i] = best + 1
      fi
    :: else
    fi;
    i++
  :: else -> break
  od
}

/* META-10: in Synced and Pacemaker, who claims more and was not tested is asked for the next block. */
inline askForEvidence() {
  if
  :: NEXT <= LIE && !HELD(NEXT) ->
    if
    :: claim[HONEST] == UNTESTED && MAY_GIVE(HONEST, NEXT) -> ask(HONEST, NEXT, TEST)
    :: else
    fi;
    if
    :: claim[LIAR] == UNTESTED && MAY_GIVE(LIAR, NEXT) -> ask(LIAR, NEXT, TEST)
    :: else
    fi
  :: else
  fi
}

/* ---- The host's work: verified ahead, applied in order, committed in order, side by side (SYNC-2, OPT-1) ---- */

#define TAKES_BLOCKS (mode >= BOOTSTRAPPED)
#define EXECUTING (undoing || (HEAD <= LIE && stage[HEAD] == APPLYING))
#define STORING (NEXT <= LIE && stage[NEXT] == COMMITTING)

inline beginWork() {
  if
  :: TAKES_BLOCKS && HEAD <= LIE && (stage[HEAD] == WANTED || stage[HEAD] == UNTOUCHED) -> takeSpare()
  :: else
  fi;
  if
#ifdef BUG_UNDONE_LATER
  :: spoilt && !EXECUTING && !(HEAD <= LIE && HELD(HEAD)) -> undoing = 1
#else
  :: spoilt && !EXECUTING -> undoing = 1
#endif
  :: else
  fi;
  if
  :: TAKES_BLOCKS ->
#ifdef BUG_COMMITTED_AHEAD
    if
    :: NEXT <= LIE && stage[NEXT] == VERIFIED -> stage[NEXT] = COMMITTING
    :: else
    fi;
#endif
    if
#ifdef BUG_UNDONE_LATER
    :: HEAD <= LIE && stage[HEAD] == VERIFIED && !EXECUTING -> stage[HEAD] = APPLYING
#else
    :: HEAD <= LIE && stage[HEAD] == VERIFIED && !spoilt && !EXECUTING -> stage[HEAD] = APPLYING
#endif
#ifdef BUG_SKIPPED_VERIFICATION
    :: HEAD <= LIE && stage[HEAD] == RECEIVED && !spoilt && !EXECUTING -> stage[HEAD] = APPLYING
#endif
    :: else
    fi;
    if
    :: NEXT <= LIE && stage[NEXT] == APPLIED -> stage[NEXT] = COMMITTING
    :: else
    fi;
    beginChecks()
  :: else
  fi
}

/* The block at the head first, whatever came of it before; then the lowest that is here and can be judged ahead. */
inline beginChecks() {
  k = 0;
  do
  :: k < VERIFIERS ->
    if
    :: checking[k] == 0 ->
      h = HEAD;
      speaks = !spoilt && !EXECUTING && h <= LIE && stage[h] == RECEIVED;
      if
      :: speaks
      :: else ->
        h = NEXT;
        do
        :: h <= LIE && !(stage[h] == RECEIVED && !waits[h]) -> h++
        :: else -> break
        od
      fi;
      if
      :: h <= LIE ->
        checking[k] = h;
        inTurn[k] = speaks;
        ours[k] = 1;
        stage[h] = VERIFYING;
        waits[h] = 0
      :: else
      fi
    :: else
    fi;
    k++
  :: else -> break
  od
}

/* That verdict is told: the others move up. */
inline endCheck(n) {
  k = n;
  do
  :: k < VERIFIERS - 1 ->
    checking[k] = checking[k + 1];
    inTurn[k] = inTurn[k + 1];
    ours[k] = ours[k + 1];
    k++
  :: else -> break
  od;
  checking[VERIFIERS - 1] = 0;
  inTurn[VERIFIERS - 1] = 0;
  ours[VERIFIERS - 1] = 0
}

/*
 * APPLY-1: evidence of the sender's claim if certified in its turn; else charged to the sender, and its claim refuted.
 * Ahead of its turn it may be that nothing can be said yet.
 */
inline verified(n, isUndecided) {
  i = checking[n];
  speaks = inTurn[n];
  known = ours[n];
  endCheck(n);
  if
  :: known ->
    best = owner[i] - 1;
    if
    :: isUndecided ->
      stage[i] = RECEIVED;
      waits[i] = 1
    :: !isUndecided && truth[i] == FORGED ->
      charge(best);
      refute(best, i, 0);
      release(i, best)
    :: else ->
      stage[i] = VERIFIED;
      exact[i] = speaks;
      if
      :: speaks -> prove(best, i)
      :: else -> certifiedAhead(best, i)
      fi
    fi
  :: else
  fi
}

/*
 * APPLY-2: another state hash than the header's: rolled back, charged to the sender, asked of somebody else. Outdated:
 * the validator set is another than it was verified with, so that it and what was verified ahead is verified again.
 */
inline executed(isOutdated) {
  best = owner[HEAD] - 1;
  if
  :: undoing ->
    undoing = 0;
    spoilt = 0
  :: !undoing && isOutdated ->
    stage[HEAD] = RECEIVED;
    h = HEAD + 1;
    do
    :: h <= LIE ->
      stage[h] = (stage[h] == VERIFIED -> RECEIVED : stage[h]);
      waits[h] = 0;
      h++
    :: else -> break
    od
#ifndef BUG_NO_ROLLBACK
  :: !undoing && !isOutdated && truth[HEAD] == TAMPERED_WITH ->
    spoilt = 1;
    unapplied = 1;
    charge(best);
    release(HEAD, best)
#endif
  :: else ->
    /* Nothing is applied on top of what is to be undone. */
    assert(!spoilt);
    /* Whoever sent the very same has what was disputed. */
    if
    :: spareOwner != 0 && spareTruth == truth[HEAD] -> certifiedAhead(spareOwner - 1, HEAD)
    :: else
    fi;
    stage[HEAD] = APPLIED;
    applied++;
    spareOwner = 0;
    spareTruth = NO_BLOCK;
    unapplied = 0
  fi
}

/* SYNC-2, APPLY-1: the one place where the height grows: by one, by the block that the validators certified. */
inline committed() {
  best = owner[NEXT] - 1;
  assert(truth[NEXT] == GENUINE);
  assert(NEXT <= TOP);
  assert(applied >= NEXT);
  h = NEXT;
  height = h;
  forget(h);
  if
  :: linked[best] -> deserted[best] = 0
  :: else
  fi;
  prove(best, h)
}

/* ---- Modes ---- */

/* META-6: what the claims that count add up to; in Synced and Pacemaker only tested ones speak of more (META-10). */
inline judge() {
  ahead = 0;
  known = 0;
  p = 0;
  do
  :: p < 2 ->
    if
    :: COUNTS(p) ->
      known++;
#ifndef BUG_TRUSTED_WORD
      if
      :: (claim[p] == CREDIBLE || !SETTLED) && claimed[p] > ahead -> ahead = claimed[p]
      :: else
      fi
#else
      ahead = (claimed[p] > ahead -> claimed[p] : ahead)
#endif
    :: else
    fi;
    p++
  :: else -> break
  od
}

/* MODE-3, META-8: nothing that counts is ahead, and somebody said so. */
inline checkSynced() {
  assert(COUNTS(HONEST) || COUNTS(LIAR));
  assert(!COUNTS(HONEST) || claimed[HONEST] <= height);
  assert(!COUNTS(LIAR) || claimed[LIAR] <= height)
}

/* MODE-4, META-10: only evidence leads out of Synced: somebody who claims more has shown a certified block. */
inline checkEvidence() {
  assert((linked[HONEST] && claim[HONEST] == CREDIBLE && claimed[HONEST] > height) ||
    (linked[LIAR] && claim[LIAR] == CREDIBLE && claimed[LIAR] > height))
}

/* MODE-7: Sync is over; all is let go but what the executor has begun and a block at the head that is here. */
inline closeWindow() {
  h = NEXT;
  do
  :: h <= LIE ->
    if
    :: stage[h] >= APPLYING || (h == HEAD && HELD(h))
    :: else ->
      k = 0;
      do
      :: k < VERIFIERS ->
        ours[k] = (checking[k] == h -> 0 : ours[k]);
        k++
      :: else -> break
      od;
      forget(h)
    fi;
    h++
  :: else -> break
  od
}

#ifdef BUG_EARLY_SYNCED
#define REACH (height + 1)
#else
#define REACH height
#endif

inline settle() {
  judge();
  if
  :: SETTLED ->
    if
    :: ahead > applied + (HEAD <= LIE && CERTIFIED(HEAD) && exact[HEAD] -> 1 : 0) ->
      checkEvidence();
      mode = SYNC
    :: else -> mode = (validator -> PACEMAKER : SYNCED)
    fi
  :: mode == BOOTSTRAPPED || mode == SYNC ->
    if
    :: ahead > REACH || unapplied -> mode = SYNC
    :: ahead <= REACH && !unapplied && known > 0 ->
      checkSynced();
      if
      :: mode == SYNC -> closeWindow()
      :: else
      fi;
      mode = (validator -> PACEMAKER : SYNCED)
    :: else
    fi
  :: else
  fi
}

inline react() {
  beginWork();
  settle();
  if
  :: mode == SYNC -> askForBlocks()
  :: SETTLED -> askForEvidence()
  :: else
  fi
}

/* ---- Events ---- */

/* META-1 to META-5. */
inline told(q, max) {
  if
  :: max < claimed[q] ->
    assert(q != HONEST);
    if
    :: claim[q] == REFUTED -> claimed[q] = max
    :: else ->
      claim[q] = UNKNOWN;
      claimed[q] = 0
    fi
  :: else ->
    if
    :: claim[q] == UNKNOWN || (claim[q] == CREDIBLE && max > claimed[q]) -> claim[q] = UNTESTED
    :: else
    fi;
    claimed[q] = max
  fi
}

/*
 * META-7: the back-off is over. Asked for the lowest disputed block from the head on, for the head when that was in vain, or
 * for the last that it claims, if that can be judged by what is committed. Changes no mode.
 */
#define DISPUTED_AHEAD(q) (disputed[q] > HEAD && !inVain[q])
inline probe(q) {
  if
  :: claimed[q] < disputed[q] -> settleDispute(q)
  :: claimed[q] >= disputed[q] && !cooling[q] && !busy[q] && (claimed[q] <= height || claimed[q] >= HEAD) &&
    (!DISPUTED_AHEAD(q) || stage[disputed[q]] != UNTOUCHED) ->
    resting[q] = 0;
    best = (claimed[q] < HEAD -> claimed[q] : (DISPUTED_AHEAD(q) -> disputed[q] : HEAD));
    ask(q, best, PROBE)
  :: else
  fi
}

/* PEER-2: what it was asked for is asked of others. Leaving instead of answering refutes from the second time on. */
inline left(q) {
  if
  :: asked[q] != NOTHING && askedFor[q] == HEAD ->
    if
    :: deserted[q] -> refute(q, HEAD, 0)
    :: else
    fi;
    deserted[q] = 1
  :: else
  fi;
  i = asked[q];
  best = askedFor[q];
  closeRequest(q);
  if
  :: i == BLOCK && AWAITED(q, best) -> release(best, q)
  :: else
  fi;
  linked[q] = 0;
  claimed[q] = 0;
  if
  :: claim[q] == REFUTED -> resting[q] = 1
  :: else -> claim[q] = UNKNOWN
  fi
}

/* APPLY-4: all is lost but what was committed; a commit under way is done or not, nothing between. */
inline crash(done) {
  assert(!done || truth[NEXT] == GENUINE);
  height = (done -> NEXT : height);
  applied = height;
  k = 0;
  do
  :: k < VERIFIERS ->
    checking[k] = 0;
    inTurn[k] = 0;
    ours[k] = 0;
    k++
  :: else -> break
  od;
  h = 0;
  do
  :: h < HEIGHTS ->
    forget(h);
    h++
  :: else -> break
  od;
  p = 0;
  do
  :: p < 2 ->
    closeRequest(p);
    linked[p] = 0;
    claim[p] = UNKNOWN;
    claimed[p] = 0;
    disputed[p] = 0;
    resting[p] = 0;
    inVain[p] = 0;
    cooling[p] = 0;
    deserted[p] = 0;
    p++
  :: else -> break
  od;
  mode = STOPPED;
  spoilt = 0;
  undoing = 0;
  unapplied = 0;
  spareOwner = 0;
  spareTruth = NO_BLOCK;
  crashes++
}

#define RUNNING (mode >= BOOTSTRAPPING)

/* Which of two eligible peers is the quicker is not the protocol's business: either. */
inline race() {
  if
  :: quick = 0
  :: quick = 1
  fi
}

/* The host starts the node, tells validator status, and may crash. */
active proctype Node() {
end:
  atomic {
    if
    :: mode == STOPPED -> did = START
    :: mode == BOOTSTRAPPING -> did = BOOTSTRAP
#ifdef VALIDATOR
    :: mode != STOPPED -> did = TURN_VALIDATOR
#endif
#if CRASHES > 0
    :: mode != STOPPED && crashes < CRASHES -> did = CRASH
    :: mode != STOPPED && crashes < CRASHES && STORING -> did = CRASH_COMMITTED
#endif
    fi;
    race();
    d_step {
      begin();
      if
      :: did == START -> mode = BOOTSTRAPPING
      :: did == BOOTSTRAP -> mode = BOOTSTRAPPED
      :: did == TURN_VALIDATOR -> validator = 1 - validator
      :: did == CRASH -> crash(0)
      :: did == CRASH_COMMITTED -> crash(1)
      fi;
      react();
      finish()
    }
  };
  goto end
}

/* Ahead of its turn a forged block may, or may not, be one that is good under no validator set. */
inline verify(n) {
  atomic {
    if
    :: checking[n] != 0 -> what = 0
    :: checking[n] != 0 && ours[n] && !inTurn[n] && truth[checking[n]] == FORGED -> what = 1
#ifdef ROTATES
    :: checking[n] != 0 && ours[n] && !inTurn[n] && truth[checking[n]] != FORGED -> what = 1
#endif
    fi;
    did = VERIFIED_BY;
    by = n;
    race();
    d_step {
      begin();
      verified(n, what);
      react();
      finish()
    }
  }
}

active proctype Verifier() {
end:
  verify(0);
  goto end
}
#if VERIFIERS > 1
active proctype SecondVerifier() {
end:
  verify(1);
  goto end
}
#endif

active proctype Executor() {
end:
  atomic {
    if
    :: EXECUTING -> what = 0
#ifdef ROTATES
    :: EXECUTING && !undoing && !exact[HEAD] -> what = 1
#endif
    fi;
    did = EXECUTED;
    race();
    d_step {
      begin();
      executed(what);
      react();
      finish()
    }
  };
  goto end
}

active proctype Store() {
end:
  atomic {
    STORING -> did = COMMITTED;
    race();
    d_step {
      begin();
      committed();
      react();
      finish()
    }
  };
  goto end
}

/* Has every block up to TOP, of which it may have said less at first; answers with what it was asked for. */
active proctype Honest() {
end:
  atomic {
    if
    :: RUNNING && !linked[HONEST] -> did = CONNECT
    :: linked[HONEST] && claimed[HONEST] < TOP -> did = TELL; what = TOP
    :: linked[HONEST] && claimed[HONEST] < TOP - 1 -> did = TELL; what = TOP - 1
    :: asked[HONEST] != NOTHING -> did = ANSWER; what = GENUINE
    fi;
    race();
    d_step {
      begin();
      if
      :: did == CONNECT -> linked[HONEST] = 1
      :: did == TELL -> told(HONEST, what)
      :: did == ANSWER -> answered(HONEST, what)
      fi;
      react();
      finish()
    }
  };
  goto end
}

/* Says and does what it likes, or nothing: it has no fairness to keep. It can forge no certificate. */
active proctype Liar() {
end:
  atomic {
    if
    :: RUNNING && !linked[LIAR] -> did = CONNECT
    :: linked[LIAR] && claimed[LIAR] < LIE -> did = TELL; what = LIE
    :: linked[LIAR] && claimed[LIAR] < TOP -> did = TELL; what = TOP
#ifdef SHRINKS
    :: linked[LIAR] && claimed[LIAR] > TOP -> did = TELL; what = TOP
#endif
    :: asked[LIAR] != NOTHING && askedFor[LIAR] <= TOP -> did = ANSWER; what = GENUINE
    :: asked[LIAR] != NOTHING -> did = ANSWER; what = FORGED
#ifdef TAMPERED
    :: asked[LIAR] != NOTHING && askedFor[LIAR] <= TOP -> did = ANSWER; what = TAMPERED_WITH
#endif
    :: asked[LIAR] != NOTHING -> did = ABSENT
#ifdef LEAVES
    :: linked[LIAR] -> did = LEAVE
#endif
#ifdef LIVENESS
    :: did = IDLE
#endif
    fi;
    by = LIAR;
    race();
    d_step {
      begin();
      if
      :: did == CONNECT -> linked[LIAR] = 1
      :: did == TELL -> told(LIAR, what)
      :: did == ANSWER -> answered(LIAR, what)
      :: did == ABSENT -> gaveNothing(LIAR, 1)
      :: did == LEAVE -> left(LIAR)
#ifdef LIVENESS
      :: did == IDLE
#endif
      fi;
      react();
      finish()
    }
  };
  goto end
}

/*
 * SYNC-4: a request may time out whenever it is out. Under fairness it must when it is never answered: it grows old first,
 * so that fairness does not end the requests of a peer that answers each of them, if only with "I do not have it".
 */
inline losePatience(q, mayWait) {
  atomic {
#ifdef LIVENESS
    if
    :: asked[q] != NOTHING && mayWait && !old[q] -> did = GROW_OLD
    :: asked[q] != NOTHING && mayWait && old[q] -> did = TIMEOUT
    fi;
#else
    asked[q] != NOTHING && mayWait -> did = TIMEOUT;
#endif
#ifdef PATIENCE
    lost = lost + (q == HONEST && did == TIMEOUT -> 1 : 0);
#endif
    by = q;
    race();
    d_step {
      begin();
      if
#ifdef LIVENESS
      :: did == GROW_OLD -> old[q] = 1
#endif
      :: did == TIMEOUT -> gaveNothing(q, 0)
      fi;
      react();
      finish()
    }
  }
}

#ifdef PATIENCE
#define MAY_LOSE (lost < PATIENCE)
#else
#define MAY_LOSE true
#endif
active proctype TimeoutOfHonest() {
end:
  losePatience(HONEST, MAY_LOSE);
  goto end
}
active proctype TimeoutOfLiar() {
end:
  losePatience(LIAR, true);
  goto end
}

/* META-7: a refuted claim may be probed whenever it rests. */
#ifdef BUG_NEVER_PROBED
#define PROBES false
#else
#define PROBES true
#endif
inline rest(q) {
  atomic {
    linked[q] && claim[q] == REFUTED && claimed[q] > 0 && resting[q] && PROBES -> did = PROBE_DUE;
    by = q;
    race();
    d_step {
      begin();
      probe(q);
      react();
      finish()
    }
  }
}

active proctype BackoffOfHonest() {
end:
  rest(HONEST);
  goto end
}
active proctype BackoffOfLiar() {
end:
  rest(LIAR);
  goto end
}

/* PEER-1: a cool-down may end whenever it runs. */
inline cool(q) {
  atomic {
    cooling[q] -> did = FORGIVE;
    by = q;
    race();
    d_step {
      begin();
      cooling[q] = 0;
      react();
      finish()
    }
  }
}

/* The honest peer never cools down: it is never charged. */
active proctype CooldownOfLiar() {
end:
  cool(LIAR);
  goto end
}

#ifdef LIVENESS
#define CAUGHT_UP (SETTLED && height == TOP)
/* SYNC-7, META-7: whatever the liar does, the node is at the chain's top and synced again and again ... */
ltl returns { []<> CAUGHT_UP }
/* META-10: ... and in the end for good: a word does not push it out. */
ltl stays { <>[] CAUGHT_UP }
/* SYNC-4: every request comes to an end. */
ltl slotsReturn { [](busy[HONEST] -> <> !busy[HONEST]) && [](busy[LIAR] -> <> !busy[LIAR]) }
/* APPLY-2: the host's work is never left lying. */
ltl workEnds {
  [](checking[0] != 0 -> <> (checking[0] == 0)) && [](undoing -> <> !undoing) &&
  [](EXECUTING && !undoing -> <> !(EXECUTING && !undoing)) && [](STORING -> <> !STORING)
}
#endif
