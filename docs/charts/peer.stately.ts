// Written by docs/generate-charts.ts. For Stately's editor: Import from code.
import { createMachine } from 'xstate';

export const machine = createMachine({
  "id": "peer",
  "type": "parallel",
  "states": {
    "link": {
      "initial": "Disconnected",
      "states": {
        "Disconnected": {
          "description": "No connection; what it did is remembered.",
          "meta": {
            "clauses": [
              "PEER-2"
            ]
          },
          "on": {
            "Connected": {
              "target": "Connected",
              "description": "The transport has a connection to it.",
              "meta": {
                "clauses": [
                  "META-2"
                ]
              }
            }
          }
        },
        "Connected": {
          "description": "There is a connection to it.",
          "meta": {
            "clauses": [
              "META-2"
            ]
          },
          "tags": [
            "connected"
          ],
          "on": {
            "Disconnected": {
              "target": "Disconnected",
              "description": "The connection is gone; its requests are asked of others.",
              "meta": {
                "clauses": [
                  "PEER-2"
                ]
              }
            }
          }
        }
      }
    },
    "claim": {
      "initial": "Unknown",
      "states": {
        "Unknown": {
          "description": "It has not said what it holds.",
          "meta": {
            "clauses": [
              "META-8"
            ]
          },
          "on": {
            "ClaimMade": {
              "target": "Untested",
              "description": "It says what it holds.",
              "meta": {
                "clauses": [
                  "META-1"
                ]
              }
            }
          }
        },
        "Untested": {
          "description": "It said what it holds; nobody has tried it.",
          "meta": {
            "clauses": [
              "META-7",
              "META-10"
            ]
          },
          "tags": [
            "claimCounts"
          ],
          "on": {
            "ClaimProven": {
              "target": "Credible",
              "description": "It served a valid block that it claims.",
              "meta": {
                "clauses": [
                  "META-7"
                ]
              }
            },
            "ClaimFailed": {
              "target": "Refuted",
              "description": "Asked for the next block that it claims, it did not give it.",
              "meta": {
                "clauses": [
                  "META-7"
                ]
              }
            },
            "ClaimDropped": {
              "target": "Unknown",
              "description": "It took its claim back, or left.",
              "meta": {
                "clauses": [
                  "META-5"
                ]
              }
            }
          }
        },
        "Credible": {
          "description": "It served a valid block that it claims.",
          "meta": {
            "clauses": [
              "META-7"
            ]
          },
          "tags": [
            "claimCounts",
            "claimTested"
          ],
          "on": {
            "ClaimRaised": {
              "target": "Untested",
              "description": "It claims more than it has shown.",
              "meta": {
                "clauses": [
                  "META-10"
                ]
              }
            },
            "ClaimFailed": {
              "target": "Refuted",
              "description": "Asked for the next block that it claims, it did not give it.",
              "meta": {
                "clauses": [
                  "META-7"
                ]
              }
            },
            "ClaimDropped": {
              "target": "Unknown",
              "description": "It took its claim back, or left.",
              "meta": {
                "clauses": [
                  "META-5"
                ]
              }
            }
          }
        },
        "Refuted": {
          "description": "Its claim proved wrong and does not count; it is probed with growing back-off.",
          "meta": {
            "clauses": [
              "META-7"
            ]
          },
          "tags": [
            "claimRefuted"
          ],
          "on": {
            "ClaimProven": {
              "target": "Credible",
              "description": "It served a valid block of the disputed range.",
              "meta": {
                "clauses": [
                  "META-7"
                ]
              }
            },
            "DisputeSettled": {
              "target": "Untested",
              "description": "What was disputed is not claimed any more, or proved true; the rest of the claim is untested.",
              "meta": {
                "clauses": [
                  "META-7"
                ]
              }
            }
          }
        }
      }
    },
    "conduct": {
      "initial": "Trusted",
      "states": {
        "Trusted": {
          "description": "It may be asked for blocks.",
          "meta": {
            "clauses": [
              "PEER-1"
            ]
          },
          "tags": [
            "mayBeAsked"
          ],
          "on": {
            "CoolDown": {
              "target": "CoolingDown",
              "description": "It misbehaved: not asked for a while.",
              "meta": {
                "clauses": [
                  "PEER-1"
                ]
              }
            },
            "Ban": {
              "target": "Banned",
              "description": "It misbehaved too much: disconnected and refused for a while.",
              "meta": {
                "clauses": [
                  "PEER-1"
                ]
              }
            }
          }
        },
        "CoolingDown": {
          "description": "It is not asked until some time has passed.",
          "meta": {
            "clauses": [
              "PEER-1"
            ]
          },
          "on": {
            "Forgiven": {
              "target": "Trusted",
              "description": "The time is over.",
              "meta": {
                "clauses": [
                  "PEER-1"
                ]
              }
            },
            "Ban": {
              "target": "Banned",
              "description": "It misbehaved too much: disconnected and refused for a while.",
              "meta": {
                "clauses": [
                  "PEER-1"
                ]
              }
            }
          }
        },
        "Banned": {
          "description": "It is refused until some time has passed; each ban is longer than the one before.",
          "meta": {
            "clauses": [
              "PEER-1"
            ]
          },
          "tags": [
            "banned"
          ],
          "on": {
            "Forgiven": {
              "target": "Trusted",
              "description": "The time is over.",
              "meta": {
                "clauses": [
                  "PEER-1"
                ]
              }
            }
          }
        }
      }
    }
  }
});
