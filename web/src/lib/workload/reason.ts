/** One sentence on why a workload is as it is. */

import type { Workload } from "../api/schema";

/** The server's sentence; where it has none, what the numbers say. */
export function reasonOf(row: Pick<Workload, "reason" | "health" | "desired" | "ready">): string {
  if (row.reason) return row.reason.summary;
  if (row.desired === null || row.ready === null) return "";
  if (row.health === "healthy") return "";
  if (row.desired === 0) return "Nothing is asked for.";
  return `${row.ready} of ${row.desired} ready.`;
}
