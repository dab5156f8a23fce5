import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { List, Workload } from "../src/lib/api/schema";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;
let workloads: Workload[];

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start(), launch()]);
  workloads = (await server.read<List<Workload>>("/workloads?limit=1000")).items;
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

const rowNames = "tbody a[data-row]";

test("filters go into the address and come back from it", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${server.url}/workloads`);
  await settled(page);
  // A namespace with several that pass all other filters, and a word that only some of them have.
  const healthy = workloads.filter((it) => it.kind === "Deployment" && it.health === "healthy");
  const inNamespace = (name: string): Workload[] => healthy.filter((it) => it.namespace === name);
  const namespace = healthy.map((it) => it.namespace).find((it) => inNamespace(it).length > 1) ?? "";
  const word = inNamespace(namespace)[0]?.name ?? "";

  await page.getByLabel("Kind").selectOption("Deployment");
  await page.getByRole("button", { name: "All namespaces" }).click();
  await page.getByRole("dialog", { name: "Namespaces" }).getByLabel(namespace).check();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Healthy/ }).click();
  await page.getByRole("button", { name: "Restarts" }).click();
  await page.keyboard.press("/");
  await page.keyboard.type(word);
  await page.waitForURL((url) => url.searchParams.get("q") === word);

  const address = new URL(page.url());
  expect(Object.fromEntries(address.searchParams)).toEqual({
    kind: "Deployment",
    namespace,
    health: "healthy",
    sort: "restarts",
    q: word,
  });
  const shown = await page.locator(rowNames).allInnerTexts();

  // The same address, opened by a colleague.
  const other = await openPage(browser);
  await other.page.goto(page.url());
  await settled(other.page);
  expect(await other.page.locator(rowNames).allInnerTexts()).toEqual(shown);
  expect(await other.page.getByLabel("Kind").inputValue()).toBe("Deployment");
  expect(await other.page.getByRole("searchbox").inputValue()).toBe(word);
  expect(await other.page.getByRole("button", { name: /^Healthy/ }).getAttribute("aria-pressed")).toBe("true");
  expect(await other.page.getByRole("columnheader", { name: "Restarts" }).getAttribute("aria-sort")).toBe("descending");

  // And the same as the server would filter.
  const answer = await server.read<List<Workload>>(
    `/workloads?kind=Deployment&namespace=${namespace}&health=healthy&q=${word}&limit=1000`,
  );
  expect(answer.items.length).toBeLessThan(inNamespace(namespace).length);
  expect([...shown].sort()).toEqual(answer.items.map((it) => it.name).sort());
  expect([...complaints, ...other.complaints]).toEqual([]);
  await other.close();
  await close();
});

test("the namespace goes along from page to page, and back goes back", async () => {
  const { page, complaints, close } = await openPage(browser);
  const namespace = workloads[0]?.namespace ?? "";
  await page.goto(`${server.url}/workloads?namespace=${namespace}`);
  await settled(page);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Pods" }).click();
  await page.getByRole("heading", { level: 1, name: "Pods" }).waitFor();
  expect(new URL(page.url()).searchParams.get("namespace")).toBe(namespace);
  await page.getByRole("table", { name: "Pods" }).waitFor();
  const places = await page.locator("tbody .sub:first-of-type").allInnerTexts();
  expect(new Set(places.filter((it) => !it.startsWith("ordinal")))).toEqual(new Set([namespace]));
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Workloads" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("what was typed just before one leaves a page is not searched for on the next", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.clock.install();
  await page.goto(`${server.url}/pods`);
  await settled(page);
  // Both within one turn of the browser: no hand is so quick, but a busy machine makes it look so.
  await page.evaluate(() => {
    const box = document.querySelector<HTMLInputElement>('input[type="search"]');
    box?.focus();
    if (box) box.value = "no-such-thing";
    box?.dispatchEvent(new InputEvent("input", { bubbles: true }));
    document.querySelector<HTMLAnchorElement>('nav a[href="/events"]')?.click();
  });
  await page.getByRole("heading", { level: 1, name: "Events" }).waitFor();
  await page.clock.fastForward(1_000);
  expect(new URL(page.url()).search).toBe("");
  expect(await page.getByRole("searchbox").inputValue()).toBe("");
  expect(complaints).toEqual([]);
  await close();
});

test("a filter that nothing passes says so, and how to be rid of it", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.goto(`${server.url}/workloads?q=there-is-no-such-thing`);
  await settled(page);
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await page.locator(rowNames).first().waitFor();
  expect(complaints).toEqual([]);
  await close();
});
