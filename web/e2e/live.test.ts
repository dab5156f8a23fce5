import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start({ workloads: 60, changesPerSecond: 10 }), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test("what changes in the cluster changes on the page, without a reload", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${server.url}/workloads`);
  await settled(page);
  await page.evaluate(() => document.body.setAttribute("data-loaded", "once"));
  // Health and readiness, not ages: those change by themselves.
  const read = (): Promise<string> =>
    page.evaluate(() =>
      [...document.querySelectorAll("tbody .label, tbody .ready")].map((it) => it.textContent).join(),
    );
  const before = await read();
  await expect.poll(read, { timeout: 20_000 }).not.toBe(before);
  expect(await page.locator("body").getAttribute("data-loaded")).toBe("once");
  expect(complaints).toEqual([]);
  await close();
});

test("the page and the API say the same", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${server.url}/`);
  await settled(page);
  // A changing cluster: ask until both were asked between two changes.
  const total = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Workloads" });
  const { total: expected } = await server.read<{ total: number }>("/workloads?limit=1");
  await total.filter({ hasText: String(expected) }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("no row moves under the focus; what would have moved is counted, and moves when asked to", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${server.url}/workloads?sort=since&order=desc`);
  await settled(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const focused = page.locator("tr:focus-within");
  const index = await focused.getAttribute("aria-rowindex");
  const name = await focused.locator("a").innerText();
  const apply = page.getByRole("button", { name: /^Order held · \d+ changes?$/ });
  await apply.waitFor();
  expect(await focused.getAttribute("aria-rowindex")).toBe(index);
  expect(await focused.locator("a").innerText()).toBe(name);
  await page.keyboard.press("Escape");
  await apply.waitFor({ state: "detached" });
  expect(await page.locator("tr:focus-within").count()).toBe(0);
  expect(complaints).toEqual([]);
  await close();
});
