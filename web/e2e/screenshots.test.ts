import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { List, Workload } from "../src/lib/api/schema";
import { launch, openPage, settled, WIDE } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  folder = process.env.E2E_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), "maintenant-screenshots-")));
  [server, browser] = await Promise.all([DemoServer.start(), launch()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  if (process.env.E2E_SCREENSHOTS === undefined) await rm(folder, { recursive: true, force: true });
});

/** `npm run screenshots` names the folder of the README; else they are taken and thrown away, so that a test run leaves the tree as it was. */
let folder: string;

/** The demo begins with everything well; what goes wrong first goes wrong after a minute. */
const TROUBLE_MS = 150_000;

test(
  "pictures for the README",
  async () => {
    const { page, complaints, close } = await openPage(browser, { viewport: WIDE, deviceScaleFactor: 2 });
    await page.goto(`${server.url}/`);
    await settled(page);
    await page.getByRole("list", { name: "Problems" }).waitFor({ timeout: TROUBLE_MS });
    const { items } = await server.read<List<Workload>>("/workloads?sort=health&limit=1");
    await page.screenshot({ path: `${folder}/overview.png` });
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await page.screenshot({ path: `${folder}/overview-dark.png` });
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(`${server.url}/workloads/${items[0]?.id ?? ""}`);
    await settled(page);
    await page.screenshot({ path: `${folder}/workload.png` });
    expect(complaints).toEqual([]);
    await close();
  },
  TROUBLE_MS + 60_000,
);
