type Numbers = Uint8Array | Uint16Array | Uint32Array;

/** A list of small numbers that grows, in a typed array. */
export class GrowingList {
  #items: Numbers;
  #size = 0;
  readonly #create: (length: number) => Numbers;

  constructor(create: (length: number) => Numbers) {
    this.#create = create;
    this.#items = create(1_024);
  }

  static ofBytes(): GrowingList {
    return new GrowingList((length) => new Uint8Array(length));
  }

  static ofShorts(): GrowingList {
    return new GrowingList((length) => new Uint16Array(length));
  }

  static ofWords(): GrowingList {
    return new GrowingList((length) => new Uint32Array(length));
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#items.byteLength;
  }

  push(item: number): void {
    if (this.#size === this.#items.length) {
      const wider = this.#create(2 * this.#items.length);
      wider.set(this.#items);
      this.#items = wider;
    }
    this.#items[this.#size++] = item;
  }

  at(index: number): number {
    return this.#items[index] ?? 0;
  }
}
