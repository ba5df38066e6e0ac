/** A chart as it is drawn, without and with the names of its events. Made when the page is built. */
export interface ChartDrawings {
  readonly id: string;
  readonly compact: ChartDrawing;
  readonly labelled: ChartDrawing;
}

/** Sizes in pixels. */
export interface ChartDrawing {
  readonly width: number;
  readonly height: number;
  readonly regions: readonly Region[];
}

/** What runs in parallel stands side by side. */
export interface Region {
  /** '' when there is only one. */
  readonly title: string;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly states: readonly DrawnState[];
  readonly arrows: readonly DrawnArrow[];
}

export interface DrawnState {
  readonly path: string;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isInitial: boolean;
  readonly isFinal: boolean;
  /** Edges by one event from nearly every other state, which are not drawn one by one. */
  readonly fromMany: readonly number[];
  readonly fromManyEvent: string | null;
}

/** All edges between the same two states, in the same direction. */
export interface DrawnArrow {
  /** In `EDGES`. */
  readonly edges: readonly number[];
  /** An SVG path. */
  readonly line: string;
  /** A point about half way. */
  readonly middle: { readonly x: number; readonly y: number };
  /** In the order of `edges`; only where there is room for them. */
  readonly labels: readonly { readonly text: string; readonly x: number; readonly y: number }[];
}
