import { describe, expect, test } from "vitest";
import { namespace } from "../../testing/answers";
import { workload } from "../../testing/workload";
import type { Counts } from "../api/schema";
import { emptyCounts } from "../workload/health";
import { digestOf, RECENT_MAX } from "./digest";
import { columnsIn, marksOf, sharesOf } from "./marks";
import { beingDeleted, namespacesByName } from "./namespaces";

const all = (): boolean => true;

function counts(parts: Partial<Counts>): Counts {
  return { ...emptyCounts(), ...parts, total: Object.values(parts).reduce((sum, n) => sum + n, 0) };
}

describe("the digest", () => {
  const rows = [
    workload("a", { health: "failed", namespace: "blog", since: "2026-11-21T10:00:00Z" }),
    workload("b", { health: "degraded", since: "2026-11-21T09:00:00Z" }),
    workload("c", { health: "progressing", since: "2026-11-21T11:00:00Z" }),
    workload("d", { health: "progressing", since: "2026-11-21T12:00:00Z" }),
    workload("e", { health: "unknown", since: "2026-11-20T12:00:00Z" }),
    workload("f", { namespace: "archive" }),
  ];

  test("puts every row where it belongs", () => {
    const digest = digestOf(rows, all, "2026-11-21T00:00:00Z");
    expect(digest.counts).toMatchObject({ failed: 1, degraded: 1, progressing: 2, unknown: 1, healthy: 1, total: 6 });
    expect(digest.problems.map((it) => it.lead.name)).toEqual(["a", "b"]);
    expect(digest.unknown.map((it) => it.lead.name)).toEqual(["e"]);
    expect(digest.changing.map((it) => it.name)).toEqual(["d", "c"]);
    expect(digest.recent.map((it) => it.name)).toEqual(["d", "c", "a", "b"]);
    expect(digest.namespaces.map((it) => it.name)).toEqual(["blog", "shop", "archive"]);
  });

  test("sees only the scope", () => {
    const digest = digestOf(rows, (row) => row.namespace === "archive", "2026-11-21T00:00:00Z");
    expect(digest.counts.total).toBe(1);
    expect(digest.namespaces).toHaveLength(1);
  });

  test("keeps the newest of many", () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      workload(`w${i}`, { since: `2026-11-21T00:${String((i * 37) % 60).padStart(2, "0")}:00Z` }),
    );
    const recent = digestOf(many, all, "2026-11-21T00:00:00Z").recent.map((row) => row.since);
    const expected = many
      .map((row) => row.since)
      .sort()
      .reverse()
      .slice(0, RECENT_MAX);
    expect(recent).toEqual(expected);
  });
});

describe("marks", () => {
  test("one shape per workload, worst first, in rows", () => {
    const marks = marksOf(counts({ failed: 1, healthy: 20 }), 10);
    expect(marks.paths.map((it) => [it.health, it.d.split("M").length - 1])).toEqual([
      ["failed", 1],
      ["healthy", 20],
    ]);
    expect(marks.width).toBe(127);
    expect(marks.height).toBe(36);
  });

  const rows: [widthPx: number, columns: number][] = [
    [0, 8],
    [127, 10],
    [140, 11],
  ];
  test.each(rows)("%d px", (widthPx, columns) => expect(columnsIn(widthPx)).toBe(columns));
});

describe("shares of a bar", () => {
  test("one failed of ten thousand can still be seen, and they fill the bar", () => {
    const shares = sharesOf(counts({ failed: 1, healthy: 9_999 }));
    expect(shares[0]?.percent).toBeGreaterThan(1.5);
    expect(shares.reduce((sum, it) => sum + it.percent, 0)).toBeCloseTo(100);
  });

  test("nothing has no shares", () => expect(sharesOf(counts({}))).toEqual([]));
});

test("a namespace of two clusters is one choice: all that runs in both, as bad as the worse", () => {
  const choices = namespacesByName([
    namespace("shop", 2, { cluster: "one", health: "failed" }),
    namespace("blog", 1, { cluster: "one" }),
    namespace("shop", 3, { cluster: "two" }),
  ]);
  expect(choices).toEqual([
    { name: "blog", health: "healthy", total: 1, terminating: false },
    { name: "shop", health: "failed", total: 5, terminating: false },
  ]);
});

describe("a namespace that is being deleted", () => {
  const namespaces = [
    namespace("dying", 0, { cluster: "one" }),
    namespace("dying", 0, { cluster: "two", terminating: true }),
    namespace("going", 1, { terminating: true }),
    namespace("shop", 2, { terminating: false }),
  ];

  test("is a choice that says so, be it in one cluster of two", () => {
    const names = namespacesByName(namespaces).filter((it) => it.terminating);
    expect(names.map((it) => it.name)).toEqual(["dying", "going"]);
  });

  const rows: [chosen: string[], sentence: string][] = [
    [["dying"], "dying is being deleted."],
    [["shop", "going", "dying"], "dying, going are being deleted."],
    [["shop"], ""],
    [[], ""],
  ];
  test.each(rows)("%s: %s", (chosen, sentence) => expect(beingDeleted(namespaces, chosen)).toBe(sentence));
});
