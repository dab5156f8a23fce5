import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

const WORKLOADS = 10_000;
const TASK_MAX_MS = 100;
const ROWS_MAX = 200;

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start({ workloads: WORKLOADS, changesPerSecond: 100 }), launch()]);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
});

// What else the machine does makes a task look longer than it is; one that is too long is so again.
test("ten thousand workloads under a hundred changes a second", { retry: 1, timeout: 180_000 }, async () => {
  const { page, complaints, close } = await openPage(browser);
  const tasks = await TaskRecorder.start(await page.context().newCDPSession(page));
  const rowCount = () => page.locator("tbody tr").count();

  await page.goto(`${server.url}/workloads`);
  await page.locator(`table[aria-rowcount="${WORKLOADS + 1}"]`).waitFor();
  await settled(page);
  expect(await rowCount()).toBeLessThanOrEqual(ROWS_MAX);

  // The last row by keyboard, and the focus stays on it while the cluster goes on changing.
  await page.keyboard.press("j");
  await page.keyboard.press("End");
  const last = page.locator(`tr[aria-rowindex="${WORKLOADS + 1}"]:focus-within`);
  await last.waitFor();
  const name = await last.locator("a").innerText();
  await page.getByRole("button", { name: /^Order held/ }).waitFor();
  expect(await last.locator("a").innerText()).toBe(name);
  expect(await last.isVisible()).toBe(true);
  expect(await rowCount()).toBeLessThanOrEqual(ROWS_MAX);
  await page.keyboard.press("Home");
  await page.locator('tr[aria-rowindex="2"]:focus-within').waitFor();
  await page.keyboard.press("Escape");

  // From end to end by wheel, sorted anew, searched.
  for (let i = 0; i < 25; i++) {
    await page.mouse.wheel(0, 20_000);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  expect(await rowCount()).toBeLessThanOrEqual(ROWS_MAX);
  await page.getByRole("button", { name: "Restarts" }).click();
  await page.locator('th[aria-sort="descending"]').waitFor();
  await page.getByRole("searchbox").fill("1");
  await page.waitForURL(/[?&]q=1/);

  // The overview of the same.
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Overview" }).click();
  await page.getByRole("heading", { name: /^Namespaces/ }).waitFor();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 0)));

  const { longest, count } = await tasks.stop();
  expect(count).toBeGreaterThan(100);
  expect(longest).toBeLessThan(TASK_MAX_MS);
  expect(complaints).toEqual([]);
  await close();
});

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  args: { name?: string };
  /** Of the processor, in microseconds; what other processes take meanwhile is not counted. */
  tdur?: number;
}

/** How long the tasks of the page's main thread keep the processor. */
class TaskRecorder {
  readonly #session: CDPSession;
  readonly #events: TraceEvent[] = [];

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async start(session: CDPSession): Promise<TaskRecorder> {
    const recorder = new TaskRecorder(session);
    session.on("Tracing.dataCollected", ({ value }) => recorder.#events.push(...(value as unknown as TraceEvent[])));
    await session.send("Tracing.start", {
      transferMode: "ReportEvents",
      traceConfig: {
        includedCategories: ["__metadata", "disabled-by-default-devtools.timeline", "toplevel", "devtools.timeline"],
      },
    });
    return recorder;
  }

  async stop(): Promise<{ longest: number; count: number }> {
    const complete = new Promise((done) => this.#session.once("Tracing.tracingComplete", done));
    await this.#session.send("Tracing.end");
    await complete;
    const mains = new Set(
      this.#events
        .filter((it) => it.name === "thread_name" && it.args.name === "CrRendererMain")
        .map((it) => `${it.pid}/${it.tid}`),
    );
    const tasks = this.#events.filter(
      (it) => it.ph === "X" && it.tdur !== undefined && it.name.endsWith("RunTask") && mains.has(`${it.pid}/${it.tid}`),
    );
    return { longest: Math.max(0, ...tasks.map((it) => (it.tdur ?? 0) / 1000)), count: tasks.length };
  }
}
