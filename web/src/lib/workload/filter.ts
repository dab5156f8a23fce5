/** Which workloads a page shows. The same meaning as the parameters of `GET /workloads`. */

import type { Workload } from "../api/schema";
import { healthLabel } from "./health";

export interface WorkloadFilter {
  clusters: readonly string[];
  namespaces: readonly string[];
  kinds: readonly string[];
  healths: readonly string[];
  /** Words, each looked for in name, namespace, group, images, and the code and summary of the reason. */
  q: string;
}

export const NO_FILTER: WorkloadFilter = { clusters: [], namespaces: [], kinds: [], healths: [], q: "" };

/** A test for one row. An empty list lets everything through. */
export function matcher(filter: WorkloadFilter): (row: Workload) => boolean {
  const clusters = setOrNull(filter.clusters);
  const namespaces = setOrNull(filter.namespaces);
  const kinds = setOrNull(filter.kinds);
  const healths = setOrNull(filter.healths);
  const words = asciiLowerCase(filter.q).split(BLANKS).filter(Boolean);
  return (row) =>
    (clusters?.has(row.cluster) ?? true) &&
    (namespaces?.has(row.namespace) ?? true) &&
    (kinds === null || kinds.has(row.kind) || kinds.has(`${row.kind}.${row.api_group}`)) &&
    (healths?.has(row.health) ?? true) &&
    words.every((word) => contains(row, word));
}

export function isFiltered(filter: WorkloadFilter): boolean {
  const lists = [filter.clusters, filter.namespaces, filter.kinds, filter.healths];
  return filter.q.trim() !== "" || lists.some((list) => list.length > 0);
}

/** "No workload that is failed in shop.": what nothing was found for. */
export function nothingFits({ healths, kinds, namespaces, clusters, q }: WorkloadFilter): string {
  const parts = [
    "No workload",
    healths.length > 0 ? `that is ${healths.map(healthLabel).join(" or ").toLowerCase()}` : "",
    kinds.length > 0 ? `of kind ${kinds.join(" or ")}` : "",
    namespaces.length > 0 ? `in ${namespaces.join(" or ")}` : "",
    clusters.length > 0 ? `of ${clusters.join(" or ")}` : "",
    q.trim() ? `with “${q}” in name, namespace, group, image or reason` : "",
  ];
  return `${parts.filter(Boolean).join(" ")}.`;
}

function setOrNull(values: readonly string[]): ReadonlySet<string> | null {
  return values.length === 0 ? null : new Set(values);
}

function contains(row: Workload, word: string): boolean {
  const has = (text: string | null | undefined): boolean => !!text && asciiLowerCase(text).includes(word);
  return (
    has(row.name) ||
    has(row.namespace) ||
    has(row.group) ||
    row.images.some(has) ||
    has(row.reason?.code) ||
    has(row.reason?.summary)
  );
}

/** What the server takes for a blank; `\s` is not quite the same. */
const BLANKS = /\p{White_Space}+/u;
const CAPITALS = /[A-Z]+/g;

/** The server ignores the case of ASCII letters only. */
function asciiLowerCase(text: string): string {
  return text.replace(CAPITALS, (capitals) => capitals.toLowerCase());
}
