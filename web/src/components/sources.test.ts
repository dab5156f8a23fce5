import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { drawn } from "../testing/drawn";
import { source } from "../testing/source";
import { FakeTab } from "../testing/tab";
import ReadingState from "./ReadingState.svelte";
import SourceList from "./SourceList.svelte";

const refused = { state: "forbidden", reason: "namespaces is forbidden", rule: "- resources: [namespaces]\n" };

describe("while the clusters are read", () => {
  beforeEach(() => void new FakeTab());
  afterEach(() => void vi.unstubAllGlobals());

  test("a refusal that is waited for is the headline, with the rule to add; it does not count as read", () => {
    const { text } = drawn(ReadingState, { sources: [source("namespaces", refused)] });
    expect(text).toMatch(/^maintenant may not list namespaces, so it cannot find those that match the filter/);
    expect(text).toContain("0 of 1 required source is read.");
    expect(text).toContain("The rule to add to its ClusterRole");
    expect(text).toContain("- resources: [namespaces]");
    expect(text).not.toContain("Large clusters");
  });

  test("what is on its way is waited for", () => {
    const { text } = drawn(ReadingState, { sources: [source("pods"), source("deployments", { state: "connecting" })] });
    expect(text).toMatch(/^Reading the cluster… 1 of 2 required sources are read\. Large clusters take/);
  });

  test("a token that is not accepted is the headline, and nothing looks as if it were merely on its way", () => {
    const held = { state: "connecting", reason: "the token is not accepted (401)" };
    const { text, html } = drawn(ReadingState, { sources: [source("pods", held), source("deployments", held)] });
    expect(text).toMatch(
      /^Not read yet: the token is not accepted \(401\) 0 of 2 required sources are read\. maintenant/,
    );
    expect(text).toContain("not read yet the token is not accepted (401)");
    expect(html).not.toContain('class="state progressing');
  });
});

test("the settings say what holds the rule", () => {
  const told = (resource: string) =>
    drawn(SourceList, { sources: [source(resource, refused)], severalClusters: false }).text;
  expect(told("nodes")).toContain("The rule to add to its ClusterRole");
  expect(told("pods")).toContain("The rule to add to its Role or ClusterRole");
});

test("the settings explain what is wrong with a source, and how to mend it", () => {
  const guide = { meaning: "No usage is known.", confirm: "kubectl get apiservice", mend: "Install metrics-server." };
  const absent = source("podmetrics", { required: false, state: "absent", code: "metrics_absent", guide });
  const { text } = drawn(SourceList, { sources: [absent, source("pods")], severalClusters: false });
  expect(text).toContain("What metrics_absent means No usage is known. Mend: Install metrics-server.");
  expect(text.match(/What \w+ means/g)).toHaveLength(1);
});
