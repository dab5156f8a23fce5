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

describe("orders", () => {
  const rows: [key: SortKey, direction: Direction, expected: string][] = [
    ["health", "asc", "bca"],
    ["health", "desc", "acb"],
    ["name", "asc", "abc"],
    ["name", "desc", "cba"],
    ["since", "desc", "acb"],
    ["ready", "asc", "bca"],
    // Equal rows stand by name in both directions.
    ["restarts", "desc", "acb"],
    ["restarts", "asc", "bac"],
    // What is not known is less than everything that is.
    ["cpu", "desc", "cab"],
    ["memory", "asc", "acb"],
  ];
  test.each(rows)("%s %s", (key, direction, expected) => {
    const sorted = [c, a, b].sort(comparison(key, direction)).map((row) => row.name);
    expect(sorted.join("")).toBe(expected);
  });
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
