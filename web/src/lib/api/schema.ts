/**
 * The JSON of `/api/v1`, under the names that this page uses. What each field means stands in the generated types.
 *
 * Texts that the document describes as one of several may be another one on a newer server; so may a health.
 */

import type { components } from "./generated/openapi";

type Schemas = components["schemas"];

export type Health = Schemas["Health"];
export type Counts = Schemas["Counts"];

/** One page of a list. */
export type List<T> = Omit<Schemas["List_Workload"], "items"> & { items: T[] };

export type Workload = Schemas["Workload"];
export type WorkloadDetail = Schemas["WorkloadDetail"];
export type Diagnosis = Schemas["Diagnosis"];
export type Guide = Schemas["Guide"];
export type Rollout = Schemas["Rollout"];
export type Claim = Schemas["Claim"];
export type NodeCoverage = Schemas["NodeCoverage"];
export type Run = Schemas["Run"];
export type Pod = Schemas["Pod"];
export type PodDetail = Schemas["PodDetail"];
export type Container = Schemas["Container"];
/** A Kubernetes Event; `Event` is the browser's. */
export type ClusterEvent = Schemas["Event"];
export type History = Schemas["History"];
export type Overview = Omit<Schemas["Overview"], "namespaces"> & { namespaces: NamespaceSummary[] };
/** A server may be older than the page in the browser, and not say whether the namespace is being deleted. */
export type NamespaceSummary = Schemas["NamespaceCounts"];
export type Source = Schemas["Source"];
export type License = Schemas["License"];
export type ServerHealth = Schemas["ServerHealth"];
export type SnapshotPart = Schemas["SnapshotPart"];
/** `touched` names the workloads whose pods, events or claims have changed though their row is as before. */
export type Change = Omit<Schemas["Change"], "touched"> & { touched?: string[] };
