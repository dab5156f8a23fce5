/** The ARIA tree of a page without what differs from one moment to the next. */

import type { Page } from "playwright-core";

/** What stays while a cluster lives: landmarks, headings, tables with their columns, groups and controls. */
const KEPT = new Set([
  "banner",
  "navigation",
  "main",
  "region",
  "search",
  "searchbox",
  "heading",
  "table",
  "columnheader",
  "group",
  "radio",
  "button",
  "combobox",
  "link",
]);
/** Their number and contents follow the cluster. */
const DATA = new Set(["listitem", "row", "option", "definition", "paragraph", "status"]);

/**
 * The outline of the page in the roles and names that a screen reader gives. Numbers are `n`; rows and items, which
 * follow the cluster, are left out, except the row that heads a table. `volatile` names the parts that come and go.
 */
export async function outlineOf(page: Page, volatile: readonly RegExp[] = []): Promise<string> {
  const tree = await page.locator("body").ariaSnapshot();
  const lines: string[] = [];
  let leftOut = Number.POSITIVE_INFINITY;
  let inHead = false;
  for (const line of tree.split("\n")) {
    const depth = line.search(/\S/);
    if (depth > leftOut) continue;
    leftOut = Number.POSITIVE_INFINITY;
    const role = /^\s*- '?"?(\w+)/.exec(line)?.[1] ?? "";
    if (role === "table") inHead = true;
    const isHead = role === "row" && inHead;
    if (role === "row") inHead = false;
    if ((DATA.has(role) && !isHead) || volatile.some((it) => it.test(line))) leftOut = depth;
    else if (KEPT.has(role)) lines.push(withoutData(line));
  }
  return `${lines.join("\n")}\n`;
}

function withoutData(line: string): string {
  return line
    .trimEnd()
    .replace(/:$/, "")
    .replace(/\d+(?:[.,]\d+)*/g, (number, at: number) => (line.slice(0, at).endsWith("level=") ? number : "n"));
}
