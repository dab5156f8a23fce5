import { expect, test } from "vitest";
import { drawn } from "../testing/drawn";
import { workload } from "../testing/workload";
import WorkloadRow from "./WorkloadRow.svelte";

test("a row of unknown health says what it was, in word and shape, and when that was known", () => {
  const row = workload("web", {
    health: "unknown",
    last_known: { health: "failed", since: "2026-11-20T00:00:00Z", at: "2026-11-20T10:00:00Z" },
  });
  const props = { index: 0, height: 54, current: false, gone: false, severalClusters: false };
  const { html, text } = drawn(WorkloadRow, { row, ...props });
  expect(text).toMatch(/Unknown.*was Failed/);
  expect(html).toContain('href="#health-failed"');
  expect(html).toMatch(/title="Failed as of [^"]*10:00/);
  expect(drawn(WorkloadRow, { row: workload("web"), ...props }).text).not.toContain("was ");
});
