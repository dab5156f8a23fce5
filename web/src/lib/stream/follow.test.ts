import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { change, counts, list, overview, snapshot } from "../../testing/answers";
import { type Answer, EventStream, FakeServer, settle } from "../../testing/server";
import { workload } from "../../testing/workload";
import type { Failure } from "../api/client";
import type { Source } from "../api/schema";
import { LiveModel } from "../live/model";
import { backoffMs, Follower } from "./follow";

describe("backoff doubles, has a cap, and draws half of it by lot", () => {
  const rows: [attempt: number, random: number, ms: number][] = [
    [0, 0, 250],
    [0, 1, 500],
    [1, 0, 500],
    [3, 0.5, 3_000],
    [5, 0, 7_500],
    [5, 1, 15_000],
    [1_000, 1, 15_000],
  ];
  test.each(rows)("attempt %i, lot %f", (attempt, random, ms) => expect(backoffMs(attempt, random)).toBe(ms));
});

let server: FakeServer;
let model: LiveModel;
let follower: Follower;
let stop: AbortController;
/** What the follower told: that it is open, or why it is not. */
let told: string[];
let heard: number;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer()
    .on("/overview", () => ({ json: overview() }))
    .on("/workloads", () => ({ json: list("e-1", workload("a"), workload("b")) }));
  model = new LiveModel();
  told = [];
  heard = 0;
  stop = new AbortController();
  follower = new Follower(model, {
    changed: () => undefined,
    opened: () => told.push("opened"),
    lost: (failure: Failure) => told.push(failure.code),
    heard: () => heard++,
  });
});

afterEach(async () => {
  stop.abort();
  await settle();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Streams in the order they are opened; further ones stay silent. */
function streams(...opened: EventStream[]): (EventStream | undefined)[] {
  const waiting = [...opened];
  server.on("/stream", (): Answer => ({ stream: waiting.shift() ?? new EventStream() }));
  return opened;
}

async function follow(): Promise<void> {
  void follower.run(stop.signal);
  await settle();
}

const names = (): string[] => [...model.rows.values()].map((row) => row.name).sort();

describe("the first time", () => {
  test("it reads the overview, then the list, then what has changed since the first of them", async () => {
    streams();
    server.on("/workloads", () => ({ json: list("e-5", workload("a")) }));
    await follow();
    expect(server.asked).toEqual(["/overview", "/workloads?limit=10000", "/stream?after=e-1"]);
    expect(told).toEqual(["opened"]);
  });

  test("what changed between the overview and the list arrives", async () => {
    const stream = new EventStream();
    streams(stream);
    server.on("/overview", () => ({ json: overview({ ready: false, counts: counts(0), namespaces: [] }) }));
    server.on("/workloads", () => ({ json: list("e-5", workload("a"), workload("b", { restarts: 5 })) }));
    await follow();
    // The server replays what comes after the version asked for: the last of each row, and how everything stands now.
    const source = { name: "kubernetes/prod/pods", state: "live" } as Source;
    stream.send(
      "change",
      change("e-6", { upserted: [workload("b", { restarts: 6 })], overview: { sources: [source] } }),
    );
    await settle();
    expect(model.overview).toMatchObject({ ready: true, sources: [source], counts: { total: 2 } });
    expect(model.rows.get("prod/shop/Deployment/b")?.restarts).toBe(6);
  });

  test("a list of several pages is followed from before the first", async () => {
    streams();
    const pages = [
      { ...list("e-3", workload("a")), next_cursor: "two" },
      { ...list("e-7", workload("b")), next_cursor: null },
    ];
    server.on("/workloads", (query) => ({ json: pages[query.get("cursor") === "two" ? 1 : 0] }));
    await follow();
    expect(names()).toEqual(["a", "b"]);
    expect(server.asked.at(-1)).toBe("/stream?after=e-1");
  });
});

describe("after a loss", () => {
  test("it goes on from the last change, without a new list", async () => {
    const [first] = streams(new EventStream());
    await follow();
    first?.send("change", change("e-2", { upserted: [workload("c")] }));
    first?.end();
    await settle();
    expect(told).toEqual(["opened", "stream_ended"]);
    expect(names()).toEqual(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    expect(server.asked.slice(3)).toEqual(["/overview", "/stream?after=e-2"]);
    expect(told).toEqual(["opened", "stream_ended", "opened"]);
  });

  test("a stream that has fallen silent is given up, one that sends comments is not", async () => {
    const [first] = streams(new EventStream());
    await follow();
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(15_000);
      first?.comment();
      await settle();
    }
    expect(told).toEqual(["opened"]);
    expect(heard).toBe(11);
    await vi.advanceTimersByTimeAsync(41_000);
    await settle();
    expect(told).toEqual(["opened", "stream_silent", "opened"]);
  });

  test("a stream that is never answered is given up, too", async () => {
    server.on("/stream", () => new Promise<Answer>(() => undefined));
    await follow();
    await vi.advanceTimersByTimeAsync(41_000);
    await settle();
    expect(told).toEqual(["stream_silent"]);
  });

  test("another start of the server brings all of it anew", async () => {
    const [first, second] = streams(new EventStream(), new EventStream());
    await follow();
    server.on("/overview", () => ({ json: overview({ version: "f-4" }) }));
    first?.end();
    await settle();
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    second?.send("snapshot", snapshot("f-4", workload("new")));
    second?.end();
    await settle();
    expect(names()).toEqual(["new"]);
    await vi.advanceTimersByTimeAsync(1_000);
    await settle();
    expect(server.asked.at(-1)).toBe("/stream?after=f-4");
  });

  test("it waits longer each time, until it is told that the network is back", async () => {
    server.on("/overview", () => "away");
    await follow();
    await vi.advanceTimersByTimeAsync(60_000);
    await settle();
    const asked = server.asked.length;
    expect(asked).toBeGreaterThan(5);
    expect(asked).toBeLessThan(16);
    expect(new Set(told)).toEqual(new Set(["unreachable"]));
    streams();
    server.on("/overview", () => ({ json: overview() }));
    follower.retryNow();
    await settle();
    expect(told.at(-1)).toBe("opened");
  });

  test("a list that fails half way is read again from its beginning", async () => {
    streams();
    let failing = true;
    server.on("/workloads", (query) => {
      if (query.get("cursor") === null) return { json: { ...list("e-1", workload("a")), next_cursor: "two" } };
      return failing ? { status: 503, json: {} } : { json: list("e-1", workload("b")) };
    });
    await follow();
    expect(told).toEqual(["http_503"]);
    expect(names()).toEqual([]);
    failing = false;
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    expect(names()).toEqual(["a", "b"]);
  });

  test("once stopped it asks no more", async () => {
    streams();
    await follow();
    stop.abort();
    await vi.advanceTimersByTimeAsync(60_000);
    await settle();
    expect(server.asked).toHaveLength(3);
    expect(told).toEqual(["opened"]);
  });
});
