/** Commands of a guide with the names of the workload at hand, so that they can be copied as they are. */

import type { Diagnosis, Workload } from "../api/schema";

/** Words in capitals stand for names where they are whole arguments, or parts of one between slashes. */
const PLACE = /(?<=[\s/])[A-Z]+(?=[\s/]|$)/g;

/** What is not known stays as it is. */
export function confirmFor(workload: Pick<Workload, "namespace" | "kind" | "name">, diagnosis: Diagnosis): string {
  const { namespace, kind, name } = workload;
  const evidence = (wanted: string): string | undefined =>
    diagnosis.evidence.map(({ object }) => object.split("/")).find(([of]) => of === wanted)?.[2];
  const names: Record<string, string | undefined> = {
    NAMESPACE: namespace,
    KIND: kind.toLowerCase(),
    NAME: name,
    POD: kind === "Pod" ? name : evidence("Pod"),
    JOB: kind === "Job" ? name : evidence("Job"),
    CRONJOB: kind === "CronJob" ? name : undefined,
    CLAIM: evidence("PersistentVolumeClaim"),
    NODE: /\bnode `([^`]+)`/i.exec(diagnosis.summary)?.[1],
    CONTAINER: /\bcontainer `([^`]+)`/i.exec(diagnosis.summary)?.[1],
  };
  return diagnosis.guide.confirm.replace(PLACE, (place) => names[place] ?? place);
}
