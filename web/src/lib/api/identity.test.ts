import { expect, test } from "vitest";
import { eventKey, podKey } from "./identity";

test("an object that two contexts show is two objects", () => {
  const clusters = ["a", "b", "a"];
  expect(new Set(clusters.map((cluster) => podKey({ cluster, uid: "u" })))).toHaveLength(2);
  expect(new Set(clusters.map((cluster) => eventKey({ cluster, id: "u" })))).toHaveLength(2);
});
