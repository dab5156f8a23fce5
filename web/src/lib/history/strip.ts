/** The bar of a workload's past: equal slots of time, each with the worst that happened in it. */

import type { Health, History } from "../api/schema";
import { duration, instant, moment } from "../format/time";
import { healthLabel, severityOf, shownHealth } from "../workload/health";

export interface Slot {
  from: number;
  to: number;
  /** Null: nothing is known of this time. */
  health: Health | null;
}

/** Cuts the range of the history into `n` slots. */
export function slotsOf(history: History, n: number): Slot[] {
  const from = instant(history.from);
  const to = instant(history.to);
  if (from === null || to === null || to <= from || n < 1) return [];
  const width = (to - from) / n;
  const slots = Array.from({ length: n }, (_, i): Slot => ({
    from: from + i * width,
    to: from + (i + 1) * width,
    health: null,
  }));
  for (const interval of history.intervals) {
    const health = shownHealth(interval.health);
    for (const slot of within(slots, from, width, interval.from, interval.to)) {
      if (slot.health === null || severityOf(health) < severityOf(slot.health)) slot.health = health;
    }
  }
  return slots;
}

/** When nothing was known, oldest first: overlapping gaps are one, and those too short to see are none. */
export function gapsOf(history: History): { from: string; to: string; why: string }[] {
  const gaps: { from: string; to: string; whys: Set<string> }[] = [];
  const ordered = [...history.gaps].sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const gap of ordered) {
    const last = gaps.at(-1);
    if (last && (instant(gap.from) ?? 0) <= (instant(last.to) ?? 0)) {
      if ((instant(gap.to) ?? 0) > (instant(last.to) ?? 0)) last.to = gap.to;
      last.whys.add(gap.why);
    } else {
      gaps.push({ from: gap.from, to: gap.to, whys: new Set([gap.why]) });
    }
  }
  return gaps
    .filter((gap) => (instant(gap.to) ?? 0) - (instant(gap.from) ?? 0) >= GAP_MIN_MS)
    .map(({ from, to, whys }) => ({ from, to, why: [...whys].join("; ") }));
}

/** Shorter than this, a gap is the way that a start or a reconnect takes. */
const GAP_MIN_MS = 5_000;

/** The same in words, newest last: what the bar says to somebody who does not see it. */
export function inWords(history: History, now: number): string {
  const parts = history.intervals.slice(-WORDS_MAX).map((interval, i, all) => {
    const label = healthLabel(interval.health);
    const last = i === all.length - 1;
    const start = moment(interval.from, now);
    return last ? `${label} since ${start}` : `${label} from ${start} to ${moment(interval.to, now)}`;
  });
  if (history.intervals.length > WORDS_MAX) {
    parts.unshift(`${history.intervals.length - WORDS_MAX} earlier changes`);
  }
  for (const gap of gapsOf(history).slice(-WORDS_MAX)) {
    parts.push(`no data from ${moment(gap.from, now)} to ${moment(gap.to, now)}: ${gap.why}`);
  }
  return parts.length === 0 ? "Nothing is known of this time." : `${parts.join("; ")}.`;
}

/** The share of the time without `failed`; null for what ends by itself: the time between two runs says nothing of them. */
export function notFailedPercent(history: History, kind: string): number | null {
  return kind === "Job" || kind === "CronJob" ? null : history.available.percent;
}

/** "15 min", "1 h": how much time one slot covers. */
export function slotWidth(slots: readonly Slot[]): string {
  const first = slots[0];
  return first ? duration(first.to - first.from) : "";
}

/** A sentence with more parts than this is not heard to its end; the table under the bar has them all. */
const WORDS_MAX = 6;

function* within(slots: Slot[], from: number, width: number, start: string, end: string): Generator<Slot> {
  const first = instant(start);
  const last = instant(end);
  if (first === null || last === null) return;
  const begin = Math.max(0, Math.floor((first - from) / width));
  // An interval that ends where a slot begins is not part of that slot; one without length is part of its own.
  const stop = Math.min(slots.length - 1, Math.max(begin, Math.ceil((last - from) / width) - 1));
  for (let i = begin; i <= stop; i++) {
    const slot = slots[i];
    if (slot) yield slot;
  }
}
