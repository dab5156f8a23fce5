import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { List, ServerHealth, Workload } from "../src/lib/api/schema";
import { violationsOf } from "./support/axe";
import { launch, openPage, settled } from "./support/browser";
import { Gate } from "./support/gate";
import { DemoServer, WatchingServer } from "./support/server";

const CLUSTER = "harbour";
const WORKLOADS = 12;
/** How long the page may take to show what is known. */
const SOON = { timeout: 10_000 };
/** A source that has been lost for a minute is stale: that minute is the server's, and nothing shortens it. */
const STALE_WITHIN_MS = 100_000;

/** What is watched: a cluster in which nothing happens. */
let demo: DemoServer;
let gate: Gate;
let server: WatchingServer;
let browser: Browser;

beforeAll(async () => {
  [demo, browser] = await Promise.all([DemoServer.start({ workloads: WORKLOADS }), launch()]);
  const { clusters } = await demo.read<ServerHealth>("/health");
  gate = await Gate.before(clusters[0]?.server ?? "");
  server = await WatchingServer.start(CLUSTER, gate.url);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  await gate.shut();
  await demo.stop();
});

const go = (page: Page, to: string): Promise<void> =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: to }).click();

test("a lost API server leaves what was known, then beside what is not known any more, until it is back", async () => {
  const { page, complaints, close } = await openPage(browser);
  const state = page.locator("header").getByRole("status");
  const banner = page.locator(".banner");
  const rows = page.locator("tbody tr[data-index]");
  const statuses = async (): Promise<string[]> => {
    const texts = await rows.locator(".health .first").allInnerTexts();
    // Without the age, which passes.
    return texts.map((text) =>
      text
        .replace(/\d+ \w+/, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
  };
  const all = (status: string): string[] => Array.from({ length: WORKLOADS }, () => status);
  await page.goto(`${server.url}/workloads`);
  await settled(page);
  await page.evaluate(() => document.body.setAttribute("data-loaded", "once"));
  await expect.poll(statuses, SOON).toEqual(all("Healthy"));
  const { items: before } = await server.read<List<Workload>>("/workloads?sort=name");
  expect(await banner.count()).toBe(0);

  // At first the rows stand, and the page says that they may be old.
  await gate.shut();
  await state.filter({ hasText: /^\s*Cluster lost\s*$/ }).waitFor();
  expect(await banner.innerText()).toContain(CLUSTER);
  expect(await statuses()).toEqual(all("Healthy"));

  await rows.filter({ hasText: "was Healthy" }).first().waitFor({ timeout: STALE_WITHIN_MS });
  await expect.poll(statuses, SOON).toEqual(all("Unknown was Healthy"));
  expect(await banner.innerText()).toContain(CLUSTER);
  expect(await violationsOf(page)).toEqual([]);

  // So do the other pages.
  await rows.first().locator("a").click();
  await page.getByRole("main").getByText("was Healthy").waitFor();
  expect(await banner.innerText()).toContain(CLUSTER);
  expect(await violationsOf(page)).toEqual([]);
  await go(page, "Overview");
  await page.getByRole("heading", { name: /^Unknown/ }).waitFor();
  await page.getByRole("button", { name: `${WORKLOADS} workloads` }).click();
  expect(await page.getByRole("listitem").filter({ hasText: "was Healthy" }).count()).toBeGreaterThanOrEqual(WORKLOADS);
  expect(await violationsOf(page)).toEqual([]);

  await go(page, "Workloads");
  await gate.open();
  await state.filter({ hasText: /^\s*Live\s*$/ }).waitFor({ timeout: STALE_WITHIN_MS });
  await banner.waitFor({ state: "detached" });
  await expect.poll(statuses, SOON).toEqual(all("Healthy"));
  const { items: after } = await server.read<List<Workload>>("/workloads?sort=name");
  expect(after.map((it) => [it.id, it.since])).toEqual(before.map((it) => [it.id, it.since]));
  expect(await page.locator("body").getAttribute("data-loaded")).toBe("once");
  expect(complaints).toEqual([]);
  await close();
}, 300_000);
