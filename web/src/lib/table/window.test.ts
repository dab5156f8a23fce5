import { describe, expect, test } from "vitest";
import { Heights } from "./heights";
import { ROWS_MAX, segmentsOf, type WindowInput } from "./window";

const ROW = 50;

/** "space 0-88, rows 88-130, …" in short: `~88 88-130 ~…`. */
function drawn({ count = 10_000, ...input }: Partial<WindowInput> & { count?: number }): string {
  const heights = new Heights(count, () => ROW);
  const segments = segmentsOf({ heights, top: 0, viewHeight: 900, pinned: null, ...input });
  const parts: string[] = [];
  let from: number | null = null;
  let last = -1;
  const close = (): void => {
    if (from !== null) parts.push(from === last ? String(from) : `${from}-${last}`);
    from = null;
  };
  for (const segment of segments) {
    if (segment.kind === "row") {
      if (from !== null && segment.index !== last + 1) close();
      from ??= segment.index;
      last = segment.index;
    } else {
      close();
      parts.push(`~${segment.height / ROW}`);
    }
  }
  close();
  return parts.join(" ");
}

describe("which rows are in the document", () => {
  const rows: [name: string, input: Parameters<typeof drawn>[0], expected: string][] = [
    ["at the top", {}, "0-23 ~9976"],
    ["the table begins below the view's edge", { top: -200 }, "0-19 ~9980"],
    ["in the middle", { top: 250_000 }, "~4994 4994-5023 ~4976"],
    ["at the end", { top: 10_000 * ROW - 900 }, "~9976 9976-9999"],
    ["beyond the end, after the list became shorter", { top: 600_000 }, "~9993 9993-9999"],
    ["fewer rows than fit", { count: 3 }, "0-2"],
    ["none", { count: 0 }, ""],
    ["the row with the focus is above", { top: 250_000, pinned: 7 }, "~7 7 ~4986 4994-5023 ~4976"],
    ["the row with the focus is below", { pinned: 9_999 }, "0-23 ~9975 9999"],
    ["the row with the focus is in view", { pinned: 5 }, "0-23 ~9976"],
    ["a focus on a row that is gone", { pinned: 20_000 }, "0-23 ~9976"],
  ];
  test.each(rows)("%s", (_, input, expected) => expect(drawn(input)).toBe(expected));
});

/** As on a phone: every seventh row has a reason to tell. */
const heights = new Heights(10_000, (index) => (index % 7 === 0 ? 92 : 56));

test("however high the view and wherever it is, few rows are drawn and the whole height is kept", () => {
  for (const viewHeight of [300, 900, 4_000, 100_000]) {
    for (const top of [-5_000, 0, 12_345, 499_999, 700_000]) {
      for (const pinned of [null, 0, 5_000, 9_999]) {
        const segments = segmentsOf({ heights, top, viewHeight, pinned });
        const rows = segments.filter((it) => it.kind === "row").length;
        const height = segments.reduce((sum, it) => sum + (it.kind === "row" ? heights.of(it.index) : it.height), 0);
        expect(rows).toBeLessThanOrEqual(ROWS_MAX + 1);
        expect(height).toBe(heights.total);
        expect(new Set(segments.map((it) => it.key)).size).toBe(segments.length);
      }
    }
  }
});

test("the pinned row keeps its key wherever one scrolls", () => {
  const keys = new Set<number | string>();
  for (let top = 0; top < 400_000; top += 3_333) {
    const segments = segmentsOf({ heights, top, viewHeight: 900, pinned: 777 });
    const pinned = segments.find((it) => it.kind === "row" && it.index === 777);
    if (pinned) keys.add(pinned.key);
  }
  expect(keys.size).toBe(1);
});
