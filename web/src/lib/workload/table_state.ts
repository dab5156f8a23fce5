/** What the address says about the workload table. */

import { listOf, type Route } from "../route/route";
import type { WorkloadFilter } from "./filter";
import { HEALTHS } from "./health";
import { type Direction, firstDirection, SORT_KEYS, type SortKey } from "./order";

export interface TableState {
  filter: WorkloadFilter;
  /** Healths that the address asks for and that do not exist. */
  ignored: readonly string[];
  sort: SortKey;
  direction: Direction;
}

/** The columns, from left to right. `key` is what a click on the head sorts by. */
export const COLUMNS: readonly { key: SortKey | null; label: string; name: string }[] = [
  { key: "name", label: "Workload", name: "name" },
  { key: "health", label: "Health", name: "health" },
  { key: "ready", label: "Ready", name: "ready" },
  { key: "restarts", label: "Restarts", name: "restarts" },
  { key: "cpu", label: "CPU", name: "cpu" },
  { key: "memory", label: "Memory", name: "memory" },
  { key: null, label: "Image", name: "image" },
  { key: "created", label: "Age", name: "age" },
];

/** Reads the address; what it does not know counts as not said. */
export function tableState(query: Route["query"]): TableState {
  const sort = SORT_KEYS.find((key) => key === query.get("sort")) ?? "health";
  const order = query.get("order");
  const { healths, ignored } = healthsOf(query);
  return {
    filter: {
      clusters: listOf(query.get("cluster")),
      namespaces: listOf(query.get("namespace")),
      kinds: listOf(query.get("kind")),
      healths,
      q: query.get("q") ?? "",
    },
    ignored,
    sort,
    direction: order === "asc" || order === "desc" ? order : firstDirection(sort),
  };
}

/** The healths that the address asks for. A word that is none would hide everything, and the API refuses it. */
export function healthsOf(query: Route["query"]): { healths: string[]; ignored: string[] } {
  const asked = listOf(query.get("health"));
  const known = new Set<string>(HEALTHS);
  return { healths: asked.filter((it) => known.has(it)), ignored: asked.filter((it) => !known.has(it)) };
}

/** The parameters that a click on the head of a column gives: another column, or the same the other way round. */
export function sortedBy(state: TableState, key: SortKey): Record<string, string | null> {
  const direction = state.sort !== key ? firstDirection(key) : state.direction === "asc" ? "desc" : "asc";
  return {
    sort: key === "health" ? null : key,
    order: direction === firstDirection(key) ? null : direction,
  };
}
