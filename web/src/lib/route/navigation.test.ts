import { afterEach, describe, expect, test, vi } from "vitest";
import { FakeHistory } from "../../testing/history";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const WEB = "/workloads/prod/shop/Deployment/web";
const POD = "/pods/prod/shop/web-1";

describe("leaving a thing leads back to where it was opened", () => {
  const rows: [name: string, path: string[], leaves: number, to: string][] = [
    ["from the overview", ["/", WEB], 1, "/"],
    ["from the list, with its filter", ["/workloads?q=web", WEB], 1, "/workloads?q=web"],
    ["from a tab and a range of it", ["/", WEB, `${WEB}?tab=events`, `${WEB}?tab=events&range=7d`], 1, "/"],
    ["from a pod to its workload", ["/", WEB, POD], 1, WEB],
    ["from there on to where that was opened", ["/", WEB, POD], 2, "/"],
    ["to the list, when it was opened by its address", [WEB], 1, "/workloads"],
    ["to the list too from a tab of it", [WEB, `${WEB}?tab=events`], 1, "/workloads"],
  ];
  test.each(rows)("%s", async (_, [first = "/", ...further], leaves, to) => {
    new FakeHistory(first);
    const { Navigation } = await import("./navigation.svelte");
    const navigation = new Navigation();
    const stop = navigation.start();
    for (const href of further) navigation.go(href);
    for (let i = 0; i < leaves; i++) {
      navigation.leave("/workloads");
      await Promise.resolve();
    }
    expect(location.pathname + location.search).toBe(to);
    stop();
  });

  test("twice within one turn of the browser, and no further than once", async () => {
    new FakeHistory("/events");
    const { Navigation } = await import("./navigation.svelte");
    const navigation = new Navigation();
    const stop = navigation.start();
    for (const href of ["/", WEB]) navigation.go(href);
    navigation.leave("/workloads");
    navigation.leave("/workloads");
    await Promise.resolve();
    await Promise.resolve();
    expect(location.pathname).toBe("/");
    stop();
  });
});
