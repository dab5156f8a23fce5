/** One mark per workload, drawn as one path per status: a thousand marks are six elements. */

import type { Counts, Health } from "../api/schema";
import { HEALTHS } from "../workload/health";

export interface Marks {
  width: number;
  height: number;
  paths: { health: Health; d: string }[];
}

/** More workloads than this are drawn as shares of a bar. */
export const MARKS_MAX = 120;

const SIZE = 10;
const PITCH = 13;

/** How many marks stand beside each other in this width. */
export function columnsIn(widthPx: number): number {
  return Math.max(8, Math.floor((widthPx + PITCH - SIZE) / PITCH));
}

/** Marks in rows of `columns`, worst first. */
export function marksOf(counts: Counts, columns: number): Marks {
  const paths: Marks["paths"] = [];
  let at = 0;
  for (const health of HEALTHS) {
    let d = "";
    for (let i = 0; i < counts[health]; i++, at++) {
      d += SHAPES[health]((at % columns) * PITCH, Math.floor(at / columns) * PITCH);
    }
    if (d !== "") paths.push({ health, d });
  }
  const rows = Math.max(1, Math.ceil(at / columns));
  return { width: columns * PITCH - (PITCH - SIZE), height: rows * PITCH - (PITCH - SIZE), paths };
}

export interface Share {
  health: Health;
  /** Of 100. */
  percent: number;
}

/** Shares of a bar; what is bad stays wide enough to be seen. */
export function sharesOf(counts: Counts): Share[] {
  if (counts.total === 0) return [];
  const present = HEALTHS.filter((health) => counts[health] > 0);
  const wide = present.map((health) => Math.max(SHARE_MIN, (counts[health] / counts.total) * 100));
  const sum = wide.reduce((a, b) => a + b, 0);
  return present.map((health, i) => ({ health, percent: ((wide[i] ?? 0) / sum) * 100 }));
}

const SHARE_MIN = 2;

/** Outlines in a square of 10: circle, triangle, ring, diamond, square, two bars. */
const SHAPES: Record<Health, (x: number, y: number) => string> = {
  failed: (x, y) => `M${x} ${y + 5}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z`,
  degraded: (x, y) => `M${x + 5} ${y}l5 10h-10z`,
  progressing: (x, y) =>
    `M${x} ${y + 5}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0zM${x + 2.2} ${y + 5}a2.8 2.8 0 1 1 5.6 0a2.8 2.8 0 1 1 -5.6 0z`,
  unknown: (x, y) => `M${x + 5} ${y}l5 5l-5 5l-5 -5z`,
  healthy: (x, y) => `M${x + 1} ${y + 1}h8v8h-8z`,
  suspended: (x, y) => `M${x + 1.5} ${y + 1}h2.5v8h-2.5zM${x + 6} ${y + 1}h2.5v8h-2.5z`,
};
