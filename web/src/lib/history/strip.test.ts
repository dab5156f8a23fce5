import { describe, expect, test } from "vitest";
import type { Health, History } from "../api/schema";
import { gapsOf, inWords, notFailedPercent, slotsOf } from "./strip";

const at = (minute: number): string => new Date(Date.parse("2026-11-21T00:00:00Z") + minute * 60_000).toISOString();

function history(intervals: [Health, number, number][], gaps: [number, number][] = []): History {
  return {
    id: "x",
    from: at(0),
    to: at(100),
    intervals: intervals.map(([health, from, to]) => ({ health, from: at(from), to: at(to), reason: null })),
    gaps: gaps.map(([from, to]) => ({ from: at(from), to: at(to), why: "the API server was away" })),
    available: { percent: null },
    storage: "ok",
    version: "e-1",
  };
}

const LETTER: Record<string, string> = {
  failed: "F",
  degraded: "D",
  progressing: "P",
  unknown: "U",
  healthy: "h",
  suspended: "s",
};

describe("slots show the worst that happened in them", () => {
  const rows: [name: string, history: History, drawn: string][] = [
    ["healthy all along", history([["healthy", 0, 100]]), "hhhhhhhhhh"],
    [
      "failed at the end",
      history([
        ["healthy", 0, 85],
        ["failed", 85, 100],
      ]),
      "hhhhhhhhFF",
    ],
    [
      "an end at the edge of a slot is not in the next",
      history([
        ["failed", 0, 20],
        ["healthy", 20, 100],
      ]),
      "FFhhhhhhhh",
    ],
    [
      "a minute is not lost",
      history([
        ["healthy", 0, 41],
        ["failed", 41, 42],
        ["healthy", 42, 100],
      ]),
      "hhhhFhhhhh",
    ],
    [
      "without length",
      history([
        ["healthy", 0, 55],
        ["failed", 55, 55],
        ["healthy", 55, 100],
      ]),
      "hhhhhFhhhh",
    ],
    ["nothing known", history([]), ".........."],
    [
      "a gap",
      history(
        [
          ["healthy", 0, 30],
          ["healthy", 60, 100],
        ],
        [[30, 60]],
      ),
      "hhh...hhhh",
    ],
    ["beyond the range", history([["healthy", -50, 150]]), "hhhhhhhhhh"],
    ["a status of a newer server", history([["on_fire" as Health, 0, 100]]), "UUUUUUUUUU"],
  ];
  test.each(rows)("%s", (_, it, drawn) => {
    const slots = slotsOf(it, 10);
    expect(slots.map((slot) => (slot.health === null ? "." : LETTER[slot.health])).join("")).toBe(drawn);
  });

  test("a history without length has no slots", () => {
    expect(slotsOf({ ...history([]), to: at(0) }, 10)).toEqual([]);
  });
});

describe("gaps", () => {
  const whole = (from: number, to: number, why: string) => ({ from: at(from), to: at(to), why });
  const rows: [name: string, gaps: ReturnType<typeof whole>[], expected: ReturnType<typeof whole>[]][] = [
    ["none", [], []],
    ["a moment is none", [whole(10, 10.01, "pods")], []],
    ["apart", [whole(30, 40, "a"), whole(10, 20, "b")], [whole(10, 20, "b"), whole(30, 40, "a")]],
    ["overlapping", [whole(10, 20, "a"), whole(15, 30, "b"), whole(12, 13, "a")], [whole(10, 30, "a; b")]],
  ];
  test.each(rows)("%s", (_, gaps, expected) => expect(gapsOf({ ...history([]), gaps })).toEqual(expected));
});

describe("the same in words", () => {
  const now = Date.parse(at(100));
  const rows: [name: string, history: History, words: string][] = [
    ["nothing", history([]), "Nothing is known of this time."],
    ["one", history([["healthy", 0, 100]]), "Healthy since 00:00."],
    [
      "two and a gap",
      history(
        [
          ["healthy", 0, 61],
          ["failed", 61, 100],
        ],
        [[30, 45]],
      ),
      "Healthy from 00:00 to 01:01; Failed since 01:01; no data from 00:30 to 00:45: the API server was away.",
    ],
  ];
  test.each(rows)("%s", (_, it, words) => expect(inWords(it, now)).toBe(words));
});

describe("the share of the time that was not failed", () => {
  const rows: [kind: string, percent: number | null, shown: number | null][] = [
    ["Deployment", 83.77, 83.77],
    ["Deployment", 0, 0],
    ["Deployment", null, null],
    ["Job", 83.77, null],
    ["CronJob", 100, null],
  ];
  test.each(rows)("%s, %s", (kind, percent, shown) => {
    expect(notFailedPercent({ ...history([]), available: { percent } }, kind)).toBe(shown);
  });
});
