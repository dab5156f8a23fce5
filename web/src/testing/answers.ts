/** What the API answers about the cluster as a whole, for tests. */

import type { Change, Counts, NamespaceSummary, Overview, SnapshotPart, Workload } from "../lib/api/schema";
import { emptyCounts } from "../lib/workload/health";

export const AT = "2026-11-21T03:00:00Z";

export function counts(total: number): Counts {
  return { ...emptyCounts(), healthy: total, total };
}

export function namespace(name: string, total: number, changes: Partial<NamespaceSummary> = {}): NamespaceSummary {
  return {
    cluster: "prod",
    name,
    health: "healthy",
    incomplete: false,
    terminating: false,
    counts: counts(total),
    pods: total,
    ...changes,
  };
}

/** A ready cluster with two workloads, at version `e-1`. */
export function overview(changes: Partial<Overview> = {}): Overview {
  return {
    version: "e-1",
    as_of: AT,
    health: "healthy",
    incomplete: false,
    counts: counts(2),
    pods: 6,
    ready: true,
    clusters: [],
    namespaces: [namespace("shop", 2)],
    kinds: [],
    sources: [],
    incidents: [],
    ...changes,
  };
}

export function change(
  version: string,
  parts: { upserted?: Workload[]; removed?: string[]; touched?: string[]; overview?: Partial<Change["overview"]> } = {},
): Change {
  return {
    version,
    at: AT,
    upserted: parts.upserted ?? [],
    removed: parts.removed ?? [],
    touched: parts.touched ?? [],
    overview: {
      health: "healthy",
      incomplete: false,
      counts: counts(2),
      pods: 6,
      ready: true,
      namespaces: [],
      sources: null,
      ...parts.overview,
    },
  };
}

/** A snapshot of one part. */
export function snapshot(version: string, ...workloads: Workload[]): SnapshotPart {
  return { version, part: 1, last: true, workloads };
}

/** One page that holds all of a list. */
export function list<T>(version: string, ...items: T[]) {
  return { version, as_of: AT, items, total: items.length, next_cursor: null };
}
