import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

const WORKLOADS = 10_000;
/** A person notices what takes longer. */
const TASK_MAX_MS = 100;
const ROWS_MAX = 200;
/** How many parts of a task that is too long are named. */
const PARTS_MAX = 6;

let server: DemoServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start({ workloads: WORKLOADS, changesPerSecond: 100 }), launch()]);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await server.stop();
});

// On two processors the longest task took 62 to 112 ms of the processor, and 98 to 159 in an hour in which the machine itself
// was slower, who else runs there taking its caches; one that is too long by itself is so each time.
test("ten thousand workloads under a hundred changes a second", { retry: 3, timeout: 180_000 }, async () => {
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

  const done = await tasks.stop();
  expect(done.length).toBeGreaterThan(100);
  expect(done.filter((it) => it.busyMs >= TASK_MAX_MS).map((it) => it.account())).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** When it began and how long it took, in microseconds. */
  ts: number;
  dur: number;
  /** How much of that the processor worked on it. */
  tdur?: number;
  args: { name?: string; data?: { type?: string } };
}

/** What the page's main thread does in one go: meanwhile it answers nobody. */
interface Task {
  /**
   * For how long it takes time and the processor both. Its wall time alone counts what the machine gives to others too:
   * on two busy processors a task with 40 ms of work takes 170.
   */
  busyMs: number;
  /** Both times and what it did, for who has to shorten it. */
  account: () => string;
}

/** How long the tasks of the page's main thread take. */
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

  async stop(): Promise<Task[]> {
    const complete = new Promise((done) => this.#session.once("Tracing.tracingComplete", done));
    await this.#session.send("Tracing.end");
    await complete;
    const mains = new Set(
      this.#events
        .filter((it) => it.name === "thread_name" && it.args.name === "CrRendererMain")
        .map((it) => `${it.pid}/${it.tid}`),
    );
    const spans = this.#events.filter((it) => it.ph === "X" && mains.has(`${it.pid}/${it.tid}`));
    return outermost(spans.filter(isTask)).map((task) => ({
      busyMs: Math.min(task.dur, task.tdur ?? task.dur) / 1000,
      account: () => accountOf(task, spans),
    }));
  }
}

function isTask(span: TraceEvent): boolean {
  return span.name.endsWith("RunTask");
}

function isWithin(span: TraceEvent, outer: TraceEvent): boolean {
  const sameThread = span.pid === outer.pid && span.tid === outer.tid;
  return sameThread && span.ts >= outer.ts && span.ts + span.dur <= outer.ts + outer.dur;
}

/** Each task is told of twice, by the scheduler and for the timeline. */
function outermost(tasks: readonly TraceEvent[]): TraceEvent[] {
  const kept: TraceEvent[] = [];
  for (const task of tasks.toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)) {
    const before = kept.findLast((it) => it.pid === task.pid && it.tid === task.tid);
    if (!before || !isWithin(task, before)) kept.push(task);
  }
  return kept;
}

/** "143 ms, 120 of the processor: EventDispatch (click) 90 ms, Layout 30 ms" */
function accountOf(task: TraceEvent, spans: readonly TraceEvent[]): string {
  const ms = (microseconds: number): number => Math.round(microseconds / 1000);
  const parts = spans.filter((it) => !isTask(it) && isWithin(it, task)).sort((a, b) => b.dur - a.dur);
  const nameOf = (it: TraceEvent): string => (it.args.data?.type ? `${it.name} (${it.args.data.type})` : it.name);
  const longest = parts.slice(0, PARTS_MAX).map((it) => `${nameOf(it)} ${ms(it.dur)} ms`);
  return `${ms(task.dur)} ms, ${task.tdur === undefined ? "?" : ms(task.tdur)} of the processor: ${longest.join(", ")}`;
}
