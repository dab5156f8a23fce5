/** The six statuses: their order, their words, and what a person should look at. */

import type { Counts, Health } from "../api/schema";

/** Worst first. */
export const HEALTHS: readonly Health[] = ["failed", "degraded", "progressing", "unknown", "healthy", "suspended"];

const SEVERITY: ReadonlyMap<string, number> = new Map(HEALTHS.map((health, rank) => [health, rank]));

/** 0 is the worst. A status that this page does not know sorts with `unknown`. */
export function severityOf(health: string): number {
  return SEVERITY.get(health) ?? 3;
}

/** The status whose shape and colour to show: one of the six, whatever a newer server sends. */
export function shownHealth(health: string): Health {
  return SEVERITY.has(health) ? (health as Health) : "unknown";
}

/** `failed` → "Failed". */
export function healthLabel(health: string): string {
  return health === "" ? "Unknown" : health.charAt(0).toUpperCase() + health.slice(1).replaceAll("_", " ");
}

export function needsAttention(health: string): boolean {
  return health === "failed" || health === "degraded";
}

export function emptyCounts(): Counts {
  return { failed: 0, degraded: 0, progressing: 0, unknown: 0, healthy: 0, suspended: 0, total: 0 };
}

export function countByHealth(rows: Iterable<{ health: string }>): Counts {
  const counts = emptyCounts();
  for (const row of rows) {
    counts[shownHealth(row.health)]++;
    counts.total++;
  }
  return counts;
}

/** The worst status that has a count, or null when there is nothing. */
export function worstOf(counts: Counts): Health | null {
  return HEALTHS.find((health) => counts[health] > 0) ?? null;
}

/** The sentence that says whether anything is wrong. `incomplete`: what runs there can't all be seen. */
export function headline(counts: Counts, incomplete = false): string {
  const { total, healthy, suspended, progressing, unknown } = counts;
  const attention = counts.failed + counts.degraded;
  if (total === 0) return incomplete ? "What runs here can't be seen" : "No workloads here yet";
  const unseen = incomplete ? ", and not all can be seen" : "";
  if (attention > 0)
    return `${attention} of ${workloads(total)} ${attention === 1 ? "needs" : "need"} attention${unseen}`;
  if (unknown === total)
    return `The health of ${total === 1 ? "the only workload" : `all ${total} workloads`} is unknown`;
  if (unknown > 0) return `The health of ${unknown} of ${workloads(total)} is unknown${unseen}`;
  if (incomplete) return `Nothing needs attention in ${workloads(total)}, but not all can be seen`;
  if (progressing > 0)
    return `Nothing needs attention, ${workloads(progressing)} ${progressing === 1 ? "is" : "are"} changing`;
  if (healthy === 0) return total === 1 ? "The only workload is suspended" : `All ${total} workloads are suspended`;
  const all = healthy === 1 ? "The only" : `All ${healthy}`;
  if (suspended > 0) return `${all} active ${healthy === 1 ? "workload is" : "workloads are"} healthy`;
  return `${all} ${healthy === 1 ? "workload is" : "workloads are"} healthy`;
}

/** "1 workload", "12 workloads". */
export function workloads(n: number): string {
  return n === 1 ? "1 workload" : `${n} workloads`;
}
