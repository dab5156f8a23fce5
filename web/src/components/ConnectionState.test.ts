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
function shown(state: string, ready = true): { text: string; amber: boolean } {
  live.connection = { state: "live" };
  live.overview = overview({ ready, sources: [source("pods"), source("deployments", { state })] });
  const { html, text } = drawn(ConnectionState, {});
  return { text, amber: html.includes(`class="state live short`) };
}

describe("the stream is live, and the indicator says what that is worth", () => {
  const rows: [state: string, text: string, amber: boolean][] = [
    ["synced", "Live", false],
    ["degraded", "Cluster lost", true],
    ["stale", "Cluster lost", true],
    ["forbidden", "Not all is read", true],
    ["connecting", "Not all is read", true],
  ];
  test.each(rows)("%s", (state, text, amber) => expect(shown(state)).toEqual({ text, amber }));

  test("before the first reading is done nothing is missed", () => {
    expect(shown("connecting", false)).toEqual({ text: "Reading", amber: false });
  });
});
