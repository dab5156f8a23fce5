import { describe, expect, test } from "vitest";
import type { Diagnosis } from "../api/schema";
import { confirmFor } from "./confirm";

function diagnosis(confirm: string, summary: string, objects: string[] = []): Diagnosis {
  const evidence = objects.map((object) => ({ kind: "event" as const, at: null, object, text: "" }));
  const guide = { meaning: "", confirm, mend: "" };
  return { code: "crash_loop", summary, evidence, since: "2026-11-22T00:00:00Z", next_step: null, guide };
}

const web = { namespace: "shop", kind: "Deployment", name: "web" };

describe("commands name what they are about", () => {
  const rows: [name: string, confirm: string, summary: string, objects: string[], expected: string][] = [
    [
      "pod and container",
      "kubectl -n NAMESPACE logs POD -c CONTAINER --previous",
      "Container `app` crash-loops in pod web-1.",
      ["Pod/shop/web-1", "Pod/shop/web-2"],
      "kubectl -n shop logs web-1 -c app --previous",
    ],
    [
      "kind and name",
      "kubectl -n NAMESPACE rollout status KIND/NAME",
      "",
      [],
      "kubectl -n shop rollout status deployment/web",
    ],
    [
      "node",
      "kubectl describe node NODE",
      "Node `n1` does not answer: Pod web-1 is not ready.",
      [],
      "kubectl describe node n1",
    ],
    [
      "claim",
      "kubectl -n NAMESPACE describe pvc CLAIM",
      "Claim `data` has no volume.",
      ["Pod/shop/web-1", "PersistentVolumeClaim/shop/data"],
      "kubectl -n shop describe pvc data",
    ],
    ["what is not known stays", "kubectl -n NAMESPACE describe pod POD", "", [], "kubectl -n shop describe pod POD"],
    [
      "what is no place stays",
      "kubectl get nodes -o custom-columns=NAME:.metadata.name",
      "",
      [],
      "kubectl get nodes -o custom-columns=NAME:.metadata.name",
    ],
    [
      "nor another namespace than the workload's",
      "kubectl auth can-i list RESOURCE --as system:serviceaccount:NAMESPACE:NAME",
      "",
      [],
      "kubectl auth can-i list RESOURCE --as system:serviceaccount:NAMESPACE:NAME",
    ],
  ];
  test.each(rows)("%s", (_, confirm, summary, objects, expected) =>
    expect(confirmFor(web, diagnosis(confirm, summary, objects))).toBe(expected),
  );
});

test("a pod and a job are named by themselves", () => {
  const pod = { namespace: "shop", kind: "Pod", name: "alone" };
  expect(confirmFor(pod, diagnosis("kubectl describe pod POD", ""))).toBe("kubectl describe pod alone");
  const job = { namespace: "shop", kind: "Job", name: "report" };
  expect(confirmFor(job, diagnosis("kubectl logs job/JOB", ""))).toBe("kubectl logs job/report");
});
