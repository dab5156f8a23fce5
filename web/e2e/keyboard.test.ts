import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

test("everything is reached without a mouse", async () => {
  const { page, complaints, close } = await openPage(browser);
  const heading = (name: string | RegExp) => page.getByRole("heading", { level: 1, name });
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await page.goto(`${server.url}/`);
  await settled(page);

  await press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");

  await press("g", "p");
  await heading("Pods").waitFor();
  await press("g", "e");
  await heading("Events").waitFor();
  await press("g", "s");
  await heading("Settings").waitFor();
  await press("g", "o");
  await page.getByRole("heading", { name: /^What changed/ }).waitFor();
  await press("g", "w");
  await heading("Workloads").waitFor();

  await press("j");
  const first = await page.locator("tr:focus-within a").innerText();
  await press("j", "j", "k");
  expect(await page.locator("tr:focus-within").getAttribute("aria-rowindex")).toBe("3");
  await press("Home");
  expect(await page.locator("tr:focus-within a").innerText()).toBe(first);
  const name = await page.locator("tr:focus-within a").innerText();
  await press("Enter");
  await heading(name).waitFor();
  await press("Escape");
  await heading("Workloads").waitFor();

  await press("/");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("type"))).toBe("search");
  await page.keyboard.type(name);
  await press("Enter");
  await page.locator("tr:focus-within").waitFor();
  expect(await page.locator("tr:focus-within a").innerText()).toBe(name);

  await press("?");
  const help = page.getByRole("dialog", { name: "Keyboard" });
  await help.waitFor();
  await press("g", "o");
  expect(await heading("Workloads").count()).toBe(1);
  await press("Escape");
  await help.waitFor({ state: "hidden" });
  expect(complaints).toEqual([]);
  await close();
});

test("Esc leads back to where a workload was opened, past its tabs", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${server.url}/`);
  await settled(page);
  // A namespace leads to the list of it; a workload there to its page.
  await page.getByRole("heading", { name: /^Namespaces/ }).waitFor();
  await page.locator('#content a[href^="/workloads?namespace="]').first().click();
  await page.getByRole("heading", { level: 1, name: "Workloads" }).waitFor();
  const list = page.url();
  await page.locator("tbody a[data-row]").first().click();
  await page.getByRole("navigation", { name: "Parts of this page" }).getByRole("link", { name: "Events" }).click();
  await page.waitForURL(/tab=events/);
  await page.locator("h1").click();
  await page.keyboard.press("Escape");
  await page.waitForURL(list);
  await page.getByRole("heading", { level: 1, name: "Workloads" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("the theme is chosen, kept, and taken back", async () => {
  const { page, complaints, close } = await openPage(browser, { colorScheme: "light" });
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.goto(`${server.url}/settings`);
  await settled(page);
  expect(await scheme()).toBe("light dark");
  await page.getByRole("radio", { name: "Dark" }).check();
  expect(await scheme()).toBe("dark");
  await page.reload();
  await settled(page);
  expect(await scheme()).toBe("dark");
  await page.getByRole("radio", { name: "As the system" }).check();
  expect(await scheme()).toBe("light dark");
  expect(complaints).toEqual([]);
  await close();
});
