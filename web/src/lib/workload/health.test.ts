import { describe, expect, test } from "vitest";
import type { Counts } from "../api/schema";
import { countByHealth, emptyCounts, headline, healthLabel, shownHealth } from "./health";

function counted(parts: Partial<Counts>): Counts {
  const counts = { ...emptyCounts(), ...parts };
  counts.total = Object.values(parts).reduce((sum, n) => sum + n, 0);
  return counts;
}

describe("the headline says whether anything is wrong", () => {
  const rows: [parts: Partial<Counts>, sentence: string][] = [
    [{}, "No workloads here yet"],
    [{ healthy: 128 }, "All 128 workloads are healthy"],
    [{ healthy: 1 }, "The only workload is healthy"],
    [{ failed: 1, degraded: 6, healthy: 121 }, "7 of 128 workloads need attention"],
    [{ failed: 1, healthy: 1 }, "1 of 2 workloads needs attention"],
    [{ failed: 1, unknown: 5 }, "1 of 6 workloads needs attention"],
    [{ unknown: 12, healthy: 116 }, "The health of 12 of 128 workloads is unknown"],
    [{ unknown: 128 }, "The health of all 128 workloads is unknown"],
    [{ progressing: 2, healthy: 126 }, "Nothing needs attention, 2 workloads are changing"],
    [{ progressing: 1, healthy: 126 }, "Nothing needs attention, 1 workload is changing"],
    [{ suspended: 3, healthy: 125 }, "All 125 active workloads are healthy"],
    [{ suspended: 3, healthy: 1 }, "The only active workload is healthy"],
    [{ suspended: 3 }, "All 3 workloads are suspended"],
  ];
  test.each(rows)("%j", (parts, sentence) => expect(headline(counted(parts))).toBe(sentence));
});

test("what can't be seen is not called well", () => {
  expect(headline(counted({}), true)).toBe("What runs here can't be seen");
  expect(headline(counted({ healthy: 6 }), true)).toBe(
    "Nothing needs attention in 6 workloads, but not all can be seen",
  );
  expect(headline(counted({ failed: 1, healthy: 1 }), true)).toBe(
    "1 of 2 workloads needs attention, and not all can be seen",
  );
  expect(headline(counted({ unknown: 6, progressing: 1 }), true)).toBe(
    "The health of 6 of 7 workloads is unknown, and not all can be seen",
  );
  expect(headline(counted({ unknown: 6 }), true)).toBe("The health of all 6 workloads is unknown");
});

test("a status of a newer server is counted and shown as unknown, by its own name", () => {
  expect(countByHealth([{ health: "on_fire" }])).toMatchObject({ unknown: 1, total: 1 });
  expect(shownHealth("on_fire")).toBe("unknown");
  expect(healthLabel("on_fire")).toBe("On fire");
});
