/** A genesis in Pocket's JSON format, as far as this package writes it. */
export interface GenesisFile {
  readonly genesis_time: { readonly seconds: number; readonly nanos: number };
  readonly chain_id: string;
  readonly max_block_bytes: number;
  readonly pools: readonly { readonly address: string; readonly amount: string }[];
  readonly accounts: readonly { readonly address: string; readonly amount: string }[];
  readonly applications: readonly unknown[];
  readonly validators: readonly GenesisFileValidator[];
  readonly servicers: readonly unknown[];
  readonly fishermen: readonly unknown[];
  readonly params: Readonly<Record<string, string | number>>;
}

interface GenesisFileValidator {
  readonly actor_type: 4;
  readonly address: string;
  readonly chains: null;
  readonly output: string;
  readonly paused_height: -1;
  readonly public_key: string;
  readonly service_url: string;
  readonly staked_amount: string;
  readonly unstaking_height: -1;
}

export interface NewGenesis {
  readonly networkId: string;
  readonly validators: readonly {
    readonly address: string;
    readonly publicKey: string;
    readonly serviceUrl?: string;
  }[];
  readonly accounts: readonly { readonly address: string; readonly amount: bigint }[];
  /** Milliseconds since 1970. */
  readonly timeMs?: number;
  readonly blockBytesMax?: number;
  /** Stake of each validator. */
  readonly stake?: bigint;
  /** Laid over the defaults, which are the public devnet's. */
  readonly params?: Readonly<Record<string, string | number>>;
}

/** Where Pocket collects the fees that do not go to the proposer: "DAO", padded to an address. */
export const DAO_ADDRESS = '44414f0000000000000000000000000000000000';

const DEFAULT_PARAMS = {
  message_send_fee: '10000',
  message_stake_validator_fee: '10000',
  message_unstake_validator_fee: '10000',
  validator_minimum_stake: '15000000000',
  validator_unstaking_blocks: 2016,
  proposer_percentage_of_fees: 10,
} as const;

/** A genesis of one's own in Pocket's format, for generated networks; `parseGenesis` reads it. */
export function makeGenesis(genesis: NewGenesis): GenesisFile {
  const timeMs = genesis.timeMs ?? 0;
  const stake = genesis.stake ?? 1_000_000_000_000n;
  return {
    genesis_time: { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1_000_000 },
    chain_id: genesis.networkId,
    max_block_bytes: genesis.blockBytesMax ?? 4_000_000,
    pools: [{ address: DAO_ADDRESS, amount: '0' }],
    accounts: genesis.accounts.map(({ address, amount }) => ({ address, amount: amount.toString() })),
    applications: [],
    validators: genesis.validators.map(({ address, publicKey, serviceUrl }) => ({
      actor_type: 4,
      address,
      chains: null,
      output: address,
      paused_height: -1,
      public_key: publicKey,
      service_url: serviceUrl ?? '',
      staked_amount: stake.toString(),
      unstaking_height: -1,
    })),
    servicers: [],
    fishermen: [],
    params: { ...DEFAULT_PARAMS, ...genesis.params },
  };
}
