import { describe, expect, test } from "vitest";
import { backoffMs } from "./follow";

describe("backoff doubles, has a cap, and draws half of it by lot", () => {
  const rows: [attempt: number, random: number, ms: number][] = [
    [0, 0, 250],
    [0, 1, 500],
    [1, 0, 500],
    [3, 0.5, 3_000],
    [5, 0, 7_500],
    [5, 1, 15_000],
    [1_000, 1, 15_000],
  ];
  test.each(rows)("attempt %i, lot %f", (attempt, random, ms) => expect(backoffMs(attempt, random)).toBe(ms));
});
