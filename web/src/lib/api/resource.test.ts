import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Answer, FakeServer, settle } from "../../testing/server";
import { FakeTab } from "../../testing/tab";
import { Resource } from "./resource.svelte";

let tab: FakeTab;
let server: FakeServer;
let resource: Resource<string>;

beforeEach(() => {
  vi.useFakeTimers();
  tab = new FakeTab();
  server = new FakeServer();
  resource = new Resource<string>();
});

afterEach(() => {
  resource.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const REFUSED: Answer = {
  status: 404,
  json: { error: { code: "namespace_not_found", message: "No such namespace." } },
};
const IN_TROUBLE: Answer = { status: 503, json: { error: { code: "storage", message: "The history can't be read." } } };

/** A route whose answers are given one by one, by hand. */
function byHand(path: string): ((answer: Answer) => void)[] {
  const waiting: ((answer: Answer) => void)[] = [];
  server.on(path, () => new Promise((resolve) => waiting.push(resolve)));
  return waiting;
}

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

describe("no change is missed", () => {
  test("one in the background is asked about when somebody looks again", async () => {
    server.on("/a", () => ({ json: `answer ${server.asked.length}` }));
    await resource.load("/a");
    tab.hide();
    resource.refresh();
    await pass(60_000);
    expect(resource.data).toBe("answer 1");
    tab.show();
    await pass(0);
    expect(resource.data).toBe("answer 2");
  });

  test("one that comes while the page is being hidden, too", async () => {
    server.on("/a", () => ({ json: `answer ${server.asked.length}` }));
    await resource.load("/a");
    resource.refresh();
    tab.hide();
    await pass(60_000);
    tab.show();
    await pass(0);
    expect(resource.data).toBe("answer 2");
  });

  test("one during a request is asked about after it: that answer may be older", async () => {
    const answers = byHand("/a");
    void resource.load("/a");
    await pass(0);
    resource.refresh();
    resource.refresh();
    answers[0]?.({ json: "before" });
    await pass(0);
    expect(resource.data).toBe("before");
    await pass(1_000);
    answers[1]?.({ json: "after" });
    await pass(60_000);
    expect(resource.data).toBe("after");
    expect(server.asked).toHaveLength(2);
  });

  test("many are asked about together, once a second", async () => {
    server.on("/a", () => ({ json: "answer" }));
    await resource.load("/a");
    for (let i = 0; i < 50; i++) {
      resource.refresh();
      await pass(100);
    }
    expect(server.asked.length).toBeGreaterThanOrEqual(5);
    expect(server.asked.length).toBeLessThanOrEqual(7);
  });
});

describe("an answer is shown under its own address only", () => {
  test("nothing of the last one while the next is on its way", async () => {
    server.on("/pods", () => ({ json: "all pods" }));
    await resource.load("/pods");
    const answers = byHand("/pods");
    void resource.load("/pods?namespace=shop");
    expect(resource.data).toBeNull();
    await pass(0);
    answers[0]?.({ json: "pods of shop" });
    await pass(0);
    expect(resource.data).toBe("pods of shop");
  });

  test("when it fails there is the failure, and nothing else", async () => {
    server.on("/pods", (query) => (query.has("namespace") ? REFUSED : { json: "all pods" }));
    await resource.load("/pods");
    await resource.load("/pods?namespace=gone");
    expect(resource.data).toBeNull();
    expect(resource.failure?.message).toBe("No such namespace.");
    await resource.load("/pods");
    expect(resource).toMatchObject({ data: "all pods", failure: null });
  });

  test("one that comes late is not taken for the answer of the next", async () => {
    const answers = byHand("/pods");
    void resource.load("/pods?namespace=a");
    await pass(0);
    void resource.load("/pods?namespace=b");
    await pass(0);
    answers[1]?.({ json: "pods of b" });
    await pass(0);
    answers[0]?.({ json: "pods of a" });
    await pass(0);
    expect(resource.data).toBe("pods of b");
  });
});

describe("a failure", () => {
  test("leaves the last answer of the same address, says so, and passes by itself", async () => {
    let failing = false;
    server.on("/a", () => (failing ? IN_TROUBLE : { json: `answer ${server.asked.length}` }));
    await resource.load("/a");
    failing = true;
    resource.refresh();
    await pass(1_000);
    expect(resource.data).toBe("answer 1");
    expect(resource.failure?.message).toBe("The history can't be read.");
    failing = false;
    await pass(5_000);
    expect(resource).toMatchObject({ data: "answer 3", failure: null });
  });

  test("that will not pass is not asked about again", async () => {
    server.on("/a", () => REFUSED);
    await resource.load("/a");
    await pass(60_000);
    expect(server.asked).toHaveLength(1);
  });
});
