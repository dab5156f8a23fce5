import { expect, test } from "vitest";
import { drawn } from "../testing/drawn";
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
  };
  const { html, text } = drawn(DiagnosisCard, { diagnosis, health: "failed" });
  expect(text).toContain("log panic: `config` &lt;nil>");
  // All of it stands in one piece of monospace: its back quotes are its own, and mark nothing.
  expect(html).toMatch(/<code[^>]*>panic: `config` &lt;nil> {2}at "main.go:7"<\/code>/);
});
