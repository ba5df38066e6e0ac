/** The options of the `chain` commands, checked. */
export interface GenerateOptions {
  readonly blocks: number;
  readonly out: string;
  readonly genesis?: string;
  readonly keys?: string;
  readonly validators: number;
  readonly seed?: string;
  readonly transactions: number;
  readonly port: number;
  readonly json: boolean;
}

export interface InspectOptions {
  readonly height?: number;
  readonly from?: number;
  readonly to?: number;
  readonly json: boolean;
}

export interface VerifyOptions {
  readonly genesis: string;
  readonly json: boolean;
}
