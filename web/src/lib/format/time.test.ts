import { describe, expect, test } from "vitest";
import { age, duration, exactMoment, fullMoment, instant, isoDuration, moment } from "./time";

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;
const NOW = Date.parse("2026-11-21T14:06:00Z");

describe("durations", () => {
  const rows: [ms: number, text: string][] = [
    [-5 * S, "0 s"],
    [0, "0 s"],
    [999, "0 s"],
    [45 * S, "45 s"],
    [60 * S - 1, "59 s"],
    [4 * MIN, "4 min"],
    [60 * MIN - 1, "59 min"],
    [3 * H, "3 h"],
    [47 * H, "47 h"],
    [48 * H, "2 d"],
    [12 * D, "12 d"],
    [729 * D, "729 d"],
    [800 * D, "2 y"],
    [Number.NaN, "0 s"],
  ];
  test.each(rows)("%d ms", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("moments", () => {
  const rows: [iso: string | null, text: string][] = [
    ["2026-11-21T14:02:10Z", "14:02"],
    ["2026-11-21T00:00:00Z", "00:00"],
    ["2026-11-20T23:59:00Z", "20 Nov 23:59"],
    ["2025-03-01T10:00:00Z", "1 Mar 2025"],
    [null, "–"],
    ["not a time", "–"],
  ];
  test.each(rows)("%s", (iso, text) => expect(moment(iso, NOW)).toBe(text));

  test("exact ones have seconds, full ones the zone", () => {
    expect(exactMoment("2026-11-21T14:02:10.123Z", NOW)).toBe("14:02:10");
    expect(exactMoment("2026-11-20T14:02:10Z", NOW)).toBe("20 Nov 14:02:10");
    expect(fullMoment("2026-11-21T14:02:10Z")).toBe("21 Nov 2026, 14:02:10 UTC");
    expect(fullMoment(null)).toBe("time not known");
  });
});

test("ages, and what is not known", () => {
  expect(age("2026-11-21T14:02:00Z", NOW)).toBe("4 min");
  expect(age("2026-11-21T15:02:00Z", NOW)).toBe("0 s");
  expect(age(null, NOW)).toBe("–");
  expect(instant("")).toBeNull();
  expect(isoDuration(90_500)).toBe("PT90S");
});
