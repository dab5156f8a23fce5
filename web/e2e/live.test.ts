import { isDeepStrictEqual } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { List, Workload } from "../src/lib/api/schema";
import { countByHealth, healthLabel, HEALTHS } from "../src/lib/workload/health";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

const WORKLOADS = 60;
/** So high that every row is in the document. */
const HIGH = { width: 1280, height: 4_000 };
const ROUNDS = 20;

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start({ workloads: WORKLOADS, changesPerSecond: 4 }), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** What a person can compare: how many are how, and what each row says. */
interface Said {
  counts: string[];
  rows: string[];
}

function saidBy(items: readonly Workload[]): Said {
  const counts = countByHealth(items);
  return {
    counts: HEALTHS.map((health) => `${healthLabel(health)} ${counts[health]}`),
    rows: items.map(
      (it) => `${it.namespace} ${it.name}: ${healthLabel(it.health)}, ${it.ready}/${it.desired}, ${it.restarts}`,
    ),
  };
}

function shownOn(page: Page): Promise<Said> {
  return page.evaluate(() => {
    const text = (root: Element, selector: string): string =>
      (root.querySelector(selector)?.textContent ?? "").replaceAll("\u202f", "").trim();
    const chips = [...document.querySelectorAll('[role="group"][aria-label="Health"] button')];
    const rows = [...document.querySelectorAll("tbody tr[data-index]")];
    return {
      counts: chips.map((chip) => `${text(chip, ".word")} ${text(chip, ".num")}`),
      rows: rows.map((row) => {
        const namespace = text(row, ".name .second").split(" · ")[0] ?? "";
        const health = `${text(row, ".label")}, ${text(row, ".ready")}, ${text(row, "td:nth-of-type(4)")}`;
        return `${namespace} ${text(row, "a")}: ${health}`;
      }),
    };
  });
}

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

test("the page and the API say the same, again and again while the cluster changes", async () => {
  const { page, complaints, close } = await openPage(browser, { viewport: HIGH });
  await page.goto(`${server.url}/workloads`);
  await settled(page);
  const compared = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    // The cluster must stand still while both are asked, and must have changed since they were compared last.
    const comparison = async (): Promise<unknown> => {
      const before = await server.read<List<Workload>>("/workloads?limit=1000");
      const shown = await shownOn(page);
      const after = await server.read<List<Workload>>("/workloads?limit=1");
      if (before.version !== after.version || compared.has(before.version)) return "not at one version";
      const same = isDeepStrictEqual(shown, saidBy(before.items));
      if (same) compared.add(before.version);
      return same ? "the same" : { shown, said: saidBy(before.items) };
    };
    await expect.poll(comparison, { timeout: 8_000, interval: 20 }).toBe("the same");
  }
  expect(await page.locator("tbody tr[data-index]").count()).toBe(WORKLOADS);
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

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
