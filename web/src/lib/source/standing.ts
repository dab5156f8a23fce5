/** What the sources of the clusters, taken together, allow the page to claim, and what to grant where it is not enough. */

import type { Source } from "../api/schema";
import { things } from "../format/quantity";

/** Whether the source, or its part in some namespace, is in one of these states. */
export function standsIn(source: Source, ...states: string[]): boolean {
  return states.includes(source.state) || (source.namespaces ?? []).some((part) => states.includes(part.state));
}

/** The required sources that say nothing any more. */
export function lostOf(sources: readonly Source[]): Source[] {
  return sources.filter((source) => source.required && standsIn(source, "stale", "degraded"));
}

/** The required sources that may not be read, or not everywhere. */
export function refusedOf(sources: readonly Source[]): Source[] {
  return sources.filter((source) => source.required && standsIn(source, "forbidden"));
}

/** Why what is shown is not all that is so, though the browser hears the server; null when it is. */
export function shortfallOf(sources: readonly Source[]): "Cluster lost" | "Not all is read" | null {
  if (lostOf(sources).length > 0) return "Cluster lost";
  const unread = sources.some((source) => source.required && standsIn(source, "forbidden", "connecting"));
  return unread ? "Not all is read" : null;
}

/** What sources that are read have to say all the same: objects that can't be understood, namespaces that are not there. */
export function noticesOf(sources: readonly Source[]): string[] {
  const several = new Set(sources.map((source) => source.cluster)).size > 1;
  const telling = sources.filter((source) => source.state === "synced" && source.reason);
  return telling.map((it) => (several ? `${it.cluster}: ${it.reason}` : `${it.reason}`));
}

/** Why required sources are not read: each reason once, with its cluster where there are several. */
export function troublesOf(sources: readonly Source[]): string[] {
  const required = sources.filter((source) => source.required);
  const several = new Set(required.map((source) => source.cluster)).size > 1;
  const troubled = required.filter((source) => source.state !== "synced" && source.reason);
  return [...new Set(troubled.map((it) => (several ? `${it.cluster}: ${it.reason}` : `${it.reason}`)))];
}

/** "pods, deployments in broken; nodes": which resources may not be read, and where, when that is not everywhere. */
export function refusedWhere(refused: readonly Source[], severalClusters: boolean): string {
  const byPlace = new Map<string, string[]>();
  for (const source of refused) {
    const parts = (source.namespaces ?? []).filter((part) => part.state === "forbidden").map((part) => part.name);
    const rest = parts.length - PLACES_MAX;
    const names = parts.slice(0, PLACES_MAX).join(", ") + (rest > 0 ? ` and ${things(rest, "more", "more")}` : "");
    const place = (names ? ` in ${names}` : "") + (severalClusters ? ` of ${source.cluster}` : "");
    byPlace.set(place, [...(byPlace.get(place) ?? []), source.resource]);
  }
  return [...byPlace].map(([place, resources]) => resources.join(", ") + place).join("; ");
}

/** More namespaces than this are counted: a banner is one sentence. */
const PLACES_MAX = 3;

/** The required sources whose refusal keeps the first reading from its end. */
export function blockingOf(sources: readonly Source[]): Source[] {
  const required = sources.filter((source) => source.required);
  const waiting = required.some((source) => source.state === "connecting");
  return required.filter(
    (source) =>
      source.state === "forbidden" &&
      (!waiting || required.every((other) => other.cluster !== source.cluster || other.state === "forbidden")),
  );
}

/** The sentence for a refusal that keeps the first reading from its end. */
export function refusal(source: Source): string {
  return source.resource === "namespaces"
    ? "maintenant may not list namespaces, so it cannot find those that match the filter"
    : `maintenant may not read ${source.resource}, without which it can judge nothing`;
}

/** What holds the rule for a resource: one that stands outside of namespaces cannot be granted by a Role. */
export function roleFor(resource: string): string {
  return resource === "namespaces" || resource === "nodes" ? "ClusterRole" : "Role or ClusterRole";
}
