/** The namespaces to choose from. */

import type { Health, NamespaceSummary } from "../api/schema";
import { severityOf } from "../workload/health";

export interface NamespaceChoice {
  name: string;
  /** The worst that runs in it. */
  health: Health;
  total: number;
  /** In one cluster at least. */
  terminating: boolean;
}

/** One entry per name: a choice holds for every cluster that has a namespace of that name. */
export function namespacesByName(namespaces: readonly NamespaceSummary[]): NamespaceChoice[] {
  const choices = new Map<string, NamespaceChoice>();
  for (const { name, health, counts, terminating } of namespaces) {
    const choice = choices.get(name) ?? { name, health, total: 0, terminating: false };
    choice.total += counts.total;
    choice.terminating ||= terminating;
    if (severityOf(health) < severityOf(choice.health)) choice.health = health;
    choices.set(name, choice);
  }
  return [...choices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** "dying is being deleted.": those of the chosen namespaces of which that is so; empty when it is so of none. */
export function beingDeleted(namespaces: readonly NamespaceSummary[], chosen: readonly string[]): string {
  const names = namespacesByName(namespaces)
    .filter((it) => it.terminating && chosen.includes(it.name))
    .map((it) => it.name);
  return names.length === 0 ? "" : `${names.join(", ")} ${names.length === 1 ? "is" : "are"} being deleted.`;
}
