import { describe, expect, test } from "vitest";
import { workload } from "../../testing/workload";
import { isFiltered, matcher, NO_FILTER, type WorkloadFilter } from "./filter";

const row = workload("checkout-api", {
  namespace: "shop",
  kind: "Deployment",
  health: "failed",
  images: ["registry.example.com/Shop/checkout:1.9"],
  reason: { code: "crash_loop", summary: "Says `missing DATABASE_URL`." },
});

describe("a filter matches", () => {
  const rows: [filter: Partial<WorkloadFilter>, matches: boolean][] = [
    [{}, true],
    [{ namespaces: ["shop", "blog"] }, true],
    [{ namespaces: ["blog"] }, false],
    [{ kinds: ["Job"] }, false],
    [{ healths: ["degraded", "failed"] }, true],
    [{ clusters: ["other"] }, false],
    [{ q: "CHECK" }, true],
    [{ q: "registry.example.com/shop" }, true],
    [{ q: "database_url" }, true],
    [{ q: "  shop   api " }, true],
    [{ q: "shop worker" }, false],
    [{ namespaces: ["shop"], q: "api", healths: ["healthy"] }, false],
  ];
  test.each(rows)("%j: %s", (filter, matches) => {
    expect(matcher({ ...NO_FILTER, ...filter })(row)).toBe(matches);
  });
});

test("blanks are no filter", () => {
  expect(isFiltered({ ...NO_FILTER, q: "  " })).toBe(false);
  expect(isFiltered({ ...NO_FILTER, kinds: ["Job"] })).toBe(true);
});
