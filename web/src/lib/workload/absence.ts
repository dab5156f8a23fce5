/** What is said where nothing is: what is so, and what the page can't know. */

import { exactMoment } from "../format/time";
import { isFiltered, nothingFits, type WorkloadFilter } from "./filter";

export interface Absence {
  title: string;
  text: string;
  /** The way out: the list, the same without its filters, or where the reasons stand. */
  leadsTo: "list" | "unfiltered" | "sources";
}

const SOURCES = "Under Settings stands what is missing, and the rule to add.";

/** Instead of a list without a row. `unseen`: more may be there, which can't be seen. */
export function emptyList(filter: WorkloadFilter, unseen: boolean, note = ""): Absence {
  if (isFiltered({ ...filter, clusters: [], namespaces: [] }) || (isFiltered(filter) && !unseen)) {
    const hidden = unseen ? "Not all that runs here can be seen: Settings say why." : "";
    return { title: "Nothing matches", text: joined(nothingFits(filter), hidden, note), leadsTo: "unfiltered" };
  }
  if (unseen) {
    const text = joined("The pods here may not be read, or don't answer.", SOURCES, note);
    return { title: "What runs here can't be seen", text, leadsTo: "sources" };
  }
  const text = "Nothing runs in the namespaces that are watched. Which those are is under Settings.";
  return { title: "No workloads yet", text, leadsTo: "sources" };
}

export interface Missed {
  name: string;
  /** Whether it was here once, since the page was opened. */
  known: boolean;
  /** Whether it may be there and can't be seen. */
  unseen: boolean;
  /** Whether the clusters have been read once. */
  ready: boolean;
  /** When the page heard that it was gone, in milliseconds since 1970. */
  goneAt: number | null;
}

/** Instead of a workload, or above what was last known of it. */
export function missedWorkload({ name, known, unseen, ready, goneAt }: Missed, now: number): Absence {
  if (!ready && !known) {
    const text = "The cluster is being read for the first time. The page fills by itself if there is such a workload.";
    return { title: `${name} has not been read yet`, text, leadsTo: "sources" };
  }
  if (unseen) {
    const text = known
      ? "What runs here can't be seen any more, so it may still be there. Below is what was last known of it."
      : "What runs here can't be seen, or not all of it, so there may be such a workload.";
    return { title: `${name} can't be seen`, text: joined(text, SOURCES), leadsTo: "sources" };
  }
  if (known) {
    const since = goneAt === null ? "" : ` since ${exactMoment(new Date(goneAt).toISOString(), now)}`;
    const text = `It has not been there${since}. Below is what it was last.`;
    return { title: `${name} was deleted`, text, leadsTo: "list" };
  }
  const text =
    "It was deleted, or is not in what maintenant may watch. If it has just been created, it appears in the list within a second.";
  return { title: "There is no such workload", text, leadsTo: "list" };
}

function joined(...sentences: string[]): string {
  return sentences.filter(Boolean).join(" ");
}
