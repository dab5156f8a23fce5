import { describe, expect, test } from "vitest";
import { workload } from "../../testing/workload";
import type { Workload } from "../api/schema";
import type { Delta } from "../live/model";
import { matcher, NO_FILTER } from "./filter";
import { HEALTHS } from "./health";
import { comparison, SORT_KEYS } from "./order";
import { WorkloadView } from "./view";

const everything = matcher(NO_FILTER);

function byName(...rows: Workload[]): WorkloadView {
  return new WorkloadView(everything, comparison("name", "asc"), rows);
}

function delta(upserted: Workload[], removed: string[] = []): Delta {
  return { replaced: false, upserted, removed, touched: [] };
}

const ids = (...names: string[]): string[] => names.map((name) => workload(name).id);
const names = (view: WorkloadView): string[] => view.rows.map((row) => row.name);
const none = new Map<string, Workload>();

test("kept change by change it is what filtering and sorting anew would give", () => {
  // A small generator of our own: the same numbers in every run.
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const random = (): Workload =>
    workload(`w${next(60)}`, {
      health: HEALTHS[next(HEALTHS.length)] ?? "healthy",
      restarts: next(4),
      ready: next(4),
      since: `2026-11-2${next(3)}T00:00:00Z`,
    });
  const matches = matcher({ ...NO_FILTER, healths: ["failed", "degraded", "healthy"] });
  for (const key of SORT_KEYS) {
    const compare = comparison(key, next(2) === 0 ? "asc" : "desc");
    const all = new Map<string, Workload>();
    const view = new WorkloadView(matches, compare, []);
    for (let step = 0; step < 300; step++) {
      const upserted = Array.from({ length: next(4) }, random);
      const removed = next(3) === 0 ? [workload(`w${next(60)}`).id] : [];
      for (const id of removed) all.delete(id);
      for (const row of upserted) all.set(row.id, row);
      view.apply(delta(upserted, removed), all);
      expect(view.rows).toEqual([...all.values()].filter(matches).sort(compare));
    }
    for (const [at, row] of view.rows.entries()) expect(view.indexOf(row.id)).toBe(at);
  }
});

describe("while the order is held", () => {
  test("contents change, rows stay, and what would have moved is counted", () => {
    const view = new WorkloadView(everything, comparison("health", "asc"), [
      workload("a"),
      workload("b"),
      workload("c"),
    ]);
    view.hold();
    view.apply(delta([workload("c", { health: "failed" })]), none);
    expect(names(view)).toEqual(["a", "b", "c"]);
    expect(view.rows[2]?.health).toBe("failed");
    expect(view.pending).toBe(1);
    view.release();
    expect(names(view)).toEqual(["c", "a", "b"]);
    expect(view.pending).toBe(0);
  });

  test("a change that moves nothing is not counted", () => {
    const view = byName(workload("a"), workload("b"));
    view.hold();
    view.apply(delta([workload("a", { restarts: 9 })]), none);
    expect(view.pending).toBe(0);
    expect(view.rows[0]?.restarts).toBe(9);
  });

  test("a row that is gone stays, and says so", () => {
    const view = byName(workload("a"), workload("b"));
    view.hold();
    view.apply(delta([], ids("a")), none);
    expect(names(view)).toEqual(["a", "b"]);
    expect(view.hasLeft(ids("a")[0] ?? "")).toBe(true);
    view.release();
    expect(names(view)).toEqual(["b"]);
  });

  test("new rows wait", () => {
    const view = byName(workload("b"));
    view.hold();
    view.apply(delta([workload("a"), workload("c")]), none);
    expect(names(view)).toEqual(["b"]);
    expect(view.pending).toBe(2);
  });

  test("a snapshot does not move rows either", () => {
    const view = byName(workload("a"), workload("b"));
    view.hold();
    const rows = [workload("b", { restarts: 3 }), workload("c")];
    view.apply({ replaced: true, upserted: [], removed: [], touched: [] }, new Map(rows.map((row) => [row.id, row])));
    expect(names(view)).toEqual(["a", "b"]);
    expect(view.rows[1]?.restarts).toBe(3);
    expect(view.pending).toBe(2);
    view.release();
    expect(names(view)).toEqual(["b", "c"]);
  });
});

test("a row that leaves the filter leaves the view", () => {
  const view = new WorkloadView(matcher({ ...NO_FILTER, healths: ["failed"] }), comparison("name", "asc"), [
    workload("a", { health: "failed" }),
  ]);
  view.apply(delta([workload("a")]), none);
  expect(view.rows).toEqual([]);
});
