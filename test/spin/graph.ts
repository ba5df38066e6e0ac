/** Names given to texts: the same text, the same number, from 0. */
export class Numbering {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    this.#numbers.set(text, number);
    this.texts.push(text);
    return number;
  }
}

/** Room for every label between two states: event, peer, what, quicker peer. */
const LABELS_MAX = 4_096;

/** Distinct states and labelled transitions, as texts. Graphs that share their numberings can be compared. */
export class Graph {
  readonly #states: Numbering;
  readonly #labels: Numbering;
  readonly #reached = new Set<number>();
  /** By state and label, where it leads. */
  readonly #leadsTo = new Map<number, number>();
  /** Where a state and label lead when they lead to more than one state: the first is above. */
  readonly #alsoTo = new Set<string>();

  constructor(states = new Numbering(), labels = new Numbering()) {
    this.#states = states;
    this.#labels = labels;
  }

  /** An empty graph that can be compared with this one. */
  sibling(): Graph {
    return new Graph(this.#states, this.#labels);
  }

  get states(): number {
    return this.#reached.size;
  }

  get transitions(): number {
    return this.#leadsTo.size + this.#alsoTo.size;
  }

  /** State and label that lead to more than one state. */
  get forks(): readonly string[] {
    return [...this.#alsoTo].map((each) => {
      const [way = 0, to = 0] = each.split(' ').map(Number);
      return this.#textOf(way, to);
    });
  }

  addState(text: string): void {
    this.#reached.add(this.#states.numberOf(text));
  }

  add(from: string, label: string, to: string): void {
    const before = this.#states.numberOf(from);
    const after = this.#states.numberOf(to);
    this.#reached.add(before);
    this.#reached.add(after);
    const labelNumber = this.#labels.numberOf(label);
    if (labelNumber >= LABELS_MAX) throw new Error(`more than ${LABELS_MAX} labels`);
    const way = before * LABELS_MAX + labelNumber;
    const known = this.#leadsTo.get(way);
    if (known === undefined) this.#leadsTo.set(way, after);
    else if (known !== after) this.#alsoTo.add(`${way} ${after}`);
  }

  /** Each label's number of transitions. */
  countByLabel(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const way of this.#leadsTo.keys()) {
      const label = this.#labels.texts[way % LABELS_MAX] ?? '';
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return counts;
  }

  /** Transitions of this graph that the other has not, as `before|label|after`; those first whose start both reach. */
  missingFrom(other: Graph, max: number): { readonly count: number; readonly first: readonly string[] } {
    const shared: string[] = [];
    const beyond: string[] = [];
    let count = 0;
    for (const [way, to] of this.#leadsTo) {
      if (other.#has(way, to)) continue;
      count++;
      const list = other.#reached.has(Math.floor(way / LABELS_MAX)) ? shared : beyond;
      if (list.length < max) list.push(this.#textOf(way, to));
    }
    for (const each of this.#alsoTo) {
      const [way = 0, to = 0] = each.split(' ').map(Number);
      if (other.#has(way, to)) continue;
      count++;
      if (shared.length < max) shared.push(this.#textOf(way, to));
    }
    return { count, first: [...shared, ...beyond].slice(0, max) };
  }

  #has(way: number, to: number): boolean {
    return this.#leadsTo.get(way) === to || this.#alsoTo.has(`${way} ${to}`);
  }

  #textOf(way: number, to: number): string {
    const from = this.#states.texts[Math.floor(way / LABELS_MAX)] ?? '';
    const label = this.#labels.texts[way % LABELS_MAX] ?? '';
    return `${from}|${label}|${this.#states.texts[to] ?? ''}`;
  }
}
