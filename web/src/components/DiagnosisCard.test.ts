import { expect, test } from "vitest";
import { drawn } from "../testing/drawn";
import { workload } from "../testing/workload";
import DiagnosisCard from "./DiagnosisCard.svelte";

test("the last line of a container's log is quoted as it stands, and called a log", () => {
  const line = 'panic: `config` <nil>  at "main.go:7"';
  const evidence = [{ kind: "log", at: null, object: "Pod/shop/web-1", text: line }];
  const diagnosis = {
    code: "crash_loop",
    summary: "It crashes.",
    evidence,
    since: "2026-11-21T14:00:00Z",
    next_step: null,
    guide: { meaning: "A program ends.", confirm: "kubectl logs", mend: "Mend it." },
  };
  const { html, text } = drawn(DiagnosisCard, { diagnosis, health: "failed", workload: workload("web") });
  expect(text).toContain("log panic: `config` &lt;nil>");
  // All of it stands in one piece of monospace: its back quotes are its own, and mark nothing.
  expect(html).toMatch(/<code[^>]*>panic: `config` &lt;nil> {2}at "main.go:7"<\/code>/);
});

test("evidence leads to its pod, and the code is explained", () => {
  const evidence = [
    { kind: "pod", at: null, object: "Pod/shop/web-1", text: "phase Failed" },
    { kind: "event", at: null, object: "ReplicaSet/shop/web", text: "FailedCreate" },
  ];
  const guide = { meaning: "A program ends.", confirm: "kubectl logs POD", mend: null };
  const since = "2026-11-21T14:00:00Z";
  const diagnosis = { code: "crash_loop", summary: "It crashes.", evidence, since, next_step: null, guide };
  const { html, text } = drawn(DiagnosisCard, { diagnosis, health: "failed", workload: workload("web") });
  expect(html).toContain('href="/pods/prod/shop/web-1"');
  expect(html.match(/<a /g)).toHaveLength(1);
  expect(text).toContain("A program ends.");
  expect(text).toContain("kubectl logs web-1");
  expect(text).not.toContain("Mend:");
});
