/** Paths of the API that belong to one workload or pod. */

import { pathOf } from "../api/client";
import type { Page } from "./route";

export function workloadPath(page: Extract<Page, { name: "workload" }>): string {
  return pathOf("workloads", page.cluster, page.namespace, page.kind, page.workload);
}

export function podPath(page: Extract<Page, { name: "pod" }>): string {
  return pathOf("pods", page.cluster, page.namespace, page.pod);
}
