/** Times and durations for people: short in the text, exact in the title. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "45 s", "4 min", "3 h", "12 d", "2 y". What lies in the future counts as now. */
export function duration(ms: number): string {
  if (!(ms >= SECOND)) return "0 s";
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  if (ms < 730 * DAY) return `${Math.floor(ms / DAY)} d`;
  return `${Math.floor(ms / (365 * DAY))} y`;
}

/** How long ago it was, or a dash when it is not known. */
export function age(iso: string | null, now: number): string {
  const at = instant(iso);
  return at === null ? "–" : duration(now - at);
}

/** The same as ISO 8601, for `<time datetime>` of a duration. */
export function isoDuration(ms: number): string {
  return `PT${Math.max(0, Math.floor(ms / SECOND))}S`;
}

/** "14:02" today, "20 Nov 14:02" this year, "20 Nov 2025" before. */
export function moment(iso: string | null, now: number): string {
  const at = instant(iso);
  if (at === null) return "–";
  const [then, today] = [new Date(at), new Date(now)];
  if (then.toDateString() === today.toDateString()) return CLOCK.format(then);
  if (then.getFullYear() !== today.getFullYear()) return `${DAY_OF_YEAR.format(then)} ${then.getFullYear()}`;
  return `${DAY_OF_YEAR.format(then)} ${CLOCK.format(then)}`;
}

/** "14:02:10", for lines that stand close together; with the day when it is another. */
export function exactMoment(iso: string | null, now: number): string {
  const at = instant(iso);
  if (at === null) return "–";
  const then = new Date(at);
  const clock = CLOCK_SECONDS.format(then);
  return then.toDateString() === new Date(now).toDateString() ? clock : `${DAY_OF_YEAR.format(then)} ${clock}`;
}

/** "21 Nov 2026, 14:02:10 UTC", for titles. */
export function fullMoment(iso: string | null): string {
  const at = instant(iso);
  return at === null ? "time not known" : FULL.format(new Date(at));
}

/** Milliseconds since 1970, or null for what is not a time. */
export function instant(iso: string | null | undefined): number | null {
  if (!iso) return null;
  const at = Date.parse(iso);
  return Number.isNaN(at) ? null : at;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const CLOCK_SECONDS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY_OF_YEAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
