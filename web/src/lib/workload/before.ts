/** What was known of workloads whose health is unknown by now. */

import type { Workload } from "../api/schema";
import { count } from "../format/quantity";
import { HEALTHS, healthLabel, needsAttention, severityOf } from "./health";

/** The place of a row among those of its status: one that failed before the outage stands first. */
export function severityBefore(row: Workload): number {
  return row.last_known ? severityOf(row.last_known.health) : HEALTHS.length;
}

/** "2 were Failed, 1 was Degraded": what needed attention before; empty when nothing did. */
export function attentionBefore(rows: readonly Workload[]): string {
  return HEALTHS.filter(needsAttention)
    .map((health) => ({ health, n: rows.filter((row) => row.last_known?.health === health).length }))
    .filter(({ n }) => n > 0)
    .map(({ health, n }) => `${count(n)} ${n === 1 ? "was" : "were"} ${healthLabel(health)}`)
    .join(", ");
}
