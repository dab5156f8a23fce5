import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeServer, settle } from "../../testing/server";
import type { License } from "../api/schema";
import { LicenseState } from "./license.svelte";
import { editionOf, stateOf } from "./words";

const NOW = "2026-11-21T03:00:00Z";
const HOUR_MS = 3_600_000;

let server: FakeServer;
let license: LicenseState;
let stop: () => void;
let answer: License | null;

const COMMUNITY: License = {
  edition: "community",
  state: "none",
  licensee: null,
  features: [],
  issued_at: null,
  expires_at: null,
  grace_ends_at: null,
  changes_at: null,
  notice: null,
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse(NOW) });
  server = new FakeServer().on("/license", () => (answer ? { json: answer } : "away"));
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Opens the page, and the server answers that; null: it is away. */
async function open(first: License | null): Promise<void> {
  answer = first;
  license = new LicenseState();
  stop = license.start();
  await pass(0);
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

describe("the licence is asked for seldom", () => {
  test("once, and each hour", async () => {
    await open(COMMUNITY);
    expect(license.current).toEqual(COMMUNITY);
    await pass(HOUR_MS - 1);
    expect(server.asked).toEqual(["/license"]);
    await pass(1);
    expect(server.asked.length).toBe(2);
    stop();
    await pass(3 * HOUR_MS);
    expect(server.asked.length).toBe(2);
  });

  test("when it comes to stand otherwise", async () => {
    const valid = { ...COMMUNITY, state: "valid", edition: "enterprise", changes_at: "2026-11-21T03:10:00Z" };
    await open(valid);
    await pass(10 * 60_000);
    expect(server.asked.length).toBe(1);
    answer = { ...valid, state: "grace", changes_at: "2026-12-21T03:10:00Z" };
    await pass(3_000);
    expect(license.current?.state).toBe("grace");
    await pass(HOUR_MS - 1);
    expect(server.asked.length).toBe(2);
  });

  test("not again and again from a server whose clock is behind", async () => {
    await open({ ...COMMUNITY, state: "valid", changes_at: "2026-11-21T02:00:00Z" });
    await pass(HOUR_MS - 1);
    expect(server.asked.length).toBe(1);
  });

  test("what was known stays while the server is away, and it is asked again soon", async () => {
    await open(COMMUNITY);
    answer = null;
    await pass(HOUR_MS);
    expect(license.current).toEqual(COMMUNITY);
    answer = { ...COMMUNITY, state: "invalid", notice: "The licence key is damaged." };
    await pass(30_000);
    expect(license.current?.state).toBe("invalid");
    await pass(HOUR_MS - 1);
    expect(server.asked.length).toBe(3);
  });

  test("a first request that fails is made again soon", async () => {
    await open(null);
    expect(license.current).toBe(null);
    await pass(29_999);
    expect(server.asked.length).toBe(1);
    answer = COMMUNITY;
    await pass(1);
    expect(license.current).toEqual(COMMUNITY);
  });

  test("a server that knows no licence is not asked again soon", async () => {
    server.on("/license", () => ({ status: 404, json: { error: { code: "not_found", message: "No such route." } } }));
    await open(COMMUNITY);
    await pass(HOUR_MS - 1);
    expect(server.asked.length).toBe(1);
  });

  test("at once when the server has been started anew", async () => {
    await open({ ...COMMUNITY, state: "invalid", notice: "The licence key is damaged." });
    for (const run of [null, "a", "a", null, "a"]) license.follow(run);
    await pass(0);
    expect(server.asked.length).toBe(1);
    answer = COMMUNITY;
    license.follow("b");
    await pass(0);
    expect(license.current?.notice).toBe(null);
    await pass(HOUR_MS - 1);
    expect(server.asked.length).toBe(2);
  });
});

test("an edition and a state of a newer server are shown as they are", () => {
  const newer = { ...COMMUNITY, edition: "fleet", state: "under_review" };
  expect([editionOf(newer), stateOf(newer)]).toEqual(["Fleet", "under review"]);
  expect([editionOf(COMMUNITY), stateOf(COMMUNITY)]).toEqual(["Community", "No licence key"]);
});
