// Written by docs/generate-charts.ts. For Stately's editor: Import from code.
import { createMachine } from 'xstate';

export const machine = createMachine({
  "id": "operationMode",
  "type": "parallel",
  "states": {
    "mode": {
      "initial": "Stopped",
      "states": {
        "Stopped": {
          "description": "The node does nothing.",
          "meta": {
            "clauses": [
              "MODE-1"
            ]
          },
          "on": {
            "Start": {
              "target": "P2P_Bootstrapping",
              "description": "The host starts the node.",
              "meta": {
                "clauses": [
                  "MODE-1"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "P2P_Bootstrapping": {
          "description": "The node looks for its first peers.",
          "meta": {
            "clauses": [
              "MODE-1"
            ]
          },
          "tags": [
            "running"
          ],
          "on": {
            "P2P_IsBootstrapped": {
              "target": "P2P_Bootstrapped",
              "description": "The transport has its first peers.",
              "meta": {
                "clauses": [
                  "MODE-1"
                ]
              },
              "actions": "reduce"
            },
            "Stop": {
              "target": "Stopped",
              "description": "The host stops the node.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "P2P_Bootstrapped": {
          "description": "The node has peers and waits for the first metadata.",
          "meta": {
            "clauses": [
              "MODE-6"
            ]
          },
          "tags": [
            "running",
            "takesBlocks"
          ],
          "on": {
            "Consensus_IsUnsynced": {
              "target": "Consensus_Unsynced",
              "description": "Peers have blocks that this node lacks.",
              "meta": {
                "clauses": [
                  "MODE-6",
                  "MODE-2"
                ]
              },
              "actions": "reduce"
            },
            "Consensus_IsSyncedNonValidator": {
              "target": "Consensus_Synced",
              "description": "The first metadata shows no gap.",
              "meta": {
                "clauses": [
                  "MODE-6"
                ]
              },
              "actions": "reduce"
            },
            "Consensus_IsSyncedValidator": {
              "target": "Consensus_Pacemaker",
              "description": "The first metadata shows no gap, and the node is an active validator.",
              "meta": {
                "clauses": [
                  "MODE-6"
                ]
              },
              "actions": "reduce"
            },
            "Stop": {
              "target": "Stopped",
              "description": "The host stops the node.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "Consensus_Unsynced": {
          "description": "The node knows that it is behind.",
          "meta": {
            "clauses": [
              "MODE-2"
            ]
          },
          "tags": [
            "running",
            "takesBlocks"
          ],
          "on": {
            "Consensus_IsSyncing": {
              "target": "Consensus_SyncMode",
              "description": "Being behind, the node starts to catch up at once.",
              "meta": {
                "clauses": [
                  "MODE-2"
                ]
              },
              "actions": "reduce"
            },
            "Stop": {
              "target": "Stopped",
              "description": "The host stops the node.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "Consensus_SyncMode": {
          "description": "The node fetches, applies and commits blocks until nothing is missing.",
          "meta": {
            "clauses": [
              "MODE-3",
              "MODE-7",
              "SYNC-1"
            ]
          },
          "tags": [
            "running",
            "takesBlocks",
            "asksForBlocks"
          ],
          "on": {
            "Consensus_IsSyncedNonValidator": {
              "target": "Consensus_Synced",
              "description": "Nothing is missing any more.",
              "meta": {
                "clauses": [
                  "MODE-3"
                ]
              },
              "actions": "reduce"
            },
            "Consensus_IsSyncedValidator": {
              "target": "Consensus_Pacemaker",
              "description": "Nothing is missing any more, and the node is an active validator.",
              "meta": {
                "clauses": [
                  "MODE-3"
                ]
              },
              "actions": "reduce"
            },
            "Stop": {
              "target": "Stopped",
              "description": "The host stops the node.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "Consensus_Synced": {
          "description": "The node is caught up and follows new blocks as they are announced.",
          "meta": {
            "clauses": [
              "MODE-3",
              "LIVE-1"
            ]
          },
          "tags": [
            "running",
            "takesBlocks",
            "settled"
          ],
          "on": {
            "Consensus_IsUnsynced": {
              "target": "Consensus_Unsynced",
              "description": "The node fell behind.",
              "meta": {
                "clauses": [
                  "MODE-4"
                ]
              },
              "actions": "reduce"
            },
            "Consensus_IsSyncedValidator": {
              "target": "Consensus_Pacemaker",
              "description": "The node became an active validator.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            },
            "Stop": {
              "target": "Stopped",
              "description": "The host stops the node.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "Consensus_Pacemaker": {
          "description": "The node is caught up and takes part in consensus, which the host runs (HotPOKT).",
          "meta": {
            "clauses": [
              "MODE-3",
              "MODE-10"
            ]
          },
          "tags": [
            "running",
            "takesBlocks",
            "settled",
            "runsConsensus"
          ],
          "on": {
            "Consensus_IsUnsynced": {
              "target": "Consensus_Unsynced",
              "description": "The node fell behind.",
              "meta": {
                "clauses": [
                  "MODE-4"
                ]
              },
              "actions": "reduce"
            },
            "Consensus_IsSyncedNonValidator": {
              "target": "Consensus_Synced",
              "description": "The node is no active validator any more.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            },
            "Stop": {
              "target": "Stopped",
              "description": "The host stops the node.",
              "meta": {
                "clauses": [
                  "MODE-5"
                ]
              },
              "actions": "reduce"
            }
          }
        }
      }
    },
    "server": {
      "initial": "Disabled",
      "states": {
        "Disabled": {
          "description": "Peers' requests are dropped and counted.",
          "meta": {
            "clauses": [
              "SERVE-1"
            ]
          },
          "on": {
            "Server_Enable": {
              "target": "Enabled",
              "description": "The host turns server mode on.",
              "meta": {
                "clauses": [
                  "SERVE-1"
                ]
              },
              "actions": "reduce"
            }
          }
        },
        "Enabled": {
          "description": "Peers' requests are answered, whatever the mode.",
          "meta": {
            "clauses": [
              "SERVE-1",
              "SERVE-2",
              "SERVE-3"
            ]
          },
          "tags": [
            "serving"
          ],
          "on": {
            "Server_Disable": {
              "target": "Disabled",
              "description": "The host turns server mode off.",
              "meta": {
                "clauses": [
                  "SERVE-1"
                ]
              },
              "actions": "reduce"
            }
          }
        }
      }
    }
  }
});
