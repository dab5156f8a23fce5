import { describe, expect, test } from "vitest";
import { namespace, overview } from "../../testing/answers";
import { source } from "../../testing/source";
import type { Overview } from "../api/schema";
import { isIncomplete } from "./sight";

const cluster = (name: string): Overview["clusters"][number] => ({
  name,
  health: "unknown",
  counts: overview().counts,
  nodes: null,
  version: null,
});

describe("whether more may be there than is seen", () => {
  const blind = overview({ incomplete: true, namespaces: [] });
  const partly = overview({
    incomplete: true,
    namespaces: [namespace("shop", 2), namespace("closed", 0, { incomplete: true })],
  });
  const lab = overview({
    incomplete: true,
    clusters: [cluster("prod"), cluster("lab")],
    namespaces: [namespace("shop", 2)],
    sources: [source("pods"), source("pods", { cluster: "lab", state: "forbidden" })],
  });
  const rows: [name: string, overview: Overview | null, clusters: string[], namespaces: string[], so: boolean][] = [
    ["nothing is known yet", null, [], [], false],
    ["all is seen", overview(), [], [], false],
    ["all of one namespace is seen", overview(), [], ["shop"], false],
    ["nothing may be read", blind, [], [], true],
    ["nothing may be read, not even which namespaces there are", blind, ["prod"], ["shop"], true],
    ["the namespace asked for is not the one that is hidden", partly, [], ["shop"], false],
    ["it is the one that is hidden", partly, [], ["shop", "closed"], true],
    ["it is of a cluster with a hidden one", partly, ["prod"], [], true],
    ["another cluster is hidden", lab, ["prod"], ["nowhere"], false],
    ["its cluster is hidden", lab, ["lab"], ["nowhere"], true],
    ["the whole of a hidden cluster", lab, ["lab"], [], true],
    ["the whole of one that is seen", lab, ["prod"], [], false],
  ];
  test.each(rows)("%s", (_, overview, clusters, namespaces, so) =>
    expect(isIncomplete(overview, clusters, namespaces)).toBe(so),
  );
});
