import { describe, expect, test } from "vitest";
import { type Absence, emptyList, type Missed, missedWorkload } from "./absence";
import { NO_FILTER, type WorkloadFilter } from "./filter";

const NOW = Date.parse("2026-11-21T14:05:00Z");

describe("a list without a row", () => {
  const rows: [
    name: string,
    filter: Partial<WorkloadFilter>,
    unseen: boolean,
    title: string,
    to: Absence["leadsTo"],
  ][] = [
    ["nothing runs", {}, false, "No workloads yet", "sources"],
    ["nothing may be read", {}, true, "What runs here can't be seen", "sources"],
    ["nothing may be read in the namespace", { namespaces: ["shop"] }, true, "What runs here can't be seen", "sources"],
    ["nothing is in the namespace", { namespaces: ["shop"] }, false, "Nothing matches", "unfiltered"],
    ["nothing passes the filter", { q: "api" }, false, "Nothing matches", "unfiltered"],
    ["nothing that is seen passes it", { q: "api" }, true, "Nothing matches", "unfiltered"],
  ];
  test.each(rows)("%s", (_, filter, unseen, title, leadsTo) => {
    expect(emptyList({ ...NO_FILTER, ...filter }, unseen)).toMatchObject({ title, leadsTo });
  });

  test("never says that nothing runs where that can't be seen", () => {
    for (const filter of [NO_FILTER, { ...NO_FILTER, q: "api" }, { ...NO_FILTER, namespaces: ["shop"] }]) {
      const { title, text } = emptyList(filter, true);
      expect(`${title}. ${text}`).toContain("be seen");
      expect(text).not.toContain("Nothing runs");
      expect(text).toContain("Settings");
    }
  });

  test("a namespace that is being deleted is told of", () => {
    expect(emptyList({ ...NO_FILTER, namespaces: ["dying"] }, false, "dying is being deleted.").text).toBe(
      "No workload in dying. dying is being deleted.",
    );
  });
});

describe("a workload that is not there", () => {
  const missed: Missed = { name: "web", known: false, unseen: false, ready: true, goneAt: null };
  const rows: [name: string, changes: Partial<Missed>, title: string, to: Absence["leadsTo"]][] = [
    ["there is none", {}, "There is no such workload", "list"],
    ["it can't be seen", { unseen: true }, "web can't be seen", "sources"],
    ["it can't be seen any more", { unseen: true, known: true }, "web can't be seen", "sources"],
    ["nothing has been read yet", { ready: false }, "web has not been read yet", "sources"],
    ["it was deleted", { known: true, goneAt: NOW - 10_000 }, "web was deleted", "list"],
  ];
  test.each(rows)("%s", (_, changes, title, leadsTo) => {
    expect(missedWorkload({ ...missed, ...changes }, NOW)).toMatchObject({ title, leadsTo });
  });

  test("says that it may exist, and since when it does not", () => {
    const text = (changes: Partial<Missed>): string => missedWorkload({ ...missed, ...changes }, NOW).text;
    expect(text({ unseen: true })).toMatch(/there may be such a workload.*Settings/);
    expect(text({ unseen: true, known: true })).toMatch(/may still be there.*Settings/);
    expect(text({ known: true, goneAt: NOW - 10_000 })).toMatch(/not been there since 14:04:50\. Below/);
    expect(text({ known: true })).toMatch(/not been there\. Below/);
  });
});
