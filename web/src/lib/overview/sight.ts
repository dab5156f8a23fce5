/** What the page must not deny, since it can't be seen. */

import type { Overview } from "../api/schema";
import { standsIn } from "../source/standing";

/** Whether workloads may be there, in these clusters and namespaces, that can't be seen. None chosen means all. */
export function isIncomplete(
  overview: Overview | null,
  clusters: readonly string[] = [],
  namespaces: readonly string[] = [],
): boolean {
  if (!overview) return false;
  const inClusters = (cluster: string): boolean => clusters.length === 0 || clusters.includes(cluster);
  const known = overview.namespaces.filter((it) => inClusters(it.cluster));
  if (namespaces.length === 0 && clusters.length === 0) return overview.incomplete;
  if (known.some((it) => it.incomplete && (namespaces.length === 0 || namespaces.includes(it.name)))) return true;
  // A namespace that is not known may be one of those that can't be seen.
  const unknown = namespaces.length === 0 || namespaces.some((name) => known.every((it) => it.name !== name));
  return unknown && isClusterIncomplete(overview, inClusters);
}

/** The answer says so of all clusters together; where there are several, their sources tell which it is. */
function isClusterIncomplete(overview: Overview, inClusters: (cluster: string) => boolean): boolean {
  if (!overview.incomplete || overview.clusters.length <= 1) return overview.incomplete;
  return overview.sources.some(
    (source) =>
      source.required && inClusters(source.cluster) && standsIn(source, "forbidden", "stale", "degraded", "connecting"),
  );
}
