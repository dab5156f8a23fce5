/** Which workloads a page shows. The same meaning as the parameters of `GET /workloads`. */

import type { Workload } from "../api/schema";

export interface WorkloadFilter {
  clusters: readonly string[];
  namespaces: readonly string[];
  kinds: readonly string[];
  healths: readonly string[];
  /** Looked for in name, namespace, images and reason. */
  q: string;
}

export const NO_FILTER: WorkloadFilter = { clusters: [], namespaces: [], kinds: [], healths: [], q: "" };

/** A test for one row. An empty list lets everything through. */
export function matcher(filter: WorkloadFilter): (row: Workload) => boolean {
  const clusters = setOrNull(filter.clusters);
  const namespaces = setOrNull(filter.namespaces);
  const kinds = setOrNull(filter.kinds);
  const healths = setOrNull(filter.healths);
  const words = filter.q.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) =>
    (clusters?.has(row.cluster) ?? true) &&
    (namespaces?.has(row.namespace) ?? true) &&
    (kinds?.has(row.kind) ?? true) &&
    (healths?.has(row.health) ?? true) &&
    words.every((word) => contains(row, word));
}

export function isFiltered(filter: WorkloadFilter): boolean {
  const lists = [filter.clusters, filter.namespaces, filter.kinds, filter.healths];
  return filter.q.trim() !== "" || lists.some((list) => list.length > 0);
}

function setOrNull(values: readonly string[]): ReadonlySet<string> | null {
  return values.length === 0 ? null : new Set(values);
}

function contains(row: Workload, word: string): boolean {
  return (
    row.name.toLowerCase().includes(word) ||
    row.namespace.toLowerCase().includes(word) ||
    row.images.some((image) => image.toLowerCase().includes(word)) ||
    (row.reason?.summary.toLowerCase().includes(word) ?? false)
  );
}
