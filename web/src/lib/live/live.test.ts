import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { change, list, overview } from "../../testing/answers";
import { EventStream, FakeServer, settle } from "../../testing/server";
import { FakeTab } from "../../testing/tab";
import { workload } from "../../testing/workload";
import { age, instant } from "../format/time";
import { clock } from "./clock.svelte";
import { Live } from "./live.svelte";
import type { Delta } from "./model";

const HOUR_MS = 3_600_000;
const BEGAN = "2026-11-21T10:00:00Z";
const BEGAN_MS = instant(BEGAN) ?? 0;

let tab: FakeTab;
let server: FakeServer;
let stream: EventStream;
let live: Live;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers({ now: BEGAN_MS });
  tab = new FakeTab();
  stream = new EventStream();
  server = new FakeServer()
    .on("/overview", () => ({ json: overview({ as_of: BEGAN }) }))
    .on("/workloads", () => ({ json: { ...list("e-1", workload("a", { since: BEGAN })), as_of: BEGAN } }))
    .on("/stream", () => ({ stream }));
  live = new Live();
});

afterEach(async () => {
  stop();
  await settle();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function open(): Promise<void> {
  stop = live.start();
  await settle();
  tab.frame();
}

/** A while with the page open, in which the server says no more than that it is there. */
async function quiet(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 15_000) {
    await vi.advanceTimersByTimeAsync(15_000);
    stream.comment();
    await settle();
    tab.frame();
  }
}

describe("ages are counted to the server's clock", () => {
  test("two hours into an outage, in which the server has learnt nothing", async () => {
    vi.setSystemTime(BEGAN_MS + 2 * HOUR_MS);
    await open();
    expect(age(BEGAN, clock.now)).toBe("2 h");
  });

  test("in a quiet cluster, in which nothing is news", async () => {
    await open();
    await quiet(HOUR_MS);
    await live.readOverview();
    tab.frame();
    expect(age(BEGAN, clock.now)).toBe("1 h");
  });

  const rows: [name: string, aheadMs: number][] = [
    ["this machine is ten minutes late", 600_000],
    ["this machine is a day early", -24 * HOUR_MS],
  ];
  test.each(rows)("when %s", async (_, aheadMs) => {
    server.clockAheadMs = aheadMs;
    vi.setSystemTime(BEGAN_MS + 3 * HOUR_MS - aheadMs);
    await open();
    expect(age(BEGAN, clock.now)).toBe("3 h");
    await quiet(HOUR_MS);
    expect(age(BEGAN, clock.now)).toBe("4 h");
  });

  test("and the second that an answer is given or taken moves nothing", async () => {
    server.clockAheadMs = 600_000;
    await open();
    const before = clock.now;
    server.clockAheadMs = 601_500;
    await live.readOverview();
    expect(clock.now).toBe(before);
  });
});

test("what is shown when the connection is lost is of the last sign of life, not of the last change", async () => {
  await open();
  await quiet(HOUR_MS);
  server.on("/overview", () => "away");
  stream.end();
  await settle();
  tab.frame();
  expect(live.connection.state).toBe("lost");
  const { dataFrom } = live.connection as { dataFrom: string };
  expect(instant(dataFrom)).toBe(BEGAN_MS + HOUR_MS);
});

describe("changes", () => {
  const heard: Delta[] = [];
  beforeEach(async () => {
    heard.length = 0;
    live.listen((deltas) => heard.push(...deltas));
    await open();
    heard.length = 0;
  });

  async function send(...parts: Parameters<typeof change>): Promise<void> {
    stream.send("change", change(...parts));
    await settle();
  }

  test("are shown with the next frame, however many there are", async () => {
    const before = live.revision;
    await send("e-2", { upserted: [workload("b")] });
    await send("e-3", { removed: ["prod/shop/Deployment/a"] });
    expect(heard).toEqual([]);
    tab.frame();
    expect(heard).toHaveLength(2);
    expect(live.revision).toBe(before + 1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(heard).toHaveLength(2);
  });

  test("do not pile up when the page is hidden before the frame they wait for", async () => {
    await send("e-2", { upserted: [workload("b")] });
    tab.hide();
    tab.frame();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toHaveLength(1);
    await send("e-3", { upserted: [workload("c")] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toHaveLength(2);
    tab.show();
    await send("e-4", { upserted: [workload("d")] });
    tab.frame();
    expect(heard).toHaveLength(3);
  });

  test("of what stands beside a row are told, and no row is drawn again for them", async () => {
    const before = live.revision;
    await send("e-2", { touched: ["prod/shop/Deployment/a"] });
    tab.frame();
    expect(heard.map((it) => it.touched)).toEqual([["prod/shop/Deployment/a"]]);
    expect(live.revision).toBe(before);
  });
});
