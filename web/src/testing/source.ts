/** Sources for tests. */

import type { Source } from "../lib/api/schema";

/** A required source of the cluster `prod` that is read, with what `changes` says otherwise. */
export function source(resource: string, changes: Partial<Source> = {}): Source {
  const cluster = changes.cluster ?? "prod";
  return {
    name: `kubernetes/${cluster}/${resource}`,
    cluster,
    resource,
    required: true,
    state: "synced",
    reason: null,
    code: null,
    guide: null,
    rule: null,
    last_event_at: null,
    namespaces: null,
    used_for: "",
    ...changes,
  };
}

/** How a source stands in some namespaces: `{ shop: "synced", broken: "forbidden" }`. */
export function parts(states: Record<string, string>): NonNullable<Source["namespaces"]> {
  return Object.entries(states).map(([name, state]) => ({ name, state, reason: null }));
}
