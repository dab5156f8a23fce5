import { describe, expect, test } from "vitest";
import type { Container, Pod } from "../api/schema";
import { containerState, lastExit, lastRunMs, limitOf, podState, readyContainers } from "./pod";

function container(changes: Partial<Container> = {}): Container {
  return {
    name: "api",
    role: "main",
    image: "api:1",
    state: "running",
    reason: null,
    message: null,
    ready: true,
    restarts: 0,
    exit_code: null,
    started_at: null,
    finished_at: null,
    last_exit: null,
    memory_limit_bytes: 100,
    cpu_limit_millicores: null,
    ...changes,
  };
}

function pod(changes: Partial<Pod> = {}): Pod {
  return {
    cluster: "prod",
    namespace: "shop",
    name: "api-1",
    uid: "u",
    workload: null,
    node: null,
    phase: "Running",
    health: "healthy",
    reason: null,
    ready: true,
    restarts: 0,
    ordinal: null,
    revision: null,
    current: true,
    ip: null,
    created_at: "2026-11-20T00:00:00Z",
    started_at: null,
    deleting_since: null,
    claims: [],
    cpu_millicores: null,
    memory_bytes: null,
    containers: [container()],
    ...changes,
  };
}

describe("the state of a pod in a line", () => {
  const rows: [changes: Partial<Pod>, state: string][] = [
    [{}, "Running"],
    [{ ready: false }, "Running, not ready"],
    [{ phase: "Pending", ready: false }, "Pending"],
    [{ reason: { code: "crash_loop", summary: "Crash-loops" } }, "Crash-loops"],
    [{ deleting_since: "2026-11-21T00:00:00Z" }, "Terminating"],
    [{ deleting_since: "2026-11-21T00:00:00Z", reason: { code: "stuck_terminating", summary: "Stuck" } }, "Stuck"],
  ];
  test.each(rows)("%j", (changes, state) => expect(podState(pod(changes))).toBe(state));
});

test("init and ephemeral containers count neither as ready nor for limits", () => {
  const it = pod({
    containers: [
      container(),
      container({ role: "sidecar", ready: false }),
      container({ role: "init" }),
      container({ role: "ephemeral" }),
    ],
  });
  expect(readyContainers(it)).toEqual({ ready: 1, of: 2 });
  expect(limitOf(it, "memory_limit_bytes")).toBe(200);
});

test("of a pod that has finished no container should be ready", () => {
  expect(readyContainers(pod({ phase: "Succeeded", ready: false }))).toEqual({ ready: null, of: null });
});

test("a pod of which one container has no limit has none", () => {
  const it = pod({ containers: [container(), container({ memory_limit_bytes: null })] });
  expect(limitOf(it, "memory_limit_bytes")).toBeNull();
});

describe("the state of a container", () => {
  const rows: [changes: Partial<Container>, state: string][] = [
    [{}, "running"],
    [{ state: "waiting", reason: "CrashLoopBackOff" }, "CrashLoopBackOff"],
    [{ state: "waiting" }, "waiting"],
    [{ state: "terminated", reason: "Error", exit_code: 1 }, "exit code 1"],
    [{ state: "terminated", reason: "OOMKilled", exit_code: 137 }, "OOMKilled, exit code 137"],
    [{ state: "terminated", reason: "Completed", exit_code: 0 }, "exit code 0"],
    [{ state: "hibernating_soundly" }, "hibernating soundly"],
  ];
  test.each(rows)("%j", (changes, state) => expect(containerState(container(changes))).toBe(state));
});

test("how it ended last, and the 1970 of a start error is no duration", () => {
  const exit = {
    exit_code: 128,
    signal: null,
    reason: "StartError",
    started_at: "1970-01-01T00:00:00Z",
    finished_at: "2026-11-21T00:00:00Z",
  };
  expect(lastExit(container({ last_exit: exit }))).toBe("StartError, exit code 128");
  expect(lastRunMs(container({ last_exit: exit }))).toBeNull();
  expect(lastRunMs(container({ last_exit: { ...exit, started_at: "2026-11-20T23:59:58Z" } }))).toBe(2_000);
});
