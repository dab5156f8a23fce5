import { expect, test } from "vitest";
import { Heights } from "./heights";

const heights = new Heights(4, (index) => [92, 56, 92, 56][index] ?? 0);

test("each row lies below the one before", () => {
  expect([0, 1, 2, 3, 4].map((index) => heights.top(index))).toEqual([0, 92, 148, 240, 296]);
  expect([0, 1, 2, 3].map((index) => heights.of(index))).toEqual([92, 56, 92, 56]);
  expect(heights.total).toBe(296);
});

test.each([
  [-50, 0],
  [0, 0],
  [1, 1],
  [92, 1],
  [93, 2],
  [240, 3],
  [241, 4],
  [10_000, 4],
])("from %i px on it is row %i", (y, expected) => expect(heights.from(y)).toBe(expected));

test("a table without rows has no height", () => {
  const none = new Heights(0, () => 54);
  expect([none.total, none.from(0), none.from(100)]).toEqual([0, 0, 0]);
});
