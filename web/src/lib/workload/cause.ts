/** Problems that have one cause are said once. */

import type { Workload } from "../api/schema";
import { imageRegistry } from "../format/image";
import { severityBefore } from "./before";
import { severityOf } from "./health";
import { reasonOf } from "./reason";

export interface Problem {
  /** Stable over updates. */
  key: string;
  /** Worst and oldest first; at least one. */
  members: Workload[];
  /** The first of them. */
  lead: Workload;
  /** What is said of all: of one its own sentence, of several what they share. */
  sentence: string;
}

/** How many problems one list shows before it refers to the table. */
export const PROBLEMS_MAX = 50;

/** What goes on in one workload, told as problems are. */
export function aloneOf(row: Workload): Problem {
  return { key: row.id, members: [row], lead: row, sentence: reasonOf(row) };
}

/** Groups rows by their common cause, worst first; then what several share before what one has, and the newest first. */
export function problemsOf(rows: Iterable<Workload>): Problem[] {
  const groups = new Map<string, Workload[]>();
  for (const row of rows) {
    const key = causeOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const problems: Problem[] = [];
  for (const [key, members] of groups) {
    members.sort(worstThenOldest);
    const lead = members[0];
    if (lead) problems.push({ key, members, lead, sentence: sentenceOf(lead, members) });
  }
  return problems.sort(
    (a, b) => bySeverity(a.lead, b.lead) || b.members.length - a.members.length || newestFirst(a.lead, b.lead),
  );
}

/** Names of single pods and images would be those of the first workload. */
function sentenceOf(lead: Workload, members: readonly Workload[]): string {
  const own = reasonOf(lead);
  const code = lead.reason?.code;
  const say = members.length > 1 && code !== undefined ? TOGETHER.get(code) : undefined;
  return say?.(lead, members) ?? own;
}

/**
 * Rows with the same cause have the same key. Only causes that lie outside the workload can be shared: two containers
 * that crash are two problems, two images that one registry refuses are one.
 */
export function causeOf(row: Workload): string {
  const code = row.reason?.code;
  const scope = code === undefined ? undefined : SHARED.get(code);
  if (code === undefined || scope === undefined) return row.id;
  const place = scope(row);
  return place === null ? row.id : `${code}\n${row.cluster}\n${place}`;
}

type Scope = (row: Workload) => string | null;

const cluster: Scope = () => "";
const namespace: Scope = (row) => row.namespace;
const sentence: Scope = (row) => row.reason?.summary ?? null;
/** What stands before the first colon, where a sentence begins with what is shared: "Node `a` does not answer: …" */
const beginning: Scope = (row) => row.reason?.summary.split(": ", 1)[0] ?? null;
/** What stands between the first colon and the end of the sentence, where it ends with what is shared. A long one is cut. */
const ending: Scope = (row) => /: (.*?)(?:\.| ?…)(?: |$)/.exec(row.reason?.summary ?? "")?.[1] ?? null;
const registry: Scope = (row) => {
  const hosts = new Set(row.images.map(imageRegistry));
  return hosts.size === 1 ? ([...hosts][0] ?? null) : null;
};

const SHARED: ReadonlyMap<string, Scope> = new Map([
  ["image_rate_limited", registry],
  ["image_registry_unreachable", registry],
  ["image_auth", registry],
  ["node_lost", beginning],
  ["webhook_unreachable", ending],
  ["config_missing", (row) => `${row.namespace}\n${ending(row) ?? row.reason?.summary ?? ""}`],
  ["quota_exceeded", namespace],
  ["pod_security_denied", namespace],
  ["namespace_terminating", namespace],
  ["unschedulable_taint", ending],
  ["unschedulable_resources", ending],
  ["stale", cluster],
  ["forbidden", sentence],
]);

/** What else is said of all of them alike. */
function because(rows: readonly Workload[]): string {
  const [why, ...others] = new Set(rows.map(ending));
  return typeof why === "string" && others.length === 0 ? `: ${why}.` : ".";
}

type Together = (lead: Workload, members: readonly Workload[]) => string;

const untaken: Together = (_, all) => `No node takes their pods${because(all)}`;

/** What several workloads with the same cause share. */
const TOGETHER: ReadonlyMap<string, Together> = new Map([
  ["node_lost", (row) => `${beginning(row) ?? ""}.`],
  ["image_rate_limited", (row) => `Registry ${registry(row)} limits how often images are pulled.`],
  ["image_registry_unreachable", (row, all) => `Images of ${registry(row)} cannot be pulled${because(all)}`],
  ["image_auth", (row, all) => `Registry ${registry(row)} does not hand out the images${because(all)}`],
  ["config_missing", (_, all) => `They lack what they need${because(all)}`],
  ["webhook_unreachable", (_, all) => `Their pods cannot be made, since a webhook fails${because(all)}`],
  ["quota_exceeded", (row, all) => `The quota of namespace ${row.namespace} refuses their pods${because(all)}`],
  ["pod_security_denied", (row, all) => `Pod security of namespace ${row.namespace} refuses their pods${because(all)}`],
  ["namespace_terminating", (row) => `Namespace ${row.namespace} is being deleted: no pods are made there.`],
  ["unschedulable_taint", untaken],
  ["unschedulable_resources", untaken],
  ["stale", (_, all) => `The cluster does not answer${because(all)}`],
  ["forbidden", (row) => reasonOf(row).replace(/ of it\.$/, " of them.")],
]);

/** By what they are; where that is the same, by what they were when it was last known. */
function bySeverity(a: Workload, b: Workload): number {
  return severityOf(a.health) - severityOf(b.health) || severityBefore(a) - severityBefore(b);
}

function worstThenOldest(a: Workload, b: Workload): number {
  return bySeverity(a, b) || compare(a.since, b.since) || compare(a.id, b.id);
}

function newestFirst(a: Workload, b: Workload): number {
  return compare(b.since, a.since) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
