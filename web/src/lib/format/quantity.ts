/** Amounts of processor, memory and things, with their units. */

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** "31 MiB", "1.2 GiB"; a dash when it is not known. */
export function bytes(value: number | null): string {
  if (value === null) return "–";
  let unit = 0;
  let amount = value;
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${round(amount)} ${UNITS[unit] ?? "B"}`;
}

/** "250 m" below one core, "1.5 cores" above. */
export function cpu(millicores: number | null): string {
  if (millicores === null) return "–";
  if (millicores < 1000) return `${Math.round(millicores)} m`;
  const cores = round(millicores / 1000);
  return cores === "1" ? "1 core" : `${cores} cores`;
}

/** "99.94 %"; never rounded up to 100. */
export function percent(value: number): string {
  const text = (Math.floor(value * 100) / 100).toFixed(2);
  return `${text.replace(/\.?0+$/, "")} %`;
}

/** "12,345" as a person reads it. */
export function count(value: number): string {
  return NUMBER.format(value);
}

/** "1 pod", "3 pods", "12,345 pods". */
export function things(n: number, singular: string, plural = `${singular}s`): string {
  return `${count(n)} ${n === 1 ? singular : plural}`;
}

const NUMBER = new Intl.NumberFormat("en-GB");

function round(amount: number): string {
  return amount < 10 ? String(Math.round(amount * 10) / 10) : String(Math.round(amount));
}
