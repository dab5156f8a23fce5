import { describe, expect, test } from "vitest";
import { parts, source } from "../../testing/source";
import type { Source } from "../api/schema";
import { blockingOf, noticesOf, refusal, refusedOf, refusedWhere, roleFor, shortfallOf, troublesOf } from "./standing";

describe("a stream that is live is not a cluster that is known", () => {
  const rows: [name: string, sources: Source[], word: string | null][] = [
    ["all is read", [source("pods"), source("deployments")], null],
    ["the cluster does not answer", [source("pods"), source("deployments", { state: "degraded" })], "Cluster lost"],
    ["nothing is heard of it", [source("pods", { state: "stale" })], "Cluster lost"],
    ["a right is missing", [source("pods"), source("deployments", { state: "forbidden" })], "Not all is read"],
    ["a source has come anew", [source("pods"), source("pods", { state: "connecting" })], "Not all is read"],
    [
      "a right is missing in one namespace",
      [source("pods", { namespaces: parts({ shop: "synced", broken: "forbidden" }) })],
      "Not all is read",
    ],
    [
      "loss counts for more than a missing right",
      [source("pods", { state: "forbidden" }), source("deployments", { cluster: "lab", state: "stale" })],
      "Cluster lost",
    ],
    ["what is optional is not missed", [source("nodes", { required: false, state: "forbidden" })], null],
  ];
  test.each(rows)("%s", (_, sources, word) => expect(shortfallOf(sources)).toBe(word));
});

describe("what is read may still lack something", () => {
  const missing = { reason: "there is no namespace shpo", required: false };
  const rows: [name: string, sources: Source[], notices: string[]][] = [
    ["all is well", [source("pods"), source("namespaces")], []],
    ["a namespace is not there", [source("pods"), source("namespaces", missing)], [missing.reason]],
    ["what is not read is said elsewhere", [source("pods", { state: "forbidden", reason: "forbidden" })], []],
    [
      "of several clusters the one is named",
      [source("pods", { cluster: "lab" }), source("namespaces", missing)],
      [`prod: ${missing.reason}`],
    ],
  ];
  test.each(rows)("%s", (_, sources, notices) => expect(noticesOf(sources)).toEqual(notices));
});

describe("why sources are not read is said once", () => {
  const token = { state: "connecting", reason: "the token is not accepted (401)" };
  const rows: [name: string, sources: Source[], reasons: string[]][] = [
    ["all are on their way", [source("pods", { state: "connecting" })], []],
    ["what was is over", [source("pods", { ...token, state: "synced" })], []],
    ["what is optional holds nothing up", [source("nodes", { ...token, required: false })], []],
    ["one reason for all", [source("pods", token), source("deployments", token)], [token.reason]],
    [
      "of several clusters the one is named",
      [source("pods"), source("pods", { ...token, cluster: "lab" })],
      [`lab: ${token.reason}`],
    ],
  ];
  test.each(rows)("%s", (_, sources, reasons) => expect(troublesOf(sources)).toEqual(reasons));
});

describe("what may not be read is named with its place", () => {
  const broken = { state: "forbidden", namespaces: parts({ shop: "synced", broken: "forbidden" }) };
  const rows: [name: string, sources: Source[], severalClusters: boolean, words: string][] = [
    ["everywhere", [source("pods", { state: "forbidden" })], false, "pods"],
    ["in one namespace", [source("pods", broken)], false, "pods in broken"],
    [
      "several resources at one place are one part",
      [source("pods", broken), source("deployments", broken), source("namespaces", { state: "forbidden" })],
      false,
      "pods, deployments in broken; namespaces",
    ],
    [
      "in many namespaces",
      [
        source("pods", {
          state: "forbidden",
          namespaces: parts({ a: "forbidden", b: "forbidden", c: "forbidden", d: "forbidden", e: "synced" }),
        }),
      ],
      false,
      "pods in a, b, c and 1 more",
    ],
    ["of one cluster of several", [source("pods", { ...broken, cluster: "lab" })], true, "pods in broken of lab"],
    ["what is read is not named", [source("pods")], false, ""],
  ];
  test.each(rows)("%s", (_, sources, several, words) => {
    expect(refusedWhere(refusedOf(sources), several)).toBe(words);
  });
});

describe("a refusal that keeps the first reading from its end", () => {
  const rows: [name: string, sources: Source[], blocking: string[]][] = [
    ["nothing else is waited for", [source("namespaces", { state: "forbidden" })], ["namespaces"]],
    [
      "another cluster is still read",
      [source("namespaces", { state: "forbidden" }), source("pods", { cluster: "lab", state: "connecting" })],
      ["namespaces"],
    ],
    [
      "the rest of the cluster is still read",
      [source("deployments", { state: "forbidden" }), source("pods", { state: "connecting" })],
      [],
    ],
    ["nothing is refused", [source("pods", { state: "connecting" })], []],
  ];
  test.each(rows)("%s", (_, sources, blocking) => {
    expect(blockingOf(sources).map((it) => it.resource)).toEqual(blocking);
  });

  test("says what cannot be done without it", () => {
    expect(refusal(source("namespaces"))).toMatch(/^maintenant may not list namespaces, so it cannot find/);
    expect(refusal(source("pods"))).toMatch(/^maintenant may not read pods/);
  });
});

test("what stands outside of namespaces is granted by a ClusterRole alone", () => {
  expect(["namespaces", "nodes", "pods"].map(roleFor)).toEqual(["ClusterRole", "ClusterRole", "Role or ClusterRole"]);
});
