import { describe, expect, test } from "vitest";
import { workload } from "../../testing/workload";
import { isFiltered, matcher, NO_FILTER, nothingFits, type WorkloadFilter } from "./filter";

const row = workload("checkout-api", {
  namespace: "shop",
  kind: "Deployment",
  health: "failed",
  group: "Payments Été",
  images: ["registry.example.com/Shop/checkout:1.9"],
  reason: { code: "crash_loop", summary: "Says `missing DATABASE_URL`." },
});
const rollout = workload("checkout-api", { kind: "Rollout", api_group: "argoproj.io" });

describe("a filter matches what the parameters of the API match", () => {
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
    [{ q: "shop\u00a0api" }, true],
    [{ q: "shop\ufeffapi" }, false],
    [{ q: "shop worker" }, false],
    [{ q: "crash_loop" }, true],
    [{ q: "CRASH_LOOP" }, true],
    [{ q: "payments" }, true],
    [{ q: "ÉTÉ" }, false],
    [{ q: "Été" }, true],
    [{ q: "Deployment" }, false],
    [{ namespaces: ["shop"], q: "api", healths: ["healthy"] }, false],
  ];
  test.each(rows)("%j: %s", (filter, matches) => {
    expect(matcher({ ...NO_FILTER, ...filter })(row)).toBe(matches);
  });
});

describe("a kind matches with its group and without", () => {
  const rows: [kind: string, matches: boolean][] = [
    ["Rollout", true],
    ["Rollout.argoproj.io", true],
    ["Rollout.example.com", false],
    ["Deployment", false],
  ];
  test.each(rows)("%s: %s", (kind, matches) => {
    expect(matcher({ ...NO_FILTER, kinds: [kind] })(rollout)).toBe(matches);
  });
});

test("blanks are no filter", () => {
  expect(isFiltered({ ...NO_FILTER, q: "  " })).toBe(false);
  expect(isFiltered({ ...NO_FILTER, kinds: ["Job"] })).toBe(true);
});

describe("what nothing was found for, in one sentence", () => {
  const rows: [filter: Partial<WorkloadFilter>, sentence: string][] = [
    [{ namespaces: ["dying"] }, "No workload in dying."],
    [{ healths: ["failed", "degraded"] }, "No workload that is failed or degraded."],
    [{ kinds: ["Job"] }, "No workload of kind Job."],
    [{ clusters: ["lab"] }, "No workload of lab."],
    [{ q: "x" }, "No workload with “x” in name, namespace, group, image or reason."],
    [
      { healths: ["failed"], kinds: ["Job", "CronJob"], namespaces: ["a", "b"], clusters: ["lab"] },
      "No workload that is failed of kind Job or CronJob in a or b of lab.",
    ],
  ];
  test.each(rows)("%j", (filter, sentence) => expect(nothingFits({ ...NO_FILTER, ...filter })).toBe(sentence));
});
