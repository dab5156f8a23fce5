/** Accessibility faults that a machine can find. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One line per element that breaks a rule of WCAG 2.2 AA or of good practice. */
export async function violationsOf(page: Page): Promise<string[]> {
  // Injected by the protocol, not by a script element: the page's own CSP stays as it is.
  await page.evaluate(SOURCE);
  const results = await page.evaluate<AxeResults>(`axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  })`);
  return results.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}
