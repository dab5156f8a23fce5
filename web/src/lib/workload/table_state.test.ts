import { describe, expect, test } from "vitest";
import { hrefOf, parseRoute } from "../route/route";
import { sortedBy, tableState } from "./table_state";

function read(search: string) {
  return tableState(parseRoute("/workloads", search).query);
}

describe("the address says what the table shows", () => {
  test("all of it", () => {
    expect(read("?namespace=a,b&kind=Job&health=failed,degraded&q=x%20y&sort=cpu&order=asc&cluster=prod")).toEqual({
      filter: { clusters: ["prod"], namespaces: ["a", "b"], kinds: ["Job"], healths: ["failed", "degraded"], q: "x y" },
      ignored: [],
      sort: "cpu",
      direction: "asc",
    });
  });

  const rows: [search: string, sort: string, direction: string][] = [
    ["", "health", "asc"],
    ["?sort=restarts", "restarts", "desc"],
    ["?sort=nonsense&order=sideways", "health", "asc"],
    ["?order=desc", "health", "desc"],
  ];
  test.each(rows)("%s sorts by %s, %s", (search, sort, direction) => {
    expect(read(search)).toMatchObject({ sort, direction });
  });
});

test("clicks on the heads of columns go round, and the address says no more than it must", () => {
  let search = "";
  const click = (key: "cpu" | "health"): string => {
    const current = parseRoute("/workloads", search);
    const href = hrefOf(current.page, {
      ...Object.fromEntries(current.query),
      ...sortedBy(tableState(current.query), key),
    });
    search = href.slice("/workloads".length);
    return search;
  };
  expect(click("cpu")).toBe("?sort=cpu");
  expect(click("cpu")).toBe("?sort=cpu&order=asc");
  expect(click("cpu")).toBe("?sort=cpu");
  expect(click("health")).toBe("");
  expect(click("health")).toBe("?order=desc");
  expect(click("health")).toBe("");
});

describe("a health that does not exist hides nothing, and is named", () => {
  const rows: [search: string, healths: string[], ignored: string[]][] = [
    ["?health=bogus", [], ["bogus"]],
    ["?health=failed,bogus,Failed", ["failed"], ["bogus", "Failed"]],
    ["?health=", [], []],
  ];
  test.each(rows)("%s", (search, healths, ignored) => {
    expect(read(search)).toMatchObject({ filter: { healths }, ignored });
  });
});
