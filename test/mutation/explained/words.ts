import { FOR_THE_TYPE, linesOf, TEXT } from './line.ts';

const initialFacts = linesOf('src/core/initial-facts.ts');
const facts = linesOf('src/core/facts.ts');
const map = linesOf('src/core/ordered-map.ts');
const why = linesOf('src/core/why.ts');

export const OTHER_SURVIVORS = [
  facts(
    'shortcut: a reach that is the same is made anew',
    'if (a.minHeight === minHeight && a.maxHeight === maxHeight) return a;',
  ),
  facts('as above', 'return b.minHeight === minHeight && b.maxHeight === maxHeight ? b : { minHeight, maxHeight };'),
  initialFacts(
    'same outcome: measured from when Sync begins, which sets it anew, and not read before',
    'since: { at: 0, height: local.maxHeight, target: local.maxHeight },',
  ),
  initialFacts(TEXT, 'const range = `${String(minHeight)}..${String(maxHeight)}`;'),
  initialFacts(
    TEXT,
    "throw new StateSyncError('CONFIG_INVALID', `local heights ${range} are neither 0..0 nor a range from 1 on`);",
  ),

  map(
    'same outcome: no two keys of a test have the same priority, which is a hash of theirs; and then only the shape would differ',
    'return a.priority > b.priority || (a.priority === b.priority && compareKeys(a.key, b.key) < 0);',
  ),
  map(FOR_THE_TYPE, 'while (node !== null || path.length > 0) {'),
  map(FOR_THE_TYPE, 'if (next === undefined) return;'),
  map('same outcome: the equal key is met before', 'if (order < 0) {'),
  map('same outcome: the equal key is met before', 'node = order < 0 ? node.left : node.right;'),
  map(
    'a hash: another one would do, as long as it is always the same',
    'const fraction = Math.floor((part - Math.floor(part)) * 0x1_0000_0000) | 0;',
  ),
  map(
    'same outcome: equal texts are told apart before; and any order will do, as long as it is one',
    "if (typeof a === 'string') return a === b ? 0 : a < (b as string) ? -1 : 1;",
  ),
  map('same outcome: past the end both are undefined, and equal', 'for (let i = 0; i < a.length; i++) {'),
  map('same outcome: the two are known to differ there', 'if (mine !== theirs) return mine < theirs ? -1 : 1;'),

  why(
    FOR_THE_TYPE,
    "lastErrorCode: code === 'HOST_FAULT' ? (facts.host.fault?.code ?? null) : (trouble?.code ?? null),",
  ),
  why(
    'which words are found, when exactly as many claims are tested as are not',
    "if (maps.claims.size(peers.untested) + maps.claims.size(peers.tested) > 0) return 'NEXT_HEIGHT_PRUNED';",
  ),
  why(
    'which words are found, when exactly as many probes are due as are to come',
    'const waiting = maps.byTime.size(peers.probes) + maps.probesDue.size(peers.probesDue);',
  ),
  why(
    'same outcome: with enough peers the standing is never unknown',
    "if (standing(facts) === 'unknown' && aggregate.peers < config.minPeers) return 'TOO_FEW_PEERS';",
  ),
  why(FOR_THE_TYPE, "HOST_FAULT: ` ${host.fault?.message ?? ''}`,"),
  why(
    'which words are found, for a peer that is back, is refuted and has not claimed anything yet',
    "return askedPeers(facts).some((peer) => peer.claim !== null && peerIs(peer, 'claimRefuted'));",
  ),
  why(
    'same outcome: who has a slot free is asked in the same event',
    'if (bestPeer(facts, next, []) !== null) return true;',
  ),
  why(
    'same outcome: the caller takes at least 0 anyway',
    '(first, time) => lower(first, time !== null && time < clock.now ? clock.now : time),',
  ),
] as const;
