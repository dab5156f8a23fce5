/** Orders of the workload table. Every order is total: it ends with the id, so that equal rows never swap. */

import type { Workload } from "../api/schema";
import { severityOf } from "./health";

export const SORT_KEYS = [
  "health",
  "name",
  "namespace",
  "kind",
  "since",
  "ready",
  "restarts",
  "cpu",
  "memory",
  "created",
] as const;

export type SortKey = (typeof SORT_KEYS)[number];
export type Direction = "asc" | "desc";
export type Comparison = (a: Workload, b: Workload) => number;

/** The direction that a first click on the column gives: what a person looks for comes first. */
export function firstDirection(key: SortKey): Direction {
  return key === "restarts" || key === "cpu" || key === "memory" || key === "since" || key === "created"
    ? "desc"
    : "asc";
}

export function comparison(key: SortKey, direction: Direction): Comparison {
  const primary = PRIMARY[key];
  const sign = direction === "asc" ? 1 : -1;
  return (a, b) => sign * primary(a, b) || byName(a, b) || text(a.id, b.id);
}

const PRIMARY: Record<SortKey, Comparison> = {
  health: (a, b) => severityOf(a.health) - severityOf(b.health),
  name: (a, b) => text(a.name, b.name),
  namespace: (a, b) => text(a.namespace, b.namespace),
  kind: (a, b) => text(a.kind, b.kind),
  since: (a, b) => text(a.since, b.since),
  ready: (a, b) => readyShare(a) - readyShare(b),
  restarts: (a, b) => a.restarts - b.restarts,
  cpu: (a, b) => amount(a.cpu_millicores) - amount(b.cpu_millicores),
  memory: (a, b) => amount(a.memory_bytes) - amount(b.memory_bytes),
  created: (a, b) => text(a.created_at ?? "", b.created_at ?? ""),
};

function byName(a: Workload, b: Workload): number {
  return text(a.name, b.name) || text(a.namespace, b.namespace);
}

/** By code unit: names of Kubernetes are ASCII, and it is the order of the server. */
function text(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is not known sorts below everything that is. */
function amount(value: number | null): number {
  return value ?? -1;
}

function readyShare(row: Workload): number {
  if (row.desired === null || row.ready === null) return 2;
  return row.desired === 0 ? 1 : row.ready / row.desired;
}
