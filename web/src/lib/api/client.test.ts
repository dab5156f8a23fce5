import { afterEach, describe, expect, test, vi } from "vitest";
import { Failure, pathOf, queryOf, read } from "./client";

describe("pathOf encodes each name as one segment", () => {
  const rows: [segments: string[], path: string][] = [
    [["workloads", "prod", "shop", "Deployment", "api"], "/workloads/prod/shop/Deployment/api"],
    [
      ["workloads", "a/b", "ü ?#", "Rollout.argoproj.io", "x"],
      "/workloads/a%2Fb/%C3%BC%20%3F%23/Rollout.argoproj.io/x",
    ],
  ];
  test.each(rows)("%j", (segments, path) => expect(pathOf(...segments)).toBe(path));
});

describe("queryOf leaves out what has no value", () => {
  const rows: [parameters: Parameters<typeof queryOf>[0], query: string][] = [
    [{}, ""],
    [{ q: "", namespace: [], cursor: null, x: undefined }, ""],
    [{ namespace: ["a", "b"], limit: 10 }, "?namespace=a,b&limit=10"],
    [{ q: "a&b=c d" }, "?q=a%26b%3Dc+d"],
  ];
  test.each(rows)("%j", (parameters, query) => expect(queryOf(parameters)).toBe(query));
});

describe("read says what went wrong", () => {
  afterEach(() => void vi.unstubAllGlobals());

  function answer(status: number, body: string): void {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
  }

  test("the server's own words", async () => {
    answer(404, '{"error":{"code":"workload_not_found","message":"No such workload.","hint":"Look at /workloads."}}');
    await expect(read("/x")).rejects.toMatchObject({
      status: 404,
      code: "workload_not_found",
      message: "No such workload.",
      hint: "Look at /workloads.",
    });
  });

  test.each([
    ["a proxy's page", 502, "<html>Bad gateway</html>", "http_502"],
    ["JSON of another shape", 500, "[1]", "http_500"],
    ["an answer that is not JSON", 200, "<html>", "bad_answer"],
  ])("%s", async (_, status, body, code) => {
    answer(status, body);
    await expect(read("/x")).rejects.toMatchObject({ status, code });
  });

  test("a server that is away", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const failure: unknown = await read("/x").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).unreachable).toBe(true);
  });
});
