/**
 * The rows that a table shows: filtered, in order, and kept so change by change without sorting again.
 *
 * While it is held (a row has the focus or the pointer) contents change in place and no row moves; what would have
 * moved is counted.
 */

import type { Workload } from "../api/schema";
import type { Delta } from "../live/model";
import type { Comparison } from "./order";

export class WorkloadView {
  readonly #matches: (row: Workload) => boolean;
  readonly #compare: Comparison;
  /** Every row that matches, by id: the object that stands in #ordered, by which it is found there. */
  readonly #byId = new Map<string, Workload>();
  #ordered: Workload[] = [];
  #held: Held | null = null;

  constructor(matches: (row: Workload) => boolean, compare: Comparison, rows: Iterable<Workload>) {
    this.#matches = matches;
    this.#compare = compare;
    this.#fill(rows);
  }

  /** The rows to show, in the order to show them. */
  get rows(): readonly Workload[] {
    return this.#held?.rows ?? this.#ordered;
  }

  /** How many rows would stand elsewhere, appear or go if the order were not held. */
  get pending(): number {
    return this.#held?.moved.size ?? 0;
  }

  get held(): boolean {
    return this.#held !== null;
  }

  /** Whether this row, still shown because the order is held, is gone or has left the filter. */
  hasLeft(id: string): boolean {
    return this.#held !== null && !this.#byId.has(id);
  }

  indexOf(id: string): number {
    if (this.#held) return this.#held.index.get(id) ?? -1;
    const row = this.#byId.get(id);
    return row ? this.#place(row) : -1;
  }

  hold(): void {
    if (this.#held) return;
    const rows = this.#ordered.slice();
    this.#held = { rows, index: new Map(rows.map((row, at) => [row.id, at])), moved: new Set() };
  }

  release(): void {
    this.#held = null;
  }

  apply(delta: Delta, all: ReadonlyMap<string, Workload>): void {
    if (delta.replaced) {
      this.#replace(all.values());
      return;
    }
    for (const id of delta.removed) this.#remove(id);
    for (const row of delta.upserted) this.#upsert(row);
  }

  #fill(rows: Iterable<Workload>): void {
    this.#byId.clear();
    for (const row of rows) if (this.#matches(row)) this.#byId.set(row.id, row);
    this.#ordered = [...this.#byId.values()].sort(this.#compare);
  }

  /** A snapshot while held: the same rows stay where they are, with their new contents. */
  #replace(rows: Iterable<Workload>): void {
    const before = new Map(this.#byId);
    this.#fill(rows);
    if (!this.#held) return;
    for (const [id, row] of this.#byId) {
      const old = before.get(id);
      if (!old || this.#compare(old, row) !== 0) this.#held.moved.add(id);
      this.#show(row);
    }
    for (const id of before.keys()) if (!this.#byId.has(id)) this.#held.moved.add(id);
  }

  #upsert(row: Workload): void {
    if (!this.#matches(row)) {
      this.#remove(row.id);
      this.#show(row);
      return;
    }
    const old = this.#byId.get(row.id);
    this.#byId.set(row.id, row);
    if (old && this.#compare(old, row) === 0) {
      this.#ordered[this.#place(old)] = row;
    } else {
      if (old) this.#ordered.splice(this.#place(old), 1);
      this.#ordered.splice(this.#place(row), 0, row);
      this.#held?.moved.add(row.id);
    }
    this.#show(row);
  }

  #remove(id: string): void {
    const old = this.#byId.get(id);
    if (!old) return;
    this.#ordered.splice(this.#place(old), 1);
    this.#byId.delete(id);
    this.#held?.moved.add(id);
  }

  #show(row: Workload): void {
    const at = this.#held?.index.get(row.id);
    if (this.#held && at !== undefined) this.#held.rows[at] = row;
  }

  /** Where a row stands, or belongs: the first place whose row is not before it. */
  #place(row: Workload): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#ordered[middle];
      if (other && this.#compare(other, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Held {
  rows: Workload[];
  index: ReadonlyMap<string, number>;
  moved: Set<string>;
}
