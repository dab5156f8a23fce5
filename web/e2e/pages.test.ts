import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { List, Pod, Workload } from "../src/lib/api/schema";
import { violationsOf } from "./support/axe";
import { launch, NARROW, openPage, settled, WIDE } from "./support/browser";
import { outlineOf } from "./support/outline";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;
/** A path for each page; those of one thing are filled in from what the cluster has. */
const paths: Record<string, string> = {
  overview: "/",
  workloads: "/workloads",
  pods: "/pods",
  events: "/events",
  settings: "/settings",
};

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start(), launch()]);
  const pathOf = async (kind: string): Promise<string> => {
    // What is optional, CronJobs among it, may be read after the server is ready.
    const found = await vi.waitUntil(
      async () => (await server.read<List<Workload>>(`/workloads?kind=${kind}&health=healthy&limit=1`)).items[0],
      { timeout: 60_000, interval: 500 },
    );
    return `/workloads/${found.id}`;
  };
  paths.deployment = await pathOf("Deployment");
  paths.statefulset = await pathOf("StatefulSet");
  paths.daemonset = await pathOf("DaemonSet");
  paths.cronjob = await pathOf("CronJob");
  paths.facts = `${await pathOf("Deployment")}?tab=facts`;
  paths["workload-events"] = `${await pathOf("Deployment")}?tab=events`;
  const pods = await server.read<List<Pod>>("/pods?health=healthy&limit=1");
  const pod = pods.items[0];
  if (!pod) throw new Error("the demo has no healthy pod");
  paths.pod = `/pods/${pod.cluster}/${pod.namespace}/${pod.name}`;
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Parts that follow what happens in the demo. */
const VOLATILE = [
  /heading "(Problems|Unknown|In progress|Warnings|Claims|Rollout)/,
  /list "(Problems|Unknown|In progress)"/,
  /link "(All warnings|Show the|\d+ (failed|degraded|unknown))/,
  /button "Show/,
  /table "Events of/,
  /region "(Diagnosis|Rollout)/,
];

const NAMES = [
  "overview",
  "workloads",
  "pods",
  "events",
  "settings",
  "deployment",
  "statefulset",
  "daemonset",
  "cronjob",
  "facts",
  "workload-events",
  "pod",
] as const;

async function visit(name: string, page: Page): Promise<void> {
  await page.goto(server.url + (paths[name] ?? ""));
  await settled(page);
}

describe.each(NAMES)("%s", (name) => {
  test("is what a screen reader was told before", async () => {
    const { page, complaints, close } = await openPage(browser);
    await visit(name, page);
    // The names of the one thing that this run happens to look at.
    const own = (paths[name] ?? "").split("?")[0]?.split("/").slice(2).map(decodeURIComponent) ?? [];
    let outline = await outlineOf(page, VOLATILE);
    // The name first: it may begin with the namespace.
    for (const [i, word] of [...own.entries()].reverse()) {
      const title = ["CLUSTER", "NAMESPACE", "KIND", "NAME"][name === "pod" && i === 2 ? 3 : i] ?? word;
      outline = outline.replaceAll(word.replace(/\d+/g, "n"), title);
    }
    outline = outline.replace(/heading ".*" \[level=1\]/, (line) =>
      name === "overview" ? 'heading "…" [level=1]' : line,
    );
    await expect(outline).toMatchFileSnapshot(`outlines/${name}.yml`);
    expect(complaints).toEqual([]);
    await close();
  });

  test("has one first heading, a title, and no fault that axe finds, wide and narrow, light and dark", async () => {
    for (const viewport of [WIDE, NARROW]) {
      const { page, complaints, close } = await openPage(browser, { viewport });
      await visit(name, page);
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.title()).toMatch(/^.+ · maintenant$/);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await violationsOf(page), `${viewport.width} px, ${colorScheme}`).toEqual([]);
      }
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(excess, `scrolls sideways at ${viewport.width} px`).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await close();
    }
  });
});

test("what a finger aims at is high enough for it", async () => {
  const { page, complaints, close } = await openPage(browser, { viewport: NARROW });
  await visit("deployment", page);
  const heights = await page
    .locator("#content .crumb a, #content .ranges a, #content td.name a, #content summary")
    .evaluateAll((all) => all.map((it) => it.getBoundingClientRect().height));
  expect(heights.length).toBeGreaterThan(6);
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(24);
  expect(complaints).toEqual([]);
  await close();
});

test("the first look needs at most 60 kB of gzipped script", async () => {
  const { page, close } = await openPage(browser);
  await visit("overview", page);
  // What the document itself asks for; what the page fetches ahead for later comes after it.
  const first = await page.evaluate(() => {
    const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const scripts = performance.getEntriesByType("resource").filter((it) => new URL(it.name).pathname.endsWith(".js"));
    return scripts.filter((it) => it.startTime < (document?.domContentLoadedEventStart ?? 0)).map((it) => it.name);
  });
  expect(first.length).toBeGreaterThan(0);
  let bytes = 0;
  for (const url of first) {
    const body = await (await fetch(url)).arrayBuffer();
    bytes += gzipSync(new Uint8Array(body), { level: 9 }).length;
  }
  expect(bytes).toBeLessThanOrEqual(60_000);
  await close();
});
