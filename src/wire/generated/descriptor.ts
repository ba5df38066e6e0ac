// Generated from src/wire/proto by `npm run generate:wire`. Do not edit.
export const descriptor = {
  nested: {
    background: {
      nested: {
        BackgroundMessage: {
          fields: {
            data: {
              type: 'bytes',
              id: 1,
            },
          },
        },
      },
    },
    consensus: {
      nested: {
        HotstuffStep: {
          values: {
            HOTSTUFF_STEP_UNKNOWN: 0,
            HOTSTUFF_STEP_NEWROUND: 1,
            HOTSTUFF_STEP_PREPARE: 2,
            HOTSTUFF_STEP_PRECOMMIT: 3,
            HOTSTUFF_STEP_COMMIT: 4,
            HOTSTUFF_STEP_DECIDE: 5,
          },
        },
        HotstuffMessageType: {
          values: {
            HOTSTUFF_MESSAGE_UNKNOWN: 0,
            HOTSTUFF_MESSAGE_PROPOSE: 1,
            HOTSTUFF_MESSAGE_VOTE: 2,
          },
        },
        PartialSignature: {
          fields: {
            signature: {
              type: 'bytes',
              id: 1,
            },
            address: {
              type: 'string',
              id: 2,
            },
          },
        },
        ThresholdSignature: {
          fields: {
            signatures: {
              rule: 'repeated',
              type: 'PartialSignature',
              id: 1,
            },
          },
        },
        QuorumCertificate: {
          fields: {
            height: {
              type: 'uint64',
              id: 1,
            },
            round: {
              type: 'uint64',
              id: 2,
            },
            step: {
              type: 'HotstuffStep',
              id: 3,
            },
            block: {
              type: 'core.Block',
              id: 4,
            },
            threshold_signature: {
              type: 'ThresholdSignature',
              id: 5,
            },
          },
        },
        HotstuffMessage: {
          oneofs: {
            justification: {
              oneof: ['quorum_certificate', 'threshold_signature', 'partial_signature'],
            },
          },
          fields: {
            type: {
              type: 'HotstuffMessageType',
              id: 1,
            },
            height: {
              type: 'uint64',
              id: 2,
            },
            step: {
              type: 'HotstuffStep',
              id: 3,
            },
            round: {
              type: 'uint64',
              id: 4,
            },
            block: {
              type: 'core.Block',
              id: 5,
            },
            quorum_certificate: {
              type: 'QuorumCertificate',
              id: 6,
            },
            threshold_signature: {
              type: 'ThresholdSignature',
              id: 7,
            },
            partial_signature: {
              type: 'PartialSignature',
              id: 8,
            },
          },
        },
        StateSyncMetadataRequest: {
          fields: {
            peer_address: {
              type: 'string',
              id: 1,
            },
          },
        },
        StateSyncMetadataResponse: {
          fields: {
            peer_address: {
              type: 'string',
              id: 1,
            },
            min_height: {
              type: 'uint64',
              id: 2,
            },
            max_height: {
              type: 'uint64',
              id: 3,
            },
          },
        },
        GetBlockRequest: {
          fields: {
            peer_address: {
              type: 'string',
              id: 1,
            },
            height: {
              type: 'uint64',
              id: 2,
            },
          },
        },
        GetBlockResponse: {
          fields: {
            peer_address: {
              type: 'string',
              id: 1,
            },
            block: {
              type: 'core.Block',
              id: 2,
            },
          },
        },
        StateSyncMessage: {
          oneofs: {
            message: {
              oneof: ['metadata_req', 'metadata_res', 'get_block_req', 'get_block_res'],
            },
          },
          fields: {
            metadata_req: {
              type: 'StateSyncMetadataRequest',
              id: 2,
            },
            metadata_res: {
              type: 'StateSyncMetadataResponse',
              id: 3,
            },
            get_block_req: {
              type: 'GetBlockRequest',
              id: 4,
            },
            get_block_res: {
              type: 'GetBlockResponse',
              id: 5,
            },
          },
        },
      },
    },
    core: {
      nested: {
        BlockHeader: {
          fields: {
            height: {
              type: 'uint64',
              id: 1,
            },
            networkId: {
              type: 'string',
              id: 2,
            },
            stateHash: {
              type: 'string',
              id: 3,
            },
            prevStateHash: {
              type: 'string',
              id: 4,
            },
            proposerAddress: {
              type: 'bytes',
              id: 5,
            },
            quorumCertificate: {
              type: 'bytes',
              id: 6,
            },
            timestamp: {
              type: 'google.protobuf.Timestamp',
              id: 7,
            },
            state_tree_hashes: {
              keyType: 'string',
              type: 'string',
              id: 8,
            },
            val_set_hash: {
              type: 'string',
              id: 9,
            },
            next_val_set_hash: {
              type: 'string',
              id: 10,
            },
          },
        },
        Block: {
          fields: {
            blockHeader: {
              type: 'BlockHeader',
              id: 1,
            },
            transactions: {
              rule: 'repeated',
              type: 'bytes',
              id: 2,
            },
          },
        },
        ValidatorIdentity: {
          fields: {
            address: {
              type: 'string',
              id: 1,
            },
            pub_key: {
              type: 'string',
              id: 2,
            },
          },
        },
        ValidatorSet: {
          fields: {
            validators: {
              rule: 'repeated',
              type: 'ValidatorIdentity',
              id: 1,
            },
          },
        },
        ActorType: {
          values: {
            ACTOR_TYPE_UNSPECIFIED: 0,
            ACTOR_TYPE_APP: 1,
            ACTOR_TYPE_SERVICER: 2,
            ACTOR_TYPE_FISH: 3,
            ACTOR_TYPE_VAL: 4,
          },
        },
        Account: {
          fields: {
            address: {
              type: 'string',
              id: 1,
            },
            amount: {
              type: 'string',
              id: 2,
            },
          },
        },
        Signature: {
          fields: {
            public_key: {
              type: 'bytes',
              id: 1,
            },
            signature: {
              type: 'bytes',
              id: 2,
            },
          },
        },
        Transaction: {
          fields: {
            msg: {
              type: 'google.protobuf.Any',
              id: 1,
            },
            nonce: {
              type: 'string',
              id: 2,
            },
            signature: {
              type: 'Signature',
              id: 3,
            },
          },
        },
      },
    },
    google: {
      nested: {
        protobuf: {
          nested: {
            Any: {
              fields: {
                type_url: {
                  type: 'string',
                  id: 1,
                },
                value: {
                  type: 'bytes',
                  id: 2,
                },
              },
            },
            Timestamp: {
              fields: {
                seconds: {
                  type: 'int64',
                  id: 1,
                },
                nanos: {
                  type: 'int32',
                  id: 2,
                },
              },
            },
          },
        },
      },
    },
    pocket: {
      nested: {
        PocketEnvelope: {
          fields: {
            content: {
              type: 'google.protobuf.Any',
              id: 1,
            },
            nonce: {
              type: 'uint64',
              id: 2,
            },
          },
        },
      },
    },
    pocket_state_sync: {
      nested: {
        v2: {
          nested: {
            MetadataRequest: {
              fields: {},
            },
            Metadata: {
              fields: {
                min: {
                  type: 'uint64',
                  id: 1,
                },
                max: {
                  type: 'uint64',
                  id: 2,
                },
              },
            },
            GetBlocks: {
              oneofs: {
                _bytes_max: {
                  oneof: ['bytes_max'],
                },
              },
              fields: {
                from: {
                  type: 'uint64',
                  id: 1,
                },
                to: {
                  type: 'uint64',
                  id: 2,
                },
                bytes_max: {
                  type: 'uint64',
                  id: 3,
                  options: {
                    proto3_optional: true,
                  },
                },
              },
            },
            Blocks: {
              fields: {
                blocks: {
                  rule: 'repeated',
                  type: 'core.Block',
                  id: 1,
                },
                more: {
                  type: 'bool',
                  id: 2,
                },
              },
            },
            NoBlock: {
              fields: {
                height: {
                  type: 'uint64',
                  id: 1,
                },
              },
            },
            Frame: {
              oneofs: {
                _request_id: {
                  oneof: ['request_id'],
                },
                body: {
                  oneof: ['metadata_request', 'metadata', 'get_blocks', 'blocks', 'no_block'],
                },
              },
              fields: {
                request_id: {
                  type: 'uint64',
                  id: 1,
                  options: {
                    proto3_optional: true,
                  },
                },
                metadata_request: {
                  type: 'MetadataRequest',
                  id: 2,
                },
                metadata: {
                  type: 'Metadata',
                  id: 3,
                },
                get_blocks: {
                  type: 'GetBlocks',
                  id: 4,
                },
                blocks: {
                  type: 'Blocks',
                  id: 5,
                },
                no_block: {
                  type: 'NoBlock',
                  id: 6,
                },
              },
              reserved: [[7, 15]],
            },
          },
        },
      },
    },
    utility: {
      nested: {
        MessageSend: {
          fields: {
            from_address: {
              type: 'bytes',
              id: 1,
            },
            to_address: {
              type: 'bytes',
              id: 2,
            },
            amount: {
              type: 'string',
              id: 3,
            },
          },
        },
        MessageStake: {
          oneofs: {
            _signer: {
              oneof: ['signer'],
            },
          },
          fields: {
            actor_type: {
              type: 'core.ActorType',
              id: 1,
            },
            public_key: {
              type: 'bytes',
              id: 2,
            },
            chains: {
              rule: 'repeated',
              type: 'string',
              id: 3,
            },
            amount: {
              type: 'string',
              id: 4,
            },
            service_url: {
              type: 'string',
              id: 5,
            },
            output_address: {
              type: 'bytes',
              id: 6,
            },
            signer: {
              type: 'bytes',
              id: 7,
              options: {
                proto3_optional: true,
              },
            },
          },
        },
        MessageUnstake: {
          oneofs: {
            _signer: {
              oneof: ['signer'],
            },
          },
          fields: {
            actor_type: {
              type: 'core.ActorType',
              id: 1,
            },
            address: {
              type: 'bytes',
              id: 2,
            },
            signer: {
              type: 'bytes',
              id: 3,
              options: {
                proto3_optional: true,
              },
            },
          },
        },
      },
    },
  },
};
