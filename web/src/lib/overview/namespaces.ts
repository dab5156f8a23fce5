/** The namespaces to choose from. */

import type { Health, NamespaceSummary } from "../api/schema";
import { severityOf } from "../workload/health";

export interface NamespaceChoice {
  name: string;
  /** The worst that runs in it. */
  health: Health;
  total: number;
}

/** One entry per name: a choice holds for every cluster that has a namespace of that name. */
export function namespacesByName(namespaces: readonly NamespaceSummary[]): NamespaceChoice[] {
  const choices = new Map<string, NamespaceChoice>();
  for (const { name, health, counts } of namespaces) {
    const choice = choices.get(name) ?? { name, health, total: 0 };
    choice.total += counts.total;
    if (severityOf(health) < severityOf(choice.health)) choice.health = health;
    choices.set(name, choice);
  }
  return [...choices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
