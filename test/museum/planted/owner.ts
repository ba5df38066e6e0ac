import type { Bug } from '../bug.ts';

/** In what the owner of a node asks of it, and is told by it. */
export const PLANTED_FOR_OWNERS: readonly Bug[] = [
  {
    id: 'server-other-way',
    title: 'server mode is turned on where it is to be turned off',
    changes: [
      {
        file: 'src/node/state-sync-node.ts',
        find: "enabled ? 'Server_Enable' : 'Server_Disable'",
        replace: "enabled ? 'Server_Disable' : 'Server_Enable'",
      },
    ],
    stage: 'network',
    breaks: ['host-does-what-its-owner-asks'],
  },
  {
    id: 'sync-request-lost',
    title: 'startSyncing() does nothing',
    changes: [
      {
        file: 'src/node/state-sync-node.ts',
        find: "    this.#dispatch({ type: 'syncRequested' });\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['host-does-what-its-owner-asks'],
  },
  {
    id: 'serves-when-off',
    title: 'who asks what this node has is told so in spite of server mode being off',
    changes: [
      {
        file: 'src/core/serve.ts',
        find: "  if (!inMode(turn, 'serving')) return drop(turn, id, 'SERVER_DISABLED');\n",
        replace: '',
      },
    ],
    stage: 'network',
    breaks: ['off-serves-nobody'],
  },
  {
    id: 'blocks-when-off',
    title: 'who asks for blocks is served them in spite of server mode being off',
    changes: [
      {
        file: 'src/core/serve.ts',
        find: '  const peer = admit(turn, event.peer);\n  if (peer === null) return;\n',
        replace:
          "  const peer = inMode(turn, 'serving') ? admit(turn, event.peer) : (connectedPeer(turn, event.peer) ?? null);\n  if (peer === null) return;\n",
      },
    ],
    stage: 'network',
    breaks: ['off-serves-nobody'],
  },
  {
    id: 'status-target-zero',
    title: 'a target that is not known is told as height 0',
    changes: [
      {
        file: 'src/node/status.ts',
        find: 'target: aggregate?.maxHeight ?? null,',
        replace: 'target: aggregate?.maxHeight ?? 0,',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'status-forgiven-by-probe',
    title: 'the end of a ban is told to be the time of the next probe',
    changes: [
      {
        file: 'src/node/status.ts',
        find: 'forgivenInMs: untilMs(peer.conductUntil, now),',
        replace: 'forgivenInMs: untilMs(peer.probeAt, now),',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'status-offences-once',
    title: 'a peer that was charged often is told to have been charged once',
    changes: [
      {
        file: 'src/node/offence-log.ts',
        find: '(this.#byPeer.get(peer)?.count ?? 0) + 1',
        replace: '1',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'status-served-twice',
    title: 'the bytes of a part are counted again with the next part',
    changes: [{ file: 'src/node/serving.ts', find: '      partBytes = 0;\n', replace: '' }],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'status-eta-backwards',
    title: 'the time to go is negative where the target grows faster',
    changes: [{ file: 'src/node/progress.ts', find: 'return gain > 0 ? ', replace: 'return gain !== 0 ? ' }],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'synced-by-mode',
    title: 'whenSynced() goes by changes of the mode: a settled node that had lost its peers is never synced again',
    changes: [
      {
        file: 'src/node/state-sync-node.ts',
        find: 'if (this.#awaitingSynced.isAny && isSynced(state))',
        replace: 'if (effects.some(({ type }) => type === "modeChanged") && isSynced(state))',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'speed-of-all-time',
    title: 'the speed that is told is that since the node began, not that of the last seconds',
    changes: [
      {
        file: 'src/node/progress.ts',
        find: 'while (this.#kept.length > 2 && now',
        replace: 'while (this.#kept.length > 2_000_000 && now',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'speed-before-leap',
    title: 'after the clock was set back, the speed is that of the time that it has yet to show again',
    changes: [{ file: 'src/node/progress.ts', find: 'if (isNew || now < this.#latest.at)', replace: 'if (isNew)' }],
    stage: 'network',
    breaks: ['host-tells-its-status-truly'],
  },
  {
    id: 'room-not-told',
    title: 'how many bytes a peer has room for is not passed on',
    changes: [
      {
        file: 'src/node/messages.ts',
        find: 'const room = bytesMax === undefined ? {} : { bytesMax };',
        replace: 'const room = {};',
      },
    ],
    stage: 'network',
    breaks: ['host-tells-what-ports-tell'],
  },
];
