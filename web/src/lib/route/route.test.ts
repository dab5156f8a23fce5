import { describe, expect, test } from "vitest";
import { hrefOf, hrefOfWorkload, type Page, parseRoute } from "./route";

describe("addresses and pages", () => {
  const rows: [path: string, page: Page][] = [
    ["/", { name: "overview" }],
    ["/workloads", { name: "workloads" }],
    ["/pods", { name: "pods" }],
    ["/events", { name: "events" }],
    ["/settings", { name: "settings" }],
    [
      "/workloads/prod/shop/Deployment/api",
      { name: "workload", cluster: "prod", namespace: "shop", kind: "Deployment", workload: "api" },
    ],
    [
      "/workloads/prod/shop/Rollout.argoproj.io/a%20b%2Fc",
      { name: "workload", cluster: "prod", namespace: "shop", kind: "Rollout.argoproj.io", workload: "a b/c" },
    ],
    ["/pods/prod/shop/api-1", { name: "pod", cluster: "prod", namespace: "shop", pod: "api-1" }],
    ["/nothing", { name: "nowhere", path: "/nothing" }],
    ["/workloads/prod/shop", { name: "nowhere", path: "/workloads/prod/shop" }],
    ["/workloads/prod/shop/Deployment/api/more", { name: "nowhere", path: "/workloads/prod/shop/Deployment/api/more" }],
    ["/%E0%A4%A", { name: "nowhere", path: "/%E0%A4%A" }],
  ];
  test.each(rows)("%s", (path, page) => {
    expect(parseRoute(path, "").page).toEqual(page);
    expect(hrefOf(page)).toBe(path);
  });

  test("a slash at the end is forgiven", () => {
    expect(parseRoute("/workloads/", "").page).toEqual({ name: "workloads" });
  });
});

describe("ids of workloads", () => {
  const rows: [id: string, href: string][] = [
    ["prod/shop/Deployment/api", "/workloads/prod/shop/Deployment/api"],
    ["prod/shop/Rollout.argoproj.io/api", "/workloads/prod/shop/Rollout.argoproj.io/api"],
    ["nonsense", "/workloads"],
  ];
  test.each(rows)("%s", (id, href) => expect(hrefOfWorkload(id)).toBe(href));
});
