import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawn } from "../testing/drawn";
import { FakeTab } from "../testing/tab";
import { workload } from "../testing/workload";
import EventsOf from "./EventsOf.svelte";
import HistoryStrip from "./HistoryStrip.svelte";
import WorkloadHead from "./WorkloadHead.svelte";

// What knows the address looks at it as soon as it is imported.
vi.hoisted(() => Object.assign(globalThis, { location: new URL("http://maintenant.example/") }));
beforeEach(() => void new FakeTab());
afterEach(() => void vi.unstubAllGlobals());

const row = workload("web", { since: "2026-11-21T14:00:00Z" });

test("of a workload that is gone is said what it was, and no clock counts on", () => {
  const { html, text } = drawn(WorkloadHead, { row, detail: null, ended: { at: Date.parse("2026-11-21T14:05:00Z") } });
  expect(text).toMatch(/Was Healthy.*from [^<]*14:00 to [^<]*14:05/);
  expect(text).not.toContain("since");
  // A duration is what counts.
  expect(html).not.toContain('datetime="PT');
  const alive = drawn(WorkloadHead, { row, detail: null });
  expect(alive.text).toContain("Healthy since");
  expect(alive.html).toContain('datetime="PT');
});

test("nothing of it can be asked for again", () => {
  const path = "/workloads/prod/shop/Deployment/web";
  const history = drawn(HistoryStrip, { path, kind: "Deployment", changes: () => null, ended: true });
  expect(history.text).toBe("Last 24 hours Its history can be asked for only as long as it is there.");
  const events = drawn(EventsOf, { path, name: "web", changes: () => null, ended: true });
  expect(events.text).toContain("only as long as web is there");
  expect(history.html + events.html).not.toContain("button");
});
