/** What the overview says, drawn from the rows in one pass. */

import type { Counts, Workload } from "../api/schema";
import { type Problem, problemsOf } from "../workload/cause";
import { emptyCounts, needsAttention, severityOf, shownHealth } from "../workload/health";

export interface NamespaceDigest {
  cluster: string;
  name: string;
  counts: Counts;
}

export interface Digest {
  counts: Counts;
  /** Failed and degraded, one entry per cause, worst first. */
  problems: Problem[];
  /** Whose health is not known, one entry per cause. */
  unknown: Problem[];
  /** Rollouts, scale-ups and starts, newest first. */
  changing: Workload[];
  /** Worst first. */
  namespaces: NamespaceDigest[];
  /** Entered their status most recently, newest first. */
  recent: Workload[];
}

export const RECENT_MAX = 10;

/** `since` limits what counts as recent: an RFC 3339 time. */
export function digestOf(rows: Iterable<Workload>, matches: (row: Workload) => boolean, since: string): Digest {
  const counts = emptyCounts();
  const bad: Workload[] = [];
  const unknown: Workload[] = [];
  const changing: Workload[] = [];
  const namespaces = new Map<string, NamespaceDigest>();
  const recent = new Newest(RECENT_MAX);
  for (const row of rows) {
    if (!matches(row)) continue;
    const health = shownHealth(row.health);
    counts[health]++;
    counts.total++;
    if (needsAttention(health)) bad.push(row);
    else if (health === "unknown") unknown.push(row);
    else if (health === "progressing") changing.push(row);
    const key = `${row.cluster}/${row.namespace}`;
    let namespace = namespaces.get(key);
    if (!namespace) {
      namespace = { cluster: row.cluster, name: row.namespace, counts: emptyCounts() };
      namespaces.set(key, namespace);
    }
    namespace.counts[health]++;
    namespace.counts.total++;
    if (row.since >= since) recent.offer(row);
  }
  return {
    counts,
    problems: problemsOf(bad),
    unknown: problemsOf(unknown),
    changing: changing.sort((a, b) => compare(b.since, a.since) || compare(a.id, b.id)),
    namespaces: [...namespaces.values()].sort(worstFirst),
    recent: recent.rows,
  };
}

/** The newest rows of many, without sorting the many. */
class Newest {
  readonly rows: Workload[] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  offer(row: Workload): void {
    const last = this.rows.at(-1);
    if (this.rows.length >= this.#max && last && newestFirst(row, last) >= 0) return;
    const at = this.rows.findIndex((other) => newestFirst(row, other) < 0);
    this.rows.splice(at < 0 ? this.rows.length : at, 0, row);
    if (this.rows.length > this.#max) this.rows.pop();
  }
}

function newestFirst(a: Workload, b: Workload): number {
  return compare(b.since, a.since) || compare(a.id, b.id);
}

function worstFirst(a: NamespaceDigest, b: NamespaceDigest): number {
  return rank(a.counts) - rank(b.counts) || compare(a.name, b.name) || compare(a.cluster, b.cluster);
}

/** Namespaces with the same worst status stand by name, so that they do not dance with every count. */
function rank(counts: Counts): number {
  if (counts.failed > 0) return severityOf("failed");
  if (counts.degraded > 0) return severityOf("degraded");
  return severityOf("healthy");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
