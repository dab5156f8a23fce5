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

test("several workloads are spoken of in words that fit each of them", () => {
  const images = ["r.example:5000/app:1"];
  const of = (name: string, code: string, summary: string): Workload =>
    bad(name, code, { reason: { code, summary }, images });
  const rows = [
    of("a", "node_lost", "Node `n1` does not answer: Pod a-1 is not ready. Nothing serves."),
    of("b", "node_lost", "Node `n1` does not answer: 2 of 3 pods are not ready. 1 of 3 pods serve."),
    of(
      "c",
      "image_registry_unreachable",
      "Image `r.example:5000/app:1` cannot be pulled in pod c-1: connection refused. Nothing serves.",
    ),
    of(
      "d",
      "image_registry_unreachable",
      "Image `r.example:5000/web:2` cannot be pulled: connection refused. Nothing serves.",
    ),
    of("f", "unschedulable_taint", "No node takes pod f-1: 0/1 nodes had tolerated taints. Nothing serves."),
    of("g", "unschedulable_taint", "No node takes 2 of 2 pods: 0/1 nodes had tolerated taints. Nothing serves."),
    of("h", "webhook_unreachable", "1 of 1 pods cannot be made, a webhook does not answer: no route to host."),
    of("i", "webhook_unreachable", "2 of 3 pods cannot be made, a webhook does not answer: no route to host."),
    of("j", "quota_exceeded", "The quota has no room for 1 of 1 pods: exceeded quota: q, requested: pods=1."),
    of("k", "quota_exceeded", "The quota has no room for 2 of 3 pods: exceeded quota: q, requested: cpu=1."),
    of("l", "forbidden", "maintenant may not read pods here, so nothing is known of it."),
    of("m", "forbidden", "maintenant may not read pods here, so nothing is known of it."),
    of("e", "image_auth", "The registry does not hand out image `r.example:5000/app:1`: 401. Nothing serves."),
  ];
  expect(problemsOf(rows).map((it) => it.sentence)).toEqual([
    "Node `n1` does not answer.",
    "Images of r.example:5000 cannot be pulled: connection refused.",
    "No node takes their pods: 0/1 nodes had tolerated taints.",
    "Their pods cannot be made, since a webhook fails: no route to host.",
    "The quota of namespace shop refuses their pods.",
    "maintenant may not read pods here, so nothing is known of them.",
    "The registry does not hand out image `r.example:5000/app:1`: 401. Nothing serves.",
  ]);
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
