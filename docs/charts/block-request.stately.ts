// Written by docs/generate-charts.ts. For Stately's editor: Import from code.
import { createMachine } from 'xstate';

export const machine = createMachine({
  "id": "blockRequest",
  "initial": "wanted",
  "states": {
    "wanted": {
      "description": "Missing; to be asked of an eligible peer.",
      "meta": {
        "clauses": [
          "SYNC-1"
        ]
      },
      "on": {
        "Requested": {
          "target": "requested",
          "description": "An eligible peer is asked.",
          "meta": {
            "clauses": [
              "SYNC-1"
            ]
          }
        },
        "Received": {
          "target": "received",
          "description": "It came unasked-for in time: announced, or as a late answer.",
          "meta": {
            "clauses": [
              "SYNC-4",
              "LIVE-1"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "requested": {
      "description": "A peer was asked and has not answered yet.",
      "meta": {
        "clauses": [
          "SYNC-2",
          "SYNC-4"
        ]
      },
      "tags": [
        "inFlight"
      ],
      "on": {
        "Received": {
          "target": "received",
          "description": "The answer is here.",
          "meta": {
            "clauses": [
              "SYNC-3"
            ]
          }
        },
        "TimedOut": {
          "target": "wanted",
          "description": "No answer in time: asked of another peer.",
          "meta": {
            "clauses": [
              "SYNC-4"
            ]
          }
        },
        "NotAvailable": {
          "target": "wanted",
          "description": "The peer does not have it: asked of another peer at once.",
          "meta": {
            "clauses": [
              "SYNC-5"
            ]
          }
        },
        "SendFailed": {
          "target": "wanted",
          "description": "The request could not be sent.",
          "meta": {
            "clauses": [
              "SYNC-4"
            ]
          }
        },
        "PeerLost": {
          "target": "wanted",
          "description": "The peer is gone: asked of another peer at once.",
          "meta": {
            "clauses": [
              "PEER-2"
            ]
          }
        },
        "Refused": {
          "target": "wanted",
          "description": "The answer is not what was asked for.",
          "meta": {
            "clauses": [
              "SYNC-6"
            ]
          }
        },
        "Shortened": {
          "target": "wanted",
          "description": "The answer ended before it: asked for again.",
          "meta": {
            "clauses": [
              "CHUNK-1"
            ]
          }
        },
        "NoRoom": {
          "target": "wanted",
          "description": "The block is larger than the room that was kept for it: asked for again.",
          "meta": {
            "clauses": [
              "SYNC-3"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "received": {
      "description": "Buffered, not yet checked.",
      "meta": {
        "clauses": [
          "SYNC-3"
        ]
      },
      "tags": [
        "held"
      ],
      "on": {
        "VerificationStarted": {
          "target": "verifying",
          "description": "A verifier is free: its certificate is checked.",
          "meta": {
            "clauses": [
              "APPLY-1",
              "OPT-1"
            ]
          }
        },
        "Distrusted": {
          "target": "wanted",
          "description": "Its sender was banned before it was checked: asked of another peer.",
          "meta": {
            "clauses": [
              "PEER-1"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "verifying": {
      "description": "Its certificate is being checked.",
      "meta": {
        "clauses": [
          "APPLY-1"
        ]
      },
      "tags": [
        "held",
        "inWork"
      ],
      "on": {
        "Certified": {
          "target": "verified",
          "description": "Certificate and hashes hold under the validator set as it is now.",
          "meta": {
            "clauses": [
              "APPLY-1"
            ]
          }
        },
        "Refused": {
          "target": "wanted",
          "description": "It must not be applied: asked of another peer, the sender charged.",
          "meta": {
            "clauses": [
              "APPLY-1",
              "APPLY-3"
            ]
          }
        },
        "Postponed": {
          "target": "received",
          "description": "It cannot be judged before the blocks below it are applied.",
          "meta": {
            "clauses": [
              "APPLY-1"
            ]
          }
        },
        "HostFailed": {
          "target": "received",
          "description": "The verifier failed: tried again later.",
          "meta": {
            "clauses": [
              "APPLY-5"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "verified": {
      "description": "Good to be applied.",
      "meta": {
        "clauses": [
          "APPLY-1"
        ]
      },
      "tags": [
        "held",
        "certified"
      ],
      "on": {
        "ApplyStarted": {
          "target": "applying",
          "description": "It is next in line: the executor runs its transactions.",
          "meta": {
            "clauses": [
              "APPLY-2"
            ]
          }
        },
        "Outdated": {
          "target": "received",
          "description": "It was checked ahead of its turn, and no longer holds: checked again.",
          "meta": {
            "clauses": [
              "APPLY-1"
            ]
          }
        },
        "Mislinked": {
          "target": "wanted",
          "description": "Certified, but not on top of the local chain: asked of another peer.",
          "meta": {
            "clauses": [
              "APPLY-1",
              "APPLY-3"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "applying": {
      "description": "Its transactions are being executed.",
      "meta": {
        "clauses": [
          "APPLY-2"
        ]
      },
      "tags": [
        "held",
        "certified",
        "begun",
        "inWork"
      ],
      "on": {
        "StateHashMatched": {
          "target": "applied",
          "description": "The state hash is the one the header names.",
          "meta": {
            "clauses": [
              "APPLY-2"
            ]
          }
        },
        "InvalidStateHash": {
          "target": "wanted",
          "description": "Wrong state hash: rolled back and asked of another peer.",
          "meta": {
            "clauses": [
              "APPLY-2"
            ]
          }
        },
        "Postponed": {
          "target": "verified",
          "description": "A block below it was not applied: it waits for its turn.",
          "meta": {
            "clauses": [
              "APPLY-2"
            ]
          }
        },
        "Outdated": {
          "target": "received",
          "description": "The validator set is another than it was checked with: checked again.",
          "meta": {
            "clauses": [
              "APPLY-1"
            ]
          }
        },
        "Undone": {
          "target": "verified",
          "description": "Consensus decided a height below: to be applied on top of that.",
          "meta": {
            "clauses": [
              "MODE-10"
            ]
          }
        },
        "HostFailed": {
          "target": "verified",
          "description": "The executor failed: tried again later.",
          "meta": {
            "clauses": [
              "APPLY-5"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "applied": {
      "description": "Executed with the right state hash, not durable yet.",
      "meta": {
        "clauses": [
          "APPLY-4"
        ]
      },
      "tags": [
        "held",
        "certified",
        "begun"
      ],
      "on": {
        "CommitStarted": {
          "target": "committing",
          "description": "Block and state are written together.",
          "meta": {
            "clauses": [
              "APPLY-4"
            ]
          }
        },
        "Undone": {
          "target": "verified",
          "description": "Consensus decided a height below: to be applied on top of that.",
          "meta": {
            "clauses": [
              "MODE-10"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "committing": {
      "description": "Block and state are being written.",
      "meta": {
        "clauses": [
          "APPLY-4"
        ]
      },
      "tags": [
        "held",
        "certified",
        "begun",
        "inWork"
      ],
      "on": {
        "Committed": {
          "target": "committed",
          "description": "Durable: the local height has grown.",
          "meta": {
            "clauses": [
              "SYNC-2"
            ]
          }
        },
        "HostFailed": {
          "target": "applied",
          "description": "The store failed: tried again later.",
          "meta": {
            "clauses": [
              "APPLY-5"
            ]
          }
        },
        "Dropped": {
          "target": "dropped",
          "description": "The height is not needed any more.",
          "meta": {
            "clauses": [
              "MODE-7",
              "MODE-10"
            ]
          }
        }
      }
    },
    "committed": {
      "description": "Part of the local chain.",
      "meta": {
        "clauses": [
          "SYNC-2"
        ]
      },
      "tags": [
        "over"
      ],
      "type": "final"
    },
    "dropped": {
      "description": "Not needed any more: consensus decided the height itself, or Sync ended below it.",
      "meta": {
        "clauses": [
          "MODE-7",
          "MODE-10"
        ]
      },
      "tags": [
        "over"
      ],
      "type": "final"
    }
  }
});
