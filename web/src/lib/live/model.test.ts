import { describe, expect, test } from "vitest";
import { change, counts, namespace, overview, snapshot } from "../../testing/answers";
import { workload } from "../../testing/workload";
import type { NamespaceSummary, Source, Workload } from "../api/schema";
import { concerns, LiveModel } from "./model";

function listed(...rows: Workload[]): LiveModel {
  const model = new LiveModel();
  model.takeOverview(overview());
  model.takeList(rows, "e-1");
  return model;
}

const names = (model: LiveModel): string[] => [...model.rows.values()].map((row) => row.name).sort();

test("a change adds, replaces and removes rows, and moves the version on", () => {
  const model = listed(workload("a"), workload("b"));
  const b = workload("b", { health: "failed" });
  const delta = model.takeChange(change("e-2", { upserted: [b, workload("c")], removed: ["prod/shop/Deployment/a"] }));
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
    // It may be gone, and it may be empty: a reload would show the second.
    ["nothing in it any more", [namespace("shop", 0)], [["shop", 0]]],
  ];
  test.each(rows)("namespaces: %s", (_, namespaces, expected) => {
    const model = listed(workload("a"));
    model.takeChange(change("e-2", { overview: { namespaces } }));
    expect(model.overview?.namespaces.map((it) => [it.name, it.counts.total])).toEqual(expected);
  });

  test("sources stay when the change says nothing of them", () => {
    const source = { name: "kubernetes/prod/pods" } as Source;
    const model = listed(workload("a"));
    model.takeChange(change("e-2", { overview: { sources: [source] } }));
    model.takeChange(change("e-3"));
    expect(model.overview?.sources).toEqual([source]);
  });

  test("after a snapshot the whole is told, and what is not in it is gone", () => {
    const model = listed(workload("a"));
    model.takeSnapshotPart(snapshot("e-9", workload("a")));
    model.takeChange(change("e-9", { overview: { namespaces: [namespace("blog", 1)] } }));
    model.takeChange(change("e-10", { overview: { namespaces: [namespace("new", 1)] } }));
    expect(model.overview?.namespaces.map((it) => it.name)).toEqual(["blog", "new"]);
  });

  test("an overview that is older than the changes says nothing", () => {
    const model = listed(workload("a"));
    model.takeChange(change("e-10", { overview: { counts: counts(7) } }));
    model.takeOverview(overview({ version: "e-9", counts: counts(6) }));
    expect(model.overview?.counts.total).toBe(7);
    model.takeOverview(overview({ version: "e-11", counts: counts(8) }));
    expect(model.overview?.counts.total).toBe(8);
  });
});

describe("what a step concerns", () => {
  const a = "prod/shop/Deployment/a";
  const rows: [name: string, delta: ReturnType<LiveModel["takeChange"]>, concerned: boolean][] = [
    ["another row", listed().takeChange(change("e-2", { upserted: [workload("b")] })), false],
    ["its row", listed().takeChange(change("e-2", { upserted: [workload("a")] })), true],
    ["its end", listed().takeChange(change("e-2", { removed: [a] })), true],
    ["its pods and events", listed().takeChange(change("e-2", { touched: [a] })), true],
    ["those of another", listed().takeChange(change("e-2", { touched: ["prod/shop/Deployment/b"] })), false],
    ["everything", listed().takeSnapshotPart(snapshot("f-1")), true],
  ];
  test.each(rows)("%s", (_, delta, concerned) => expect(concerns(delta, a)).toBe(concerned));

  test("a server that does not say what was touched", () => {
    const older = change("e-2", { upserted: [workload("b")] });
    delete older.touched;
    expect(concerns(listed().takeChange(older), a)).toBe(false);
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
    model.takeSnapshotPart(snapshot("g-1", workload("whole")));
    expect(names(model)).toEqual(["whole"]);
  });
});

describe("a server that has just started never empties the page", () => {
  function restarted(): LiveModel {
    const model = listed(workload("a"), workload("b"));
    model.takeOverview(overview({ version: "f-0", ready: false, counts: counts(0), namespaces: [] }));
    model.takeSnapshotPart(snapshot("f-0"));
    return model;
  }

  test("rows and counts of before stay", () => {
    const model = restarted();
    expect(names(model)).toEqual(["a", "b"]);
    expect(model.overview?.counts.total).toBe(2);
    expect(model.holdsBack).toBe(true);
    expect(model.run).toBe("f");
  });

  test("changes before it is ready are kept back and counted for the next attempt", () => {
    const model = restarted();
    model.takeChange(change("f-1", { upserted: [workload("a")], overview: { ready: false } }));
    expect(names(model)).toEqual(["a", "b"]);
    expect(model.version).toBe("f-1");
  });

  test("its rows are shown, all at once, when it is ready", () => {
    const model = restarted();
    model.takeChange(change("f-1", { upserted: [workload("a")], overview: { ready: false } }));
    const delta = model.takeChange(change("f-2", { upserted: [workload("c")] }));
    expect(delta.replaced).toBe(true);
    expect(names(model)).toEqual(["a", "c"]);
    expect(model.holdsBack).toBe(false);
  });

  test("so are its namespaces, also those that it told before it was ready", () => {
    const model = restarted();
    model.takeChange(change("f-0", { overview: { ready: false, namespaces: [namespace("blog", 1)] } }));
    model.takeChange(change("f-1", { overview: { ready: false, namespaces: [namespace("docs", 3)] } }));
    expect(model.overview?.namespaces.map((it) => it.name)).toEqual(["shop"]);
    model.takeChange(change("f-2", { overview: { namespaces: [namespace("blog", 2)] } }));
    expect(model.overview?.namespaces.map((it) => [it.name, it.counts.total])).toEqual([
      ["blog", 2],
      ["docs", 3],
    ]);
  });

  test("what it has read is told while it reads", () => {
    const model = restarted();
    const source = { name: "kubernetes/prod/pods", state: "live" } as Source;
    model.takeChange(change("f-1", { overview: { ready: false, counts: counts(0), sources: [source] } }));
    expect(model.overview?.sources).toEqual([source]);
    expect(model.overview?.counts.total).toBe(2);
  });

  test("another that starts before it is ready begins anew", () => {
    const model = restarted();
    model.takeChange(change("f-1", { upserted: [workload("half")], overview: { ready: false } }));
    model.takeOverview(overview({ version: "g-1" }));
    expect(names(model)).toEqual(["a", "b"]);
    model.takeSnapshotPart(snapshot("g-2", workload("whole")));
    expect(names(model)).toEqual(["whole"]);
  });

  test("also when the overview says first that it is ready", () => {
    const model = restarted();
    const delta = model.takeOverview(overview({ version: "f-3", counts: counts(0) }));
    expect(delta.replaced).toBe(true);
    expect(names(model)).toEqual([]);
  });

  test("a ready cluster that has become empty is shown as empty", () => {
    const model = listed(workload("a"));
    model.takeSnapshotPart(snapshot("f-0"));
    expect(names(model)).toEqual([]);
  });
});
