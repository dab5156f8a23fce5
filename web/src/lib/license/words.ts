/** The licence in words. A newer server may say an edition or a state that is not known here. */

import type { License } from "../api/schema";

const STATES: Record<string, string> = {
  none: "No licence key",
  valid: "In force",
  grace: "Expired, in force for a time of grace",
  expired: "Expired",
  not_yet_valid: "Not in force yet",
  invalid: "The key can't be used",
};

/** "Community", "Enterprise". */
export function editionOf(license: License): string {
  return license.edition.charAt(0).toUpperCase() + license.edition.slice(1);
}

/** How it stands, in a few words. */
export function stateOf(license: License): string {
  return STATES[license.state] ?? license.state.replaceAll("_", " ");
}

/** "2027-12-31": the day in UTC, as the vendor and the notices have it. */
export function dayOf(iso: string | null): string {
  return iso?.slice(0, 10) ?? "–";
}
