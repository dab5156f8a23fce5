import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { List, Overview, Pod, Workload, WorkloadDetail } from "../src/lib/api/schema";
import { change, namespace } from "../src/testing/answers";
import { violationsOf } from "./support/axe";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;
let one: Workload;
let pod: Pod;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start(), launch()]);
  const { items } = await server.read<List<Workload>>("/workloads?kind=Deployment&health=healthy&limit=1");
  if (!items[0]) throw new Error("the demo has no healthy Deployment");
  one = items[0];
  const pods = await server.read<List<Pod>>(`/pods?q=${one.name}&namespace=${one.namespace}&limit=100`);
  const found = pods.items.find((it) => it.workload === one.id);
  if (!found) throw new Error(`${one.id} has no pods`);
  pod = found;
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Lets the true answer through with some of it changed: states that the demo does not get into. */
// The parameter says what `change` is given.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
async function alter<T>(page: Page, path: string | RegExp, change: (answer: T) => void): Promise<void> {
  await page.route(path, async (route) => {
    const response = await route.fetch();
    const answer = (await response.json()) as T;
    change(answer);
    await route.fulfill({ response, json: answer });
  });
}

test("a workload that does not exist, or not any more, leads back to the list", async () => {
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("no-such"));
  await page.goto(`${server.url}/workloads/${one.cluster}/${one.namespace}/Deployment/no-such`);
  await page.getByText("There is no such workload").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole("link", { name: "All workloads" }).click();
  await page.getByRole("heading", { level: 1, name: "Workloads" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("where nothing may be read no page denies what may be there", async () => {
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("no-such"));
  await page.route("**/api/v1/stream**", () => undefined);
  await alter<Overview>(page, "**/api/v1/overview", (answer) => {
    answer.incomplete = true;
    answer.namespaces = [];
    for (const source of answer.sources) if (source.required) source.state = "forbidden";
  });
  await alter<List<Workload>>(page, /\/api\/v1\/workloads\?/, (answer) => {
    answer.items = [];
    answer.total = 0;
  });
  await page.goto(`${server.url}/workloads`);
  const content = page.locator("#content");
  await content.getByText("What runs here can't be seen").waitFor();
  expect(await content.getByText("Nothing runs").count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await page.goto(`${server.url}/workloads/${one.cluster}/elsewhere/Deployment/no-such`);
  await content.getByText("no-such can't be seen").waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await content.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("a workload that is deleted while one looks says so, and what it was; nothing counts on", async () => {
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes(one.name));
  const whole = await server.read<Overview>("/overview");
  const removal = change(whole.version, { removed: [one.id], overview: { ...whole, namespaces: [], sources: null } });
  let remove = (): void => undefined;
  const removed = new Promise<void>((resolve) => (remove = resolve));
  await page.route("**/api/v1/stream**", async (route) => {
    await removed;
    await route.fulfill({
      contentType: "text/event-stream",
      body: `event: change\ndata: ${JSON.stringify(removal)}\n\n`,
    });
  });
  await page.goto(`${server.url}/workloads/${one.id}`);
  await settled(page);
  await page.getByRole("region", { name: /^Last/ }).getByRole("img").waitFor();
  await page.route(`**/api/v1/workloads/${one.id}**`, (route) =>
    route.fulfill({ status: 404, json: { error: { code: "workload_not_found", message: "There is none." } } }),
  );
  // This stream ends behind its only message: until the workload itself is answered with 404, nobody keeps the page up.
  const answered = page.waitForResponse(
    (response) => new URL(response.url()).pathname.endsWith(one.id) && response.status() === 404,
  );
  remove();
  await answered;
  await page.getByText(`${one.name} was deleted`).waitFor();
  await page.locator("dt").getByText("Was Healthy").waitFor();
  expect(await page.locator("dl time[datetime^=PT]").count()).toBe(0);
  expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test("text from the cluster is text, never markup", async () => {
  const { page, complaints, close } = await openPage(browser);
  const evil = "<img src=x onerror=\"document.title='owned'\"> `<b>code</b>`";
  await alter<WorkloadDetail>(page, new RegExp(`/api/v1/workloads/.*/${one.name}$`), (answer) => {
    answer.diagnosis = {
      code: "crash_loop",
      summary: evil,
      evidence: [{ kind: "log", at: answer.as_of, object: evil, text: evil }],
      since: answer.since,
      next_step: `Go back: \`kubectl -n ${one.namespace} rollout undo deployment/${one.name}\``,
      guide: { meaning: "What it means.", confirm: "kubectl get pods", mend: null },
    };
  });
  await page.goto(`${server.url}/workloads/${one.id}`);
  await settled(page);
  const diagnosis = page.getByRole("region", { name: "Diagnosis" });
  expect(await diagnosis.innerText()).toContain("<img src=x onerror=");
  expect(await diagnosis.locator("img, b b").count()).toBe(0);
  expect(await page.getByRole("button", { name: "Copy: Command" }).count()).toBe(1);
  expect(await page.title()).toBe(`${one.name} · maintenant`);
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test("values of a newer server do not break the page", async () => {
  const { page, complaints, close } = await openPage(browser);
  await alter<List<Record<string, unknown>>>(page, /\/api\/v1\/workloads\?/, (answer) => {
    const row = answer.items.find((it) => it.id === one.id);
    Object.assign(row ?? {}, { health: "quarantined", kind: "Fleet", surprise: { nested: [1, 2] } });
  });
  await page.goto(`${server.url}/workloads?q=${one.name}`);
  await settled(page);
  await page.locator("tbody").getByText("Quarantined").waitFor();
  expect(complaints).toEqual([]);
  await close();
});

describe("the server has not read its cluster yet", () => {
  const rows: [name: string, error: string | null, heading: string][] = [
    ["it is at it", null, "Reading the cluster…"],
    ["it cannot reach it", "connection refused at https://10.0.0.1:6443", "No cluster can be read yet"],
  ];
  test.each(rows)("%s", async (_, error, heading) => {
    const { page, complaints, close } = await openPage(browser);
    await page.route("**/api/v1/stream**", () => undefined);
    await alter<Overview>(page, "**/api/v1/overview", (answer) => {
      answer.ready = false;
      for (const source of answer.sources) if (source.required) source.state = "connecting";
    });
    await alter<{ clusters: { error: string | null }[] }>(page, "**/api/v1/health", (answer) => {
      for (const cluster of answer.clusters) cluster.error = error;
    });
    await page.goto(`${server.url}/`);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await page.locator("#content").getByText("connecting").first().waitFor();
    if (error) await page.getByText(error).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
});

test("a source that may not be read names the rule to add, where it is missed and in the settings", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.route("**/api/v1/stream**", () => undefined);
  await alter<Overview>(page, /\/api\/v1\/(overview|health)/, (answer) => {
    for (const source of answer.sources) {
      if (source.resource !== "events") continue;
      source.state = "forbidden";
      source.reason = 'events is forbidden: User "x" cannot list resource "events"';
      source.rule = '- apiGroups: [""]\n  resources: ["events"]\n  verbs: ["get", "list", "watch"]\n';
    }
  });
  await page.goto(`${server.url}/events`);
  await page.locator("#content").getByText("not permitted").waitFor();
  await page.getByRole("link", { name: "Show the rule to add" }).click();
  await page.getByText("The rule to add to its Role").first().click();
  expect(await page.getByRole("region", { name: "Rule for events" }).innerText()).toContain('resources: ["events"]');
  expect(await violationsOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
});

test("a namespace that is gone by now says so, instead of showing the pods of all others", async () => {
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("namespace=just-deleted"));
  await alter<Overview>(page, "**/api/v1/overview", (answer) => {
    answer.namespaces.push(namespace("just-deleted", 0, { cluster: one.cluster }));
  });
  await page.goto(`${server.url}/pods`);
  await settled(page);
  await page.getByRole("table", { name: "Pods" }).waitFor();
  await page.getByRole("button", { name: "All namespaces" }).click();
  await page.getByRole("dialog", { name: "Namespaces" }).getByLabel("just-deleted").check();
  await page.getByText("Could not load the pods").waitFor();
  expect(await page.getByRole("table").count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole("dialog", { name: "Namespaces" }).getByRole("button", { name: "All namespaces" }).click();
  await page.getByRole("table", { name: "Pods" }).waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("a range of the history that can't be read does not show that of another range", async () => {
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("range=7d"));
  await page.route("**/history?range=7d", (route) =>
    route.fulfill({ status: 503, json: { error: { code: "storage", message: "The disk is full." } } }),
  );
  await page.goto(`${server.url}/workloads/${one.id}`);
  await settled(page);
  const history = page.getByRole("region", { name: /^Last/ });
  await history.getByRole("img").waitFor();
  await history.getByRole("link", { name: "7d" }).click();
  await history.getByText("The history could not be loaded: The disk is full.").waitFor();
  expect(await history.getByRole("img").count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  await history.getByRole("link", { name: "24h" }).click();
  await history.getByRole("img").waitFor();
  expect(complaints).toEqual([]);
  await close();
});

test("old data whose refresh fails stays, and says that it is old", async () => {
  const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("/api/v1/health"));
  let failing = false;
  await page.route("**/api/v1/health", (route) =>
    failing ? route.fulfill({ status: 503, json: {} }) : route.continue(),
  );
  await page.goto(`${server.url}/settings`);
  await settled(page);
  const note = page.getByText("Could not bring this page up to date");
  expect(await note.count()).toBe(0);
  failing = true;
  await note.waitFor();
  await page.getByRole("heading", { name: "This server" }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  failing = false;
  await note.waitFor({ state: "detached" });
  expect(complaints).toEqual([]);
  await close();
});

describe("what happens beside the row of a workload is followed", () => {
  const rows: [name: string, path: () => string, api: () => string][] = [
    ["its page", () => `/workloads/${one.id}`, () => `/workloads/${one.id}`],
    ["its events", () => `/workloads/${one.id}?tab=events`, () => `/workloads/${one.id}/events?limit=200`],
    ["a pod of it", () => `/pods/${podPath()}`, () => `/pods/${podPath()}`],
  ];
  const podPath = (): string => `${pod.cluster}/${pod.namespace}/${pod.name}`;
  test.each(rows)("%s", async (_, path, api) => {
    const { page, complaints, close } = await openPage(browser);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const times = (): number => asked.filter((it) => it.endsWith(`/api/v1${api()}`)).length;
    // A stream that tells one thing when the test says so: the row is as before, what stands beside it is not.
    const whole = await server.read<Overview>("/overview");
    const touched = change(whole.version, { touched: [one.id], overview: { ...whole, namespaces: [], sources: null } });
    let tell = (): void => undefined;
    const now = new Promise<void>((resolve) => (tell = resolve));
    await page.route("**/api/v1/stream**", async (route) => {
      await now;
      await route.fulfill({
        contentType: "text/event-stream",
        body: `event: change\ndata: ${JSON.stringify(touched)}\n\n`,
      });
    });
    await page.goto(server.url + path());
    await settled(page);
    tell();
    // Once when it is opened, once when the list has come, and each time that it is told.
    await expect.poll(times, { timeout: 20_000 }).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
    await close();
  });
});

test("the end of the history goes on to now, though nothing happens", async () => {
  const { page, complaints, close } = await openPage(browser);
  await page.clock.install();
  await page.goto(`${server.url}/workloads/${one.id}`);
  await settled(page);
  await page.getByRole("region", { name: /^Last/ }).getByRole("img").waitFor();
  let asked = 0;
  page.on("request", (request) => (asked += request.url().endsWith("/history?range=24h") ? 1 : 0));
  // The first may be that of the list that has just come; a minute that passes while it is asked counts for nothing.
  const afterAMinute = async (): Promise<number> => {
    await page.clock.fastForward(61_000);
    return asked;
  };
  await expect.poll(afterAMinute, { timeout: 10_000 }).toBeGreaterThanOrEqual(3);
  expect(complaints).toEqual([]);
  await close();
});

describe("an answer that fails says what happened, and can be asked for again", () => {
  const rows: [name: string, path: string, api: string, status: number, body: string, title: string][] = [
    ["pods", "/pods", "**/api/v1/pods?**", 500, "oops", "Could not load the pods"],
    [
      "events",
      "/events",
      "**/api/v1/events?**",
      403,
      '{"error":{"code":"forbidden","message":"Not for you.","hint":"Ask."}}',
      "You may not see the events",
    ],
    ["settings", "/settings", "**/api/v1/health", 503, "{}", "Could not load the settings"],
  ];
  test.each(rows)("%s", async (_, path, api, status, body, title) => {
    const { page, complaints, close } = await openPage(browser, {}, (url) => url.includes("/api/v1/"));
    let asked = 0;
    let failing = true;
    await page.route(api, (route) => {
      asked++;
      return failing ? route.fulfill({ status, body, contentType: "application/json" }) : route.continue();
    });
    await page.goto(server.url + path);
    await page.getByText(title).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const before = asked;
    await page.getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => asked).toBeGreaterThan(before);
    failing = false;
    await page.getByText(title).waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await close();
  });
});
