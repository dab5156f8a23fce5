import { describe, expect, test } from "vitest";
import { workload } from "../../testing/workload";
import type { Health, Workload } from "../api/schema";
import { attentionBefore } from "./before";
import { problemsOf } from "./cause";

function bad(name: string, code: string, changes: Partial<Workload> = {}): Workload {
  return workload(name, { health: "degraded", reason: { code, summary: `${code} summary` }, ...changes });
}

const groups = (rows: Workload[]): string[] =>
  problemsOf(rows).map((problem) => problem.members.map((row) => row.name).join("+"));

describe("problems with one cause are one problem", () => {
  const rows: [name: string, rows: Workload[], expected: string[]][] = [
    [
      "images of one registry",
      [bad("a", "image_rate_limited"), bad("b", "image_rate_limited", { namespace: "blog" })],
      ["b+a"],
    ],
    [
      "images of two registries",
      [bad("a", "image_rate_limited"), bad("b", "image_rate_limited", { images: ["ghcr.io/x/y:1"] })],
      ["a", "b"],
    ],
    [
      "images that come from several registries may be any of them",
      [
        bad("a", "image_auth", { images: ["ghcr.io/x:1", "quay.io/y:1"] }),
        bad("b", "image_auth", { images: ["ghcr.io/x:1"] }),
      ],
      ["b", "a"],
    ],
    ["two containers that crash", [bad("a", "crash_loop"), bad("b", "crash_loop")], ["a", "b"]],
    [
      "quotas of two namespaces",
      [bad("a", "quota_exceeded"), bad("b", "quota_exceeded", { namespace: "blog" })],
      ["a", "b"],
    ],
    ["a lost node", [bad("a", "node_lost"), bad("b", "node_lost")], ["a+b"]],
    [
      "two clusters that are stale",
      [
        bad("a", "stale", { cluster: "one" }),
        bad("b", "stale", { cluster: "two" }),
        bad("c", "stale", { cluster: "one" }),
      ],
      ["a+c", "b"],
    ],
    ["without a reason", [workload("a", { health: "failed" }), workload("b", { health: "failed" })], ["a", "b"]],
  ];
  const says = (name: string, code: string, summary: string): Workload =>
    bad(name, code, { reason: { code, summary } });
  test("what is shared is found in sentences that name their pods", () => {
    const lost = "Node `n1` does not answer: ";
    const missing = 'waits for what it is configured from: secret "db" not found. Nothing serves.';
    const room = "0/3 nodes are available: 3 Insufficient cpu. Nothing serves.";
    expect(
      groups([
        says("a", "node_lost", `${lost}Pod a-1 is not ready. Nothing serves.`),
        says("b", "node_lost", `${lost}2 of 3 pods are not ready. 1 of 3 pods serve.`),
        says("c", "node_lost", "Node `n2` does not answer: Pod c-1 is not ready."),
        says("d", "config_missing", `Container \`app\` ${missing}`),
        says("e", "config_missing", `Container \`web\` ${missing} 1 of 3 updated.`),
        says("f", "config_missing", missing.replace("db", "mail")),
        says("g", "unschedulable_resources", `No node takes pod g-1, which needs 64 CPU: ${room}`),
        says("h", "unschedulable_resources", `No node takes 2 of 3 pods, which need 8 CPU each: ${room}`),
      ]).sort(),
    ).toEqual(["a+b", "c", "d+e", "f", "g+h"]);
  });
  test.each(rows)("%s", (_, problems, expected) => expect(groups(problems).sort()).toEqual([...expected].sort()));
});

describe("several workloads are spoken of in words that fit each of them", () => {
  const rows: [code: string, one: string, other: string, together: string][] = [
    [
      "node_lost",
      "Node `n1` does not answer: Pod a-1 is not ready. Nothing serves.",
      "Node `n1` does not answer: 2 of 3 pods are not ready. 1 of 3 pods serve.",
      "Node `n1` does not answer.",
    ],
    [
      "image_registry_unreachable",
      "Image `r.example:5000/app:1` cannot be pulled in pod c-1: connection refused. Nothing serves.",
      "Image `r.example:5000/web:2` cannot be pulled: connection refused. Nothing serves.",
      "Images of r.example:5000 cannot be pulled: connection refused.",
    ],
    [
      "image_rate_limited",
      "The registry limits how often image `r.example:5000/app:1` is pulled. Nothing serves.",
      "The registry limits how often image `r.example:5000/web:2` is pulled in pod d-1. 1 of 3 pods serve.",
      "Registry r.example:5000 limits how often images are pulled.",
    ],
    [
      "image_auth",
      "The registry does not hand out image `r.example:5000/app:1`: 401. Nothing serves.",
      "The registry does not hand out image `r.example:5000/web:2` in pod e-1: 401. 1 of 3 pods serve.",
      "Registry r.example:5000 does not hand out the images: 401.",
    ],
    [
      "unschedulable_taint",
      "No node takes pod a-1: 0/1 nodes had tolerated taints. Nothing serves.",
      "No node takes 2 of 2 pods: 0/1 nodes had tolerated taints. Nothing serves.",
      "No node takes their pods: 0/1 nodes had tolerated taints.",
    ],
    [
      "unschedulable_resources",
      "No node takes pod a-1, which needs 64 CPU: 3 Insufficient cpu. Nothing serves.",
      "No node takes 2 of 3 pods, which need 8 CPU each: 3 Insufficient cpu. 1 of 3 pods serve.",
      "No node takes their pods: 3 Insufficient cpu.",
    ],
    [
      "webhook_unreachable",
      "1 of 1 pods cannot be made, a webhook is not trusted: x509: unknown authority (possibly … Nothing serves.",
      "2 of 3 pods cannot be made, a webhook is not trusted: x509: unknown authority (possibly … 1 of 3 pods serve.",
      "Their pods cannot be made, since a webhook fails: x509: unknown authority (possibly.",
    ],
    [
      "quota_exceeded",
      "The quota has no room for 1 of 1 pods: exceeded quota: q, requested: pods=1.",
      "The quota has no room for 2 of 3 pods: exceeded quota: q, requested: cpu=1.",
      "The quota of namespace shop refuses their pods.",
    ],
    [
      "pod_security_denied",
      "The namespace's pod security refuses 1 of 1 pods: violates restricted: runAsNonRoot. Nothing serves.",
      "The namespace's pod security refuses 2 of 2 pods: violates restricted: runAsNonRoot. Nothing serves.",
      "Pod security of namespace shop refuses their pods: violates restricted: runAsNonRoot.",
    ],
    [
      "namespace_terminating",
      "1 of 1 pods cannot be made, their namespace is being deleted. Nothing serves.",
      "3 of 3 pods cannot be made, their namespace is being deleted.",
      "Namespace shop is being deleted: no pods are made there.",
    ],
    [
      "config_missing",
      '1 of 1 pods lack what they need: serviceaccount "builder" not found. Nothing serves.',
      '2 of 2 pods lack what they need: serviceaccount "builder" not found. Nothing serves.',
      'They lack what they need: serviceaccount "builder" not found.',
    ],
    [
      "stale",
      "The cluster does not answer for deployments: connection refused.",
      "The cluster does not answer for statefulsets: connection refused.",
      "The cluster does not answer: connection refused.",
    ],
    [
      "forbidden",
      "maintenant may not read pods here, so nothing is known of it.",
      "maintenant may not read pods here, so nothing is known of it.",
      "maintenant may not read pods here, so nothing is known of them.",
    ],
  ];
  test.each(rows)("%s", (code, one, other, together) => {
    const of = (name: string, summary: string): Workload =>
      bad(name, code, { reason: { code, summary }, images: ["r.example:5000/app:1"] });
    expect(problemsOf([of("a", one), of("b", other)]).map((it) => it.sentence)).toEqual([together]);
    expect(problemsOf([of("a", one)]).map((it) => it.sentence)).toEqual([one]);
  });
});

test("a webhook fails for several namespaces, but not for several clusters", () => {
  const of = (more: Partial<Workload>): Workload => {
    const summary = "1 of 1 pods cannot be made, a webhook does not answer: no route to host.";
    return bad(JSON.stringify(more), "webhook_unreachable", {
      reason: { code: "webhook_unreachable", summary },
      ...more,
    });
  };
  const rows = [of({}), of({ namespace: "blog" }), of({ cluster: "other" })];
  expect(problemsOf(rows).map((it) => it.members.length)).toEqual([2, 1]);
});

test("a reason that only some have is not said of all", () => {
  const of = (name: string, why: string): Workload =>
    bad(name, "image_registry_unreachable", {
      images: ["r.example/app:1"],
      reason: {
        code: "image_registry_unreachable",
        summary: `Image \`app:1\` cannot be pulled: ${why}. Nothing serves.`,
      },
    });
  const [problem] = problemsOf([of("a", "connection refused"), of("b", "no such host")]);
  expect(problem?.sentence).toBe("Images of r.example cannot be pulled.");
});

test("what several share stands before what one has", () => {
  const rows = [
    bad("new", "crash_loop", { since: "2026-11-20T00:00:00Z" }),
    bad("node-1", "node_lost", { since: "2026-10-01T00:00:00Z" }),
    bad("node-2", "node_lost", { since: "2026-10-02T00:00:00Z" }),
  ];
  expect(groups(rows)).toEqual(["node-1+node-2", "new"]);
});

test("worst first, then the newest; a group is as bad as its worst, and as old as that", () => {
  const rows = [
    bad("old", "crash_loop", { since: "2026-11-01T00:00:00Z" }),
    bad("new", "crash_loop", { since: "2026-11-20T00:00:00Z" }),
    bad("node-1", "node_lost", { since: "2026-10-01T00:00:00Z" }),
    bad("node-2", "node_lost", { since: "2026-10-02T00:00:00Z", health: "failed" }),
  ];
  expect(groups(rows)).toEqual(["node-2+node-1", "new", "old"]);
});

describe("in an outage, what needed attention before comes first", () => {
  const lost = (name: string, health: Health, changes: Partial<Workload> = {}): Workload =>
    bad(name, "stale", {
      health: "unknown",
      last_known: { health, since: "2026-11-01T00:00:00Z", at: "2026-11-20T00:00:00Z" },
      ...changes,
    });

  test("within the entry of a cluster, whichever was lost first", () => {
    const rows = [
      lost("a", "healthy", { since: "2026-11-20T00:00:00Z" }),
      lost("b", "degraded", { since: "2026-11-20T00:00:01Z" }),
      lost("c", "failed", { since: "2026-11-20T00:00:02Z" }),
      bad("d", "stale", { health: "unknown", since: "2026-11-20T00:00:00Z" }),
    ];
    expect(groups(rows)).toEqual(["c+b+a+d"]);
  });

  test("among the entries", () => {
    const rows = [lost("a", "healthy", { cluster: "one" }), lost("b", "failed", { cluster: "two" })];
    expect(groups(rows)).toEqual(["b", "a"]);
  });

  const rows: [healths: Health[], words: string][] = [
    [["failed", "degraded", "failed", "healthy"], "2 were Failed, 1 was Degraded"],
    [["progressing", "healthy"], ""],
  ];
  test.each(rows)("%s in words", (healths, words) => {
    expect(attentionBefore(healths.map((health, i) => lost(`w${i}`, health)))).toBe(words);
  });
});
