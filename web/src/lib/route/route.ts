/** The address of what is on the screen. Everything that a colleague should see the same is in it. */

import { pathOf, queryOf } from "../api/client";

export type Page =
  | { name: "overview" }
  | { name: "workloads" }
  | { name: "workload"; cluster: string; namespace: string; kind: string; workload: string }
  | { name: "pods" }
  | { name: "pod"; cluster: string; namespace: string; pod: string }
  | { name: "events" }
  | { name: "settings" }
  | { name: "nowhere"; path: string };

export interface Route {
  page: Page;
  /** Parameters of the page, as they stand in the address. */
  query: ReadonlyMap<string, string>;
}

/** Never fails: an address that means nothing is the page `nowhere`. */
export function parseRoute(pathname: string, search: string): Route {
  return { page: parsePage(pathname), query: new Map(new URLSearchParams(search)) };
}

export function hrefOf(page: Page, query: Record<string, string | readonly string[] | null | undefined> = {}): string {
  return pagePath(page) + queryOf(query);
}

/** The page of a workload id, `cluster/namespace/Kind[.group]/name`, or null if it is not one. */
export function pageOfWorkload(id: string): Page | null {
  const [cluster, namespace, kind, ...name] = id.split("/");
  if (!cluster || !namespace || !kind || name.length === 0) return null;
  return { name: "workload", cluster, namespace, kind, workload: name.join("/") };
}

export function hrefOfWorkload(id: string): string {
  const page = pageOfWorkload(id);
  return page ? hrefOf(page) : hrefOf({ name: "workloads" });
}

/** The page of the object that evidence names, `Pod/shop/web-1`, where it has one. */
export function hrefOfObject(cluster: string, object: string): string | null {
  const [kind, namespace, name, more] = object.split("/");
  if (kind !== "Pod" || !namespace || !name || more !== undefined) return null;
  return hrefOfPod({ cluster, namespace, name });
}

export function hrefOfPod(pod: { cluster: string; namespace: string; name: string }): string {
  return hrefOf({ name: "pod", cluster: pod.cluster, namespace: pod.namespace, pod: pod.name });
}

/** `a,b` → `["a","b"]`; nothing → `[]`. */
export function listOf(value: string | undefined): string[] {
  return value ? value.split(",").filter(Boolean) : [];
}

function parsePage(pathname: string): Page {
  const nowhere: Page = { name: "nowhere", path: pathname };
  let segments: string[];
  try {
    segments = pathname.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return nowhere;
  }
  const [first, cluster, namespace, third, fourth] = segments;
  if (first === undefined) return { name: "overview" };
  if (segments.length === 1 && isListPage(first)) return { name: first };
  if (first === "workloads" && segments.length === 5 && cluster && namespace && third && fourth) {
    return { name: "workload", cluster, namespace, kind: third, workload: fourth };
  }
  if (first === "pods" && segments.length === 4 && cluster && namespace && third) {
    return { name: "pod", cluster, namespace, pod: third };
  }
  return nowhere;
}

function isListPage(name: string): name is "workloads" | "pods" | "events" | "settings" {
  return name === "workloads" || name === "pods" || name === "events" || name === "settings";
}

function pagePath(page: Page): string {
  switch (page.name) {
    case "overview":
      return "/";
    case "workload":
      return pathOf("workloads", page.cluster, page.namespace, page.kind, page.workload);
    case "pod":
      return pathOf("pods", page.cluster, page.namespace, page.pod);
    case "nowhere":
      return page.path;
    default:
      return `/${page.name}`;
  }
}
