/** Which rows of a long table are in the document. */

import type { Heights } from "./heights";

export type Segment = { kind: "row"; key: number; index: number } | { kind: "space"; key: string; height: number };

export interface WindowInput {
  heights: Heights;
  /** How far the top edge of the view is below the first row. Negative while the table begins further down. */
  top: number;
  viewHeight: number;
  /** A row that must stay in the document though it is out of view: the one with the focus. */
  pinned: number | null;
}

/** Rows before and after the view, so that a quick scroll does not show blank paper. */
const OVERSCAN = 6;
/** However high the view is, no more rows than this are in the document, and the one that is pinned. */
export const ROWS_MAX = 160;
/** The key of a row whose own is taken by the pinned one. */
const SPARE_KEY = ROWS_MAX;

/**
 * The rows to render, in order, and between them the space of those that are not.
 *
 * Keys repeat while one scrolls, so that elements are used again for other rows instead of being built anew; the
 * pinned row keeps its own.
 */
export function segmentsOf({ heights, top, viewHeight, pinned }: WindowInput): Segment[] {
  const { count } = heights;
  const first = clamp(heights.from(top + 1) - 1 - OVERSCAN, 0, count);
  const wanted = heights.from(top + viewHeight) + OVERSCAN;
  const end = clamp(Math.min(wanted, first + ROWS_MAX), first, count);

  const segments: Segment[] = [];
  const keyOf = (index: number): number => {
    const key = index % ROWS_MAX;
    return pinned !== null && index !== pinned && key === pinned % ROWS_MAX ? SPARE_KEY : key;
  };
  const rows = (from: number, to: number): void => {
    for (let index = from; index < to; index++) segments.push({ kind: "row", key: keyOf(index), index });
  };
  const space = (key: string, from: number, to: number): void => {
    if (to > from) segments.push({ kind: "space", key, height: heights.top(to) - heights.top(from) });
  };

  if (pinned !== null && pinned >= 0 && pinned < first) {
    space("far-above", 0, pinned);
    rows(pinned, pinned + 1);
    space("above", pinned + 1, first);
  } else {
    space("above", 0, first);
  }
  rows(first, end);
  if (pinned !== null && pinned >= end && pinned < count) {
    space("below", end, pinned);
    rows(pinned, pinned + 1);
    space("far-below", pinned + 1, count);
  } else {
    space("below", end, count);
  }
  return segments;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
