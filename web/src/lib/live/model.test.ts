import { describe, expect, test } from "vitest";
import { workload } from "../../testing/workload";
import type { Change, Counts, NamespaceSummary, Overview, Source, Workload } from "../api/schema";
import { emptyCounts } from "../workload/health";
import { LiveModel } from "./model";

const AT = "2026-11-21T03:00:00Z";

function counts(total: number): Counts {
  return { ...emptyCounts(), healthy: total, total };
}

function namespace(name: string, total: number): NamespaceSummary {
  return { cluster: "prod", name, health: "healthy", counts: counts(total), pods: total };
}

function overview(changes: Partial<Overview> = {}): Overview {
  return {
    version: "e-1",
    as_of: AT,
    health: "healthy",
    counts: counts(2),
    pods: 6,
    ready: true,
    clusters: [],
    namespaces: [namespace("shop", 2)],
    kinds: [],
    sources: [],
    incidents: [],
    ...changes,
  };
}

function change(
  version: string,
  upserted: Workload[],
  removed: string[],
  news: Partial<Change["overview"]> = {},
): Change {
  return {
    version,
    at: AT,
    upserted,
    removed,
    overview: { health: "healthy", counts: counts(2), pods: 6, ready: true, namespaces: [], sources: null, ...news },
  };
}

function listed(...rows: Workload[]): LiveModel {
  const model = new LiveModel();
  model.takeOverview(overview());
  model.takeList(rows, "e-1", AT);
  return model;
}

const names = (model: LiveModel): string[] => [...model.rows.values()].map((row) => row.name).sort();

test("a change adds, replaces and removes rows, and moves the version on", () => {
  const model = listed(workload("a"), workload("b"));
  const b = workload("b", { health: "failed" });
  const delta = model.takeChange(change("e-2", [b, workload("c")], ["prod/shop/Deployment/a"]));
  expect(names(model)).toEqual(["b", "c"]);
  expect(model.rows.get(b.id)).toBe(b);
  expect(model.version).toBe("e-2");
  expect(delta.removed).toEqual(["prod/shop/Deployment/a"]);
});

describe("the overview follows the changes", () => {
  const rows: [name: string, changed: NamespaceSummary[], expected: [string, number][]][] = [
    ["unchanged", [], [["shop", 2]]],
    [
      "one more",
      [namespace("blog", 1)],
      [
        ["blog", 1],
        ["shop", 2],
      ],
    ],
    ["replaced", [namespace("shop", 5)], [["shop", 5]]],
    ["gone", [namespace("shop", 0)], []],
  ];
  test.each(rows)("namespaces: %s", (_, namespaces, expected) => {
    const model = listed(workload("a"));
    model.takeChange(change("e-2", [], [], { namespaces }));
    expect(model.overview?.namespaces.map((it) => [it.name, it.counts.total])).toEqual(expected);
  });

  test("sources stay when the change says nothing of them", () => {
    const source = { name: "kubernetes/prod/pods" } as Source;
    const model = listed(workload("a"));
    model.takeChange(change("e-2", [], [], { sources: [source] }));
    model.takeChange(change("e-3", [], []));
    expect(model.overview?.sources).toEqual([source]);
  });
});

describe("a snapshot replaces everything, with its last part", () => {
  test("nothing changes before", () => {
    const model = listed(workload("a"));
    model.takeSnapshotPart({ version: "f-9", part: 1, last: false, workloads: [workload("x")] });
    expect(names(model)).toEqual(["a"]);
    expect(model.version).toBe("e-1");
    const delta = model.takeSnapshotPart({ version: "f-9", part: 2, last: true, workloads: [workload("y")] });
    expect(delta.replaced).toBe(true);
    expect(names(model)).toEqual(["x", "y"]);
    expect(model.version).toBe("f-9");
  });

  test("one that was cut off leaves nothing behind", () => {
    const model = listed(workload("a"));
    model.takeSnapshotPart({ version: "f-9", part: 1, last: false, workloads: [workload("half")] });
    model.takeSnapshotPart({ version: "g-1", part: 1, last: true, workloads: [workload("whole")] });
    expect(names(model)).toEqual(["whole"]);
  });
});

describe("a server that has just started never empties the page", () => {
  function restarted(): LiveModel {
    const model = listed(workload("a"), workload("b"));
    model.takeOverview(overview({ version: "f-0", ready: false, counts: counts(0), namespaces: [] }));
    model.takeSnapshotPart({ version: "f-0", part: 1, last: true, workloads: [] });
    return model;
  }

  test("rows and counts of before stay", () => {
    const model = restarted();
    expect(names(model)).toEqual(["a", "b"]);
    expect(model.overview?.counts.total).toBe(2);
    expect(model.holdsBack).toBe(true);
  });

  test("changes before it is ready are kept back and counted for the next attempt", () => {
    const model = restarted();
    model.takeChange(change("f-1", [workload("a")], [], { ready: false }));
    expect(names(model)).toEqual(["a", "b"]);
    expect(model.version).toBe("f-1");
  });

  test("its rows are shown, all at once, when it is ready", () => {
    const model = restarted();
    model.takeChange(change("f-1", [workload("a")], [], { ready: false }));
    const delta = model.takeChange(change("f-2", [workload("c")], [], { ready: true }));
    expect(delta.replaced).toBe(true);
    expect(names(model)).toEqual(["a", "c"]);
    expect(model.holdsBack).toBe(false);
  });

  test("also when the overview says first that it is ready", () => {
    const model = restarted();
    const delta = model.takeOverview(overview({ version: "f-3", counts: counts(0) }));
    expect(delta.replaced).toBe(true);
    expect(names(model)).toEqual([]);
  });

  test("a ready cluster that has become empty is shown as empty", () => {
    const model = listed(workload("a"));
    model.takeSnapshotPart({ version: "f-0", part: 1, last: true, workloads: [] });
    expect(names(model)).toEqual([]);
  });
});
