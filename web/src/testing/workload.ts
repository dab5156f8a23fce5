/** Rows for tests. */

import type { Workload } from "../lib/api/schema";

/** A healthy Deployment `prod/shop/<name>` with what `changes` says otherwise. */
export function workload(name: string, changes: Partial<Workload> = {}): Workload {
  const namespace = changes.namespace ?? "shop";
  const kind = changes.kind ?? "Deployment";
  const cluster = changes.cluster ?? "prod";
  return {
    id: `${cluster}/${namespace}/${kind}/${name}`,
    cluster,
    namespace,
    kind,
    api_group: null,
    name,
    group: null,
    health: "healthy",
    since: "2026-11-01T00:00:00Z",
    last_known: null,
    reason: null,
    desired: 3,
    ready: 3,
    updated: 3,
    available: 3,
    restarts: 0,
    images: [`registry.example.com/shop/${name}:1.0`],
    cpu_millicores: null,
    memory_bytes: null,
    created_at: "2026-10-01T00:00:00Z",
    ...changes,
  };
}
