import { afterEach, describe, expect, test } from "vitest";
import { overview } from "../testing/answers";
import { drawn } from "../testing/drawn";
import { source } from "../testing/source";
import { live } from "../lib/live/live.svelte";
import ConnectionState from "./ConnectionState.svelte";

afterEach(() => {
  live.connection = { state: "loading" };
  live.overview = null;
});

/** What is seen and heard of the indicator while the stream is live. */
function shown(state: string, ready = true, reason: string | null = null): Record<string, unknown> {
  live.connection = { state: "live" };
  live.overview = overview({ ready, sources: [source("pods"), source("deployments", { state, reason })] });
  const { html, text } = drawn(ConnectionState, {});
  const classes = /class="state ([^"]*)"/.exec(html)?.[1]?.split(" ") ?? [];
  const title = / title="([^"]*)"/.exec(html)?.[1];
  // A full dot says that all is well; what is not read yet has the ring of what is on its way.
  const look = classes.includes("short")
    ? "amber"
    : classes.includes("live") && html.includes('r="4"')
      ? "green"
      : "grey";
  return { text, look, ...(title ? { title } : {}) };
}

describe("the stream is live, and the indicator says what that is worth", () => {
  const rows: [state: string, text: string, look: string][] = [
    ["synced", "Live", "green"],
    ["degraded", "Cluster lost", "amber"],
    ["stale", "Cluster lost", "amber"],
    ["forbidden", "Not all is read", "amber"],
    ["connecting", "Not all is read", "amber"],
  ];
  test.each(rows)("%s", (state, text, look) => expect(shown(state)).toMatchObject({ text, look }));

  test("before the first reading is done nothing is missed, and nothing is well", () => {
    expect(shown("connecting", false)).toEqual({ text: "Reading", look: "grey" });
  });

  test("what keeps the first reading from its end is said", () => {
    const reason = "the token is not accepted (401)";
    expect(shown("connecting", false, reason)).toEqual({
      text: `Not read yet: ${reason}`,
      look: "amber",
      title: reason,
    });
  });
});
