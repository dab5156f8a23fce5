import { describe, expect, test } from "vitest";
import { workload } from "../../testing/workload";
import type { Workload } from "../api/schema";
import { comparison, type Direction, type SortKey } from "./order";

const a = workload("a", {
  health: "healthy",
  restarts: 5,
  cpu_millicores: 100,
  memory_bytes: null,
  ready: 3,
  since: "2026-11-03T00:00:00Z",
});
const b = workload("b", {
  health: "failed",
  restarts: 0,
  cpu_millicores: null,
  memory_bytes: 20,
  ready: 0,
  since: "2026-11-01T00:00:00Z",
});
const c = workload("c", {
  health: "degraded",
  restarts: 5,
  cpu_millicores: 900,
  memory_bytes: 10,
  ready: 1,
  since: "2026-11-02T00:00:00Z",
});

const d = workload("d", {
  health: "healthy",
  restarts: 1,
  cpu_millicores: 0,
  memory_bytes: 0,
  desired: 0,
  ready: 0,
  since: "2026-11-02T00:00:00.5Z",
  created_at: null,
});

describe("orders are those of the API", () => {
  const rows: [key: SortKey, direction: Direction, expected: string][] = [
    ["health", "asc", "bcad"],
    // Equal rows stand by name in both directions.
    ["health", "desc", "adcb"],
    ["name", "asc", "abcd"],
    ["name", "desc", "dcba"],
    ["kind", "desc", "abcd"],
    ["since", "asc", "bcda"],
    ["since", "desc", "adcb"],
    ["restarts", "desc", "acdb"],
    ["restarts", "asc", "bdac"],
    // What is not known comes last in both: nothing is asked for of d, a and b are not measured.
    ["ready", "asc", "bcad"],
    ["ready", "desc", "acbd"],
    ["cpu", "desc", "cadb"],
    ["cpu", "asc", "dacb"],
    ["memory", "asc", "dcba"],
    ["memory", "desc", "bcda"],
    ["created", "asc", "abcd"],
    ["created", "desc", "abcd"],
  ];
  test.each(rows)("%s %s", (key, direction, expected) => {
    const sorted = [c, a, d, b].sort(comparison(key, direction)).map((row) => row.name);
    expect(sorted.join("")).toBe(expected);
  });
});

test("equal rows stand by cluster, namespace, name and kind", () => {
  const rows = [
    workload("a", { cluster: "one", namespace: "blog" }),
    workload("b", { cluster: "one", namespace: "blog", kind: "Deployment" }),
    workload("b", { cluster: "one", namespace: "blog", kind: "Job" }),
    workload("a", { cluster: "one", namespace: "shop" }),
    workload("a", { cluster: "two", namespace: "blog" }),
  ];
  expect(rows.toReversed().sort(comparison("health", "desc"))).toEqual(rows);
});

test("moments within a second keep their order", () => {
  const rows = ["2026-11-02T00:00:00Z", "2026-11-02T00:00:00.25Z", "2026-11-02T00:00:00.251Z"].map((since) =>
    workload("x", { since }),
  );
  expect(rows.toReversed().sort(comparison("since", "asc"))).toEqual(rows);
});

test("a status of a newer server stands with the unknown ones, not first and not last", () => {
  const odd = workload("odd", { health: "quarantined" as Workload["health"] });
  const sorted = [a, odd, b].sort(comparison("health", "asc")).map((row) => row.name);
  expect(sorted).toEqual(["b", "odd", "a"]);
});

test("two workloads of the same name in two clusters never swap", () => {
  const one = workload("x", { cluster: "one" });
  const two = workload("x", { cluster: "two" });
  const compare = comparison("health", "desc");
  expect(Math.sign(compare(one, two))).toBe(-Math.sign(compare(two, one)));
  expect(compare(one, two)).not.toBe(0);
});
