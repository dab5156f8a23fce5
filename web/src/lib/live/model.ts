/**
 * What this page knows of the clusters, kept up to date by lists, snapshots and changes.
 *
 * Invariant: a server that has just begun to read never empties what is shown. Its rows are held back until it says
 * that it is ready.
 */

import type { Change, NamespaceSummary, Overview, SnapshotPart, Workload } from "../api/schema";

/** What a step did to the rows. */
export interface Delta {
  /** Everything may have changed: forget what was derived. */
  replaced: boolean;
  upserted: readonly Workload[];
  removed: readonly string[];
}

const NOTHING: Delta = { replaced: false, upserted: [], removed: [] };
const EVERYTHING: Delta = { replaced: true, upserted: [], removed: [] };

export class LiveModel {
  /** By id. The same object from one step to the next as long as the row is the same. */
  rows: ReadonlyMap<string, Workload> = new Map();
  overview: Overview | null = null;
  /** Where to go on with `after=`; null before the first list. */
  version: string | null = null;
  /** The server's time of the newest fact. */
  asOf: string | null = null;

  /** Parts of a snapshot that is still arriving. */
  #parts: Map<string, Workload> | null = null;
  /** A complete set of rows of a server that is not ready. */
  #heldBack: Map<string, Workload> | null = null;

  /** Takes the answer of `/overview`. Counts alone: rows do not change, unless it ends the holding back. */
  takeOverview(overview: Overview): Delta {
    if (!overview.ready && this.rows.size > 0) {
      // Keep the numbers that belong to the rows on the screen; only the sources are news.
      this.overview = { ...(this.overview ?? overview), ready: false, sources: overview.sources };
      return NOTHING;
    }
    this.overview = overview;
    this.asOf = overview.as_of;
    return this.#release();
  }

  /** Takes a whole list. */
  takeList(rows: Iterable<Workload>, version: string, asOf: string | null): Delta {
    this.version = version;
    this.asOf = asOf ?? this.asOf;
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
    return this.#replace(rows);
  }

  takeChange(change: Change): Delta {
    this.version = change.version;
    const target = this.#heldBack ?? (this.rows as Map<string, Workload>);
    for (const id of change.removed) target.delete(id);
    for (const row of change.upserted) target.set(row.id, row);
    if (this.#heldBack && !change.overview.ready) {
      if (this.overview && change.overview.sources) {
        this.overview = { ...this.overview, sources: change.overview.sources };
      }
      return NOTHING;
    }
    this.asOf = change.at;
    if (this.overview) this.overview = merge(this.overview, change);
    if (this.#heldBack) return this.#release();
    return { replaced: false, upserted: change.upserted, removed: change.removed };
  }

  /** A server that is not ready, while rows of before are on the screen. */
  get holdsBack(): boolean {
    return this.#heldBack !== null;
  }

  #replace(rows: Map<string, Workload>): Delta {
    if (this.rows.size > 0 && this.overview?.ready === false) {
      this.#heldBack = rows;
      return NOTHING;
    }
    this.#heldBack = null;
    this.rows = rows;
    return EVERYTHING;
  }

  #release(): Delta {
    if (!this.#heldBack) return NOTHING;
    this.rows = this.#heldBack;
    this.#heldBack = null;
    return EVERYTHING;
  }
}

function merge(overview: Overview, change: Change): Overview {
  const news = change.overview;
  return {
    ...overview,
    version: change.version,
    as_of: change.at,
    health: news.health,
    counts: news.counts,
    pods: news.pods,
    ready: news.ready,
    sources: news.sources ?? overview.sources,
    namespaces:
      news.namespaces.length === 0 ? overview.namespaces : mergeNamespaces(overview.namespaces, news.namespaces),
  };
}

function mergeNamespaces(before: NamespaceSummary[], changed: NamespaceSummary[]): NamespaceSummary[] {
  const key = (it: NamespaceSummary): string => `${it.cluster}/${it.name}`;
  const merged = new Map(before.map((it) => [key(it), it]));
  for (const it of changed) {
    if (it.counts.total === 0) merged.delete(key(it));
    else merged.set(key(it), it);
  }
  return [...merged.values()].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
