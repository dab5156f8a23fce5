/**
 * Orders of the workload table, the same as those of `GET /workloads`. Every order is total: it ends with what the id is
 * made of, so that equal rows never swap. What is not known comes last, whichever way the rest is turned.
 */

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
  const keyOf = KEYS[key];
  const sign = direction === "asc" ? 1 : -1;
  return (a, b) => byKey(keyOf(a), keyOf(b), sign) || byIdentity(a, b);
}

/** What a row is sorted by; null where it is not known. */
type Key = string | number | null;

const KEYS: Record<SortKey, (row: Workload) => Key> = {
  health: (row) => severityOf(row.health),
  name: (row) => row.name,
  namespace: (row) => row.namespace,
  kind: (row) => row.kind,
  since: (row) => timeKey(row.since),
  ready: readyPermille,
  restarts: (row) => row.restarts,
  cpu: (row) => row.cpu_millicores,
  memory: (row) => row.memory_bytes,
  created: (row) => (row.created_at === null ? null : timeKey(row.created_at)),
};

function byKey(a: Key, b: Key, sign: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -sign : sign;
}

function byIdentity(a: Workload, b: Workload): number {
  return (
    text(a.cluster, b.cluster) ||
    text(a.namespace, b.namespace) ||
    text(a.name, b.name) ||
    text(a.kind, b.kind) ||
    text(a.api_group ?? "", b.api_group ?? "")
  );
}

/** By code unit: names of Kubernetes are ASCII, and it is the order of the server. */
function text(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A time without its `Z`: else that of a whole second would sort behind those within it. */
function timeKey(time: string): string {
  return time.slice(0, -1);
}

/** The share of the pods asked for that are ready, in thousandths; null where none are asked for. */
function readyPermille({ desired, ready }: Workload): number | null {
  if (desired === null || desired === 0 || ready === null) return null;
  return Math.floor((ready * 1000) / desired);
}
