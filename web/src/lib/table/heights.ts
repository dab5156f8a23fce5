/** Where the rows of a table lie whose heights differ, in pixels from the top edge of the first. */
export class Heights {
  readonly count: number;
  /** The top edge of each row, and at the end the height of all. */
  readonly #tops: Uint32Array;

  constructor(count: number, heightOf: (index: number) => number) {
    this.count = count;
    this.#tops = new Uint32Array(count + 1);
    let top = 0;
    for (let index = 0; index < count; index++) {
      top += heightOf(index);
      this.#tops[index + 1] = top;
    }
  }

  get total(): number {
    return this.top(this.count);
  }

  /** The top edge of a row; that of the row after the last is the end of the table. */
  top(index: number): number {
    return this.#tops[index] ?? 0;
  }

  of(index: number): number {
    return this.top(index + 1) - this.top(index);
  }

  /** The first row that begins at `y` or below; `count` where none does. */
  from(y: number): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.top(middle) < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
