import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { License } from "../src/lib/api/schema";
import { violationsOf } from "./support/axe";
import { launch, NARROW, openPage, settled } from "./support/browser";
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

const GRACE: License = {
  edition: "enterprise",
  state: "grace",
  licensee: "ACME <b>GmbH</b>",
  features: ["audit", "sso"],
  issued_at: "2025-01-01T00:00:00Z",
  expires_at: "2025-12-31T23:59:59Z",
  grace_ends_at: "2026-01-31T00:00:00Z",
  changes_at: "2026-01-31T00:00:00Z",
  notice: "The licence of ACME <b>GmbH</b> expired on 2025-12-31. Enterprise goes on for 3 more days of grace.",
};

/** The page is told that, and keeps account of how often it asks. */
async function answer(page: Page, license: Partial<License>): Promise<() => number> {
  let asked = 0;
  await page.route("**/api/v1/license", (route) => {
    asked++;
    return route.fulfill({ json: { ...GRACE, ...license } });
  });
  return () => asked;
}

test("without a key it is Community, and there is nothing to say", async () => {
  const { page, complaints, close } = await openPage(browser);
  const answered = page.waitForResponse("**/api/v1/license");
  await page.goto(`${server.url}/`);
  await answered;
  await settled(page);
  expect(await page.getByText("Licence:").count()).toBe(0);
  await page.goto(`${server.url}/settings`);
  await page.getByText("Community").waitFor();
  await page.getByText("No licence key").waitFor();
  expect(complaints).toEqual([]);
  await close();
});

describe("what is to be done about a licence stands on the overview and in the settings", () => {
  const rows: [state: string, changes: Partial<License>, words: string][] = [
    ["grace", {}, "Expired, in force for a time of grace"],
    ["expired", { edition: "community", notice: "The grace is over. This is Community now." }, "Expired"],
    ["not_yet_valid", { edition: "community", notice: "The licence begins on 2028-01-01." }, "Not in force yet"],
    [
      "invalid",
      {
        edition: "community",
        licensee: null,
        features: [],
        issued_at: null,
        expires_at: null,
        grace_ends_at: null,
        changes_at: null,
        notice: "The licence key is damaged: copy it again.",
      },
      "The key can't be used",
    ],
  ];
  test.each(rows)("%s", async (state, changes, words) => {
    const { page, complaints, close } = await openPage(browser, { viewport: NARROW });
    const license = { ...GRACE, ...changes, state };
    const asked = await answer(page, license);
    await page.goto(`${server.url}/`);
    await settled(page);
    const content = page.locator("#content");
    await content
      .getByRole("status")
      .getByText(license.notice ?? "")
      .waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(asked()).toBe(1);
    await content.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { name: "Licence" }).waitFor();
    await content.getByText(words, { exact: true }).waitFor();
    await content.getByText(license.notice ?? "").waitFor();
    expect(await content.getByText("2025-12-31", { exact: true }).count()).toBe(license.licensee === null ? 0 : 1);
    expect(await content.getByText("Grace ends").count()).toBe(license.licensee === null ? 0 : 1);
    expect(await content.getByText("audit, sso").count()).toBe(license.licensee === null ? 0 : 1);
    expect(await violationsOf(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await close();
  });
});

test("a stream that breaks does not make it ask again", async () => {
  const { page, complaints, close } = await openPage(browser);
  const asked = await answer(page, {});
  let opened = 0;
  await page.route("**/api/v1/stream**", (route) => {
    opened++;
    return route.fulfill({ contentType: "text/event-stream", body: ":\n\n" });
  });
  await page.goto(`${server.url}/`);
  await expect.poll(() => opened, { timeout: 20_000 }).toBeGreaterThan(2);
  expect(asked()).toBe(1);
  expect(complaints).toEqual([]);
  await close();
});
