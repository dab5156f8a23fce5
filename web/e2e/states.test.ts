import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { List, Overview, Workload, WorkloadDetail } from "../src/lib/api/schema";
import { violationsOf } from "./support/axe";
import { launch, openPage, settled } from "./support/browser";
import { DemoServer } from "./support/server";

let server: DemoServer;
let browser: Browser;
let one: Workload;

beforeAll(async () => {
  [server, browser] = await Promise.all([DemoServer.start(), launch()]);
  const { items } = await server.read<List<Workload>>("/workloads?kind=Deployment&health=healthy&limit=1");
  if (!items[0]) throw new Error("the demo has no healthy Deployment");
  one = items[0];
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
    ["it cannot reach it", "connection refused at https://10.0.0.1:6443", "No cluster answers yet"],
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
