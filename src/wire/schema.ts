import protobuf from 'protobufjs/light.js';
import { descriptor } from './generated/descriptor.ts';

/** The message types of src/wire/proto. Field names are those of the .proto files. */
const root = protobuf.Root.fromJSON(descriptor).resolveAll();

// What protobufjs gives for an absent field: for bytes a plain empty array, for an optional scalar its default. Here
// they are bytes like any other, and null.
for (const type of allMessageTypes()) {
  for (const field of type.fieldsArray) {
    const defaults = type.ctor.prototype as Record<string, unknown>;
    if (field.hasPresence) defaults[field.name] = null;
    else if (field.type === 'bytes' && !field.repeated) defaults[field.name] = new Uint8Array();
  }
}

/** A 64-bit integer as protobufjs reads it. */
export interface Int64 {
  readonly low: number;
  readonly high: number;
  toNumber(): number;
}

/** A message type together with the TypeScript shape that decoding it gives. */
export interface MessageType<Shape> {
  readonly reflected: protobuf.Type;
  /** Never set; carries the shape. */
  readonly shape?: Shape;
}

function messageType<Shape>(name: string): MessageType<Shape> {
  return { reflected: root.lookupType(name) };
}

export interface TimestampShape {
  readonly seconds: Int64;
  readonly nanos: number;
}

export interface BlockHeaderShape {
  readonly height: Int64;
  readonly networkId: string;
  readonly stateHash: string;
  readonly prevStateHash: string;
  readonly proposerAddress: Uint8Array;
  readonly quorumCertificate: Uint8Array;
  readonly timestamp: TimestampShape | null;
  readonly state_tree_hashes: Readonly<Record<string, string>>;
  readonly val_set_hash: string;
  readonly next_val_set_hash: string;
}

export interface BlockShape {
  readonly blockHeader: BlockHeaderShape | null;
  readonly transactions: readonly Uint8Array[];
}

export interface PartialSignatureShape {
  readonly signature: Uint8Array;
  readonly address: string;
}

export interface ThresholdSignatureShape {
  readonly signatures: readonly PartialSignatureShape[];
}

export interface QuorumCertificateShape {
  readonly height: Int64;
  readonly round: Int64;
  readonly step: number;
  readonly block: BlockShape | null;
  readonly threshold_signature: ThresholdSignatureShape | null;
}

export interface HotstuffMessageShape {
  readonly type: number;
  readonly height: Int64;
  readonly step: number;
  readonly round: Int64;
  readonly block: BlockShape | null;
  readonly quorum_certificate: QuorumCertificateShape | null;
  readonly threshold_signature: ThresholdSignatureShape | null;
  readonly partial_signature: PartialSignatureShape | null;
}

export interface StateSyncMessageShape {
  readonly metadata_req: { readonly peer_address: string } | null;
  readonly metadata_res: {
    readonly peer_address: string;
    readonly min_height: Int64;
    readonly max_height: Int64;
  } | null;
  readonly get_block_req: { readonly peer_address: string; readonly height: Int64 } | null;
  readonly get_block_res: { readonly peer_address: string; readonly block: BlockShape | null } | null;
}

export interface AnyShape {
  readonly type_url: string;
  readonly value: Uint8Array;
}

export interface FrameShape {
  readonly request_id: Int64 | null;
  readonly metadata_request: object | null;
  readonly metadata: { readonly min: Int64; readonly max: Int64 } | null;
  readonly get_blocks: { readonly from: Int64; readonly to: Int64; readonly bytes_max: Int64 | null } | null;
  readonly blocks: { readonly blocks: readonly BlockShape[]; readonly more: boolean } | null;
  readonly no_block: { readonly height: Int64 } | null;
}

export interface TransactionShape {
  readonly msg: AnyShape | null;
  readonly nonce: string;
  readonly signature: { readonly public_key: Uint8Array; readonly signature: Uint8Array } | null;
}

export interface MessageSendShape {
  readonly from_address: Uint8Array;
  readonly to_address: Uint8Array;
  readonly amount: string;
}

export interface MessageStakeShape {
  readonly actor_type: number;
  readonly public_key: Uint8Array;
  readonly chains: readonly string[];
  readonly amount: string;
  readonly service_url: string;
  readonly output_address: Uint8Array;
  readonly signer: Uint8Array | null;
}

export interface MessageUnstakeShape {
  readonly actor_type: number;
  readonly address: Uint8Array;
  readonly signer: Uint8Array | null;
}

export const SCHEMA = {
  block: messageType<BlockShape>('core.Block'),
  validatorSet: messageType<{ validators: readonly { address: string; pub_key: string }[] }>('core.ValidatorSet'),
  transaction: messageType<TransactionShape>('core.Transaction'),
  quorumCertificate: messageType<QuorumCertificateShape>('consensus.QuorumCertificate'),
  hotstuffMessage: messageType<HotstuffMessageShape>('consensus.HotstuffMessage'),
  stateSyncMessage: messageType<StateSyncMessageShape>('consensus.StateSyncMessage'),
  pocketEnvelope: messageType<{ content: AnyShape | null; nonce: Int64 }>('pocket.PocketEnvelope'),
  backgroundMessage: messageType<{ data: Uint8Array }>('background.BackgroundMessage'),
  messageSend: messageType<MessageSendShape>('utility.MessageSend'),
  messageStake: messageType<MessageStakeShape>('utility.MessageStake'),
  messageUnstake: messageType<MessageUnstakeShape>('utility.MessageUnstake'),
  frame: messageType<FrameShape>('pocket_state_sync.v2.Frame'),
} as const;

/** Every message type of the schema, google.protobuf's included. */
export function allMessageTypes(): readonly protobuf.Type[] {
  const found: protobuf.Type[] = [];
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const nested of namespace.nestedArray) {
      if (nested instanceof protobuf.Type) found.push(nested);
      if (nested instanceof protobuf.Namespace || nested instanceof protobuf.Type) visit(nested);
    }
  };
  visit(root);
  return found;
}
