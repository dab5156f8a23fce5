import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { List, Workload } from "../src/lib/api/schema";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start({ workloads: 60 }), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test("a server that dies and comes back to another cluster never empties the page, and shows what is there now", async () => {
  // While it is away every request fails, and the browser says so.
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("/api/v1/"));
  const rows = page.locator("tbody a[data-row]");
  const state = page.locator("header").getByRole("status");
  await page.goto(`${server.url}/workloads?sort=name&order=desc`);
  await settled(page);
  const before = await rows.allInnerTexts();
  expect(before.length).toBeGreaterThan(5);
  // Notes whenever there are fewer rows than there were.
  await page.evaluate(() => {
    const count = (): number => document.querySelectorAll("tbody a[data-row]").length;
    const least = { rows: count() };
    Object.assign(window, { least });
    new MutationObserver(() => (least.rows = Math.min(least.rows, count()))).observe(document.body, {
      childList: true,
      subtree: true,
    });
  });

  await server.kill();
  await state.filter({ hasText: /^\s*Reconnecting, data from \d\d:\d\d\s*$/ }).waitFor();
  expect(await rows.allInnerTexts()).toEqual(before);
  expect(await page.locator(".dimmed table").count()).toBe(1);
  await page.getByText("Not connected to maintenant.").waitFor();

  await server.run({ workloads: 40, seed: 2 });
  await page
    .getByRole("button", { name: "Try now" })
    .click({ timeout: 5_000 })
    .catch(() => undefined);
  await state.filter({ hasText: /^\s*Live\s*$/ }).waitFor();
  await page.locator(".dimmed").waitFor({ state: "detached" });
  const { items } = await server.read<List<Workload>>("/workloads?sort=name&order=desc&limit=1000");
  expect(items).toHaveLength(40);
  const now = items.map((it) => it.name).slice(0, before.length);
  expect(now).not.toEqual(before);
  expect(await rows.allInnerTexts()).toEqual(now);
  await page.locator("#content").getByRole("status").filter({ hasText: /^40$/ }).waitFor();
  await page.getByRole("button", { name: "All namespaces" }).click();
  const namespaces = page.getByRole("dialog", { name: "Namespaces" }).getByRole("listitem");
  expect((await namespaces.allInnerTexts()).map((it) => it.replace(/\s+/, " "))).toEqual([
    "kube-system 0",
    "team-0 40",
  ]);
  const least = await page.evaluate(() => (window as unknown as { least: { rows: number } }).least.rows);
  expect(least).toBeGreaterThanOrEqual(before.length);
  expect(complaints).toEqual([]);
  await close();
});

test("a page that is opened while the server is away says so, and fills itself when it is back", async () => {
  const { page, close } = await openPage(browser, {}, () => true);
  await page.route("**/api/v1/**", (route) => route.abort());
  await page.goto(`${server.url}/`);
  await page.getByText("The server does not answer").waitFor();
  await page.unroute("**/api/v1/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await settled(page);
  await page.getByRole("heading", { name: /^Namespaces/ }).waitFor();
  await close();
});
