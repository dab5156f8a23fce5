/**
 * What this page knows of the clusters, kept up to date by lists, snapshots and changes.
 *
 * Invariant: a server that has just begun to read never empties what is shown. Its rows and counts are held back until
 * it says that it is ready.
 */

import type { Change, NamespaceSummary, Overview, SnapshotPart, Workload } from "../api/schema";

/** What a step did to the rows. */
export interface Delta {
  /** Everything may have changed: forget what was derived. */
  replaced: boolean;
  upserted: readonly Workload[];
  removed: readonly string[];
  /** Ids whose row is as before; what is known beside it is not. */
  touched: readonly string[];
}

const NOTHING: Delta = { replaced: false, upserted: [], removed: [], touched: [] };
const EVERYTHING: Delta = { replaced: true, upserted: [], removed: [], touched: [] };

/** Whether anything that is known of this workload, its pods and events included, may have changed. */
export function concerns(delta: Delta, id: string): boolean {
  return (
    delta.replaced ||
    delta.touched.includes(id) ||
    delta.removed.includes(id) ||
    delta.upserted.some((row) => row.id === id)
  );
}

export class LiveModel {
  /** By id. The same object from one step to the next as long as the row is the same. */
  rows: ReadonlyMap<string, Workload> = new Map();
  overview: Overview | null = null;
  /** Where to go on with `after=`; null before the first list. */
  version: string | null = null;

  /** What is shown was whole once: a server that was ready stood behind it. */
  #whole = false;
  /** Parts of a snapshot that is still arriving. */
  #parts: Map<string, Workload> | null = null;
  /** The version of a snapshot that has just arrived: a change of the same version tells the whole overview. */
  #snapshotVersion: string | null = null;
  #held: HeldBack | null = null;

  /** Takes the answer of `/overview`. Counts alone: rows do not change, unless it ends the holding back. */
  takeOverview(overview: Overview): Delta {
    const [run, seq] = partsOf(overview.version);
    const [knownRun, knownSeq] = partsOf(this.version ?? "");
    if (run === knownRun && seq < knownSeq) return NOTHING;
    // Rows of one start of the server are not shown under the overview of the next.
    if (this.#held && run !== knownRun) this.#held.rows = null;
    if (!overview.ready && this.#whole && this.rows.size > 0) {
      this.#held = { overview, rows: this.#held?.rows ?? null };
      this.#showSources(overview.sources);
      return NOTHING;
    }
    return this.#show(overview, NOTHING);
  }

  /** Takes a whole list, and the version to follow from: that of the list, or of what was read before it. */
  takeList(rows: Iterable<Workload>, version: string): Delta {
    this.version = version;
    this.#parts = null;
    return this.#replace(new Map(Array.from(rows, (row) => [row.id, row])));
  }

  /** Takes one part of a snapshot; the rows change with the last part only, all at once. */
  takeSnapshotPart(part: SnapshotPart): Delta {
    if (part.part <= 1 || this.#parts === null) this.#parts = new Map();
    for (const row of part.workloads) this.#parts.set(row.id, row);
    if (!part.last) return NOTHING;
    const rows = this.#parts;
    this.#parts = null;
    this.version = part.version;
    this.#snapshotVersion = part.version;
    return this.#replace(rows);
  }

  takeChange(change: Change): Delta {
    const tellsAll = change.version === this.#snapshotVersion;
    this.#snapshotVersion = null;
    this.version = change.version;
    const target = (this.#held?.rows ?? this.rows) as Map<string, Workload>;
    for (const id of change.removed) target.delete(id);
    for (const row of change.upserted) target.set(row.id, row);
    const { upserted, removed, touched = [] } = change;
    const delta = target === this.rows ? { replaced: false, upserted, removed, touched } : NOTHING;
    const before = this.#held?.overview ?? this.overview;
    if (before === null) return delta;
    const overview = merge(before, change, tellsAll);
    if (this.#held === null || overview.ready) return this.#show(overview, delta);
    this.#held.overview = overview;
    this.#showSources(overview.sources);
    return delta;
  }

  /** Which start of the server spoke last; null before the first list. */
  get run(): string | null {
    return this.version === null ? null : partsOf(this.version)[0];
  }

  /** A server that is not ready, while rows of before are on the screen. */
  get holdsBack(): boolean {
    return this.#held !== null;
  }

  #replace(rows: Map<string, Workload>): Delta {
    if (this.#held) {
      this.#held.rows = rows;
      return NOTHING;
    }
    this.rows = rows;
    return EVERYTHING;
  }

  /** Shows the overview, and the rows that were held back, if any were. */
  #show(overview: Overview, delta: Delta): Delta {
    const rows = this.#held?.rows;
    this.#held = null;
    this.overview = overview;
    this.#whole = overview.ready;
    if (!rows) return delta;
    this.rows = rows;
    return EVERYTHING;
  }

  /** The numbers on the screen belong to the rows on the screen; only the sources are news. */
  #showSources(sources: Overview["sources"]): void {
    if (this.overview) this.overview = { ...this.overview, ready: false, sources };
  }
}

/** All that a server has told that is not ready. */
interface HeldBack {
  overview: Overview;
  /** Null until its snapshot is here. */
  rows: Map<string, Workload> | null;
}

/** `<epoch>-<seq>`: which start of the server, and the number of the state since. */
function partsOf(version: string): [run: string, seq: number] {
  const cut = version.lastIndexOf("-");
  return [version.slice(0, cut), Number(version.slice(cut + 1))];
}

function merge(overview: Overview, change: Change, tellsAll: boolean): Overview {
  const news = change.overview;
  return {
    ...overview,
    version: change.version,
    as_of: change.at,
    health: news.health,
    incomplete: news.incomplete,
    counts: news.counts,
    pods: news.pods,
    ready: news.ready,
    sources: news.sources ?? overview.sources,
    namespaces: mergeNamespaces(tellsAll ? [] : overview.namespaces, news.namespaces),
  };
}

/** One that has nothing in it any more stays: it may be gone, it may be empty, and only the next overview tells. */
function mergeNamespaces(before: NamespaceSummary[], changed: NamespaceSummary[]): NamespaceSummary[] {
  if (changed.length === 0) return before;
  const key = (it: NamespaceSummary): string => `${it.cluster}/${it.name}`;
  const merged = new Map([...before, ...changed].map((it) => [key(it), it]));
  return [...merged.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
