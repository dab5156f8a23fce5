/** What a pod's row says. */

import type { Container, Pod } from "../api/schema";
import { instant } from "../format/time";

/** One short line: what is wrong, else what it is doing. */
export function podState(pod: Pod): string {
  if (pod.deleting_since !== null) return pod.reason?.summary ?? "Terminating";
  if (pod.reason) return pod.reason.summary;
  if (pod.phase === "Running" && !pod.ready) return "Running, not ready";
  return pod.phase;
}

/** Containers that should run, and how many of them are ready; of a pod that has finished, none should. */
export function readyContainers(pod: Pod): { ready: number | null; of: number | null } {
  if (pod.phase === "Succeeded" || pod.phase === "Failed") return { ready: null, of: null };
  const members = pod.containers.filter((it) => it.role !== "init" && it.role !== "ephemeral");
  return { ready: members.filter((it) => it.ready).length, of: members.length };
}

/** The sum of the limits if every container that should run has one, else null: then there is no limit. */
export function limitOf(pod: Pod, resource: "memory_limit_bytes" | "cpu_limit_millicores"): number | null {
  const members = pod.containers.filter((it) => it.role !== "init" && it.role !== "ephemeral");
  let sum = 0;
  for (const container of members) {
    const limit = container[resource];
    if (limit === null) return null;
    sum += limit;
  }
  return members.length === 0 ? null : sum;
}

/** "CrashLoopBackOff", "running", "ended with exit code 1". */
export function containerState(container: Container): string {
  if (container.state === "waiting") return container.reason ?? "waiting";
  if (container.state === "terminated") return ended(container.exit_code, null, container.reason);
  return container.state.replaceAll("_", " ");
}

/** How the container ended the time before, with the time that it had run, or null. */
export function lastExit(container: Container): string | null {
  const exit = container.last_exit;
  if (!exit) return null;
  return ended(exit.exit_code, exit.signal, exit.reason);
}

/** Milliseconds between start and end of the last run, or null when the times say nothing (1970 after a start error). */
export function lastRunMs(container: Container): number | null {
  const start = instant(container.last_exit?.started_at);
  const end = instant(container.last_exit?.finished_at);
  return start === null || end === null || start <= 0 || end < start ? null : end - start;
}

function ended(code: number | null, signal: number | null, reason: string | null): string {
  const how = code !== null ? `exit code ${code}` : signal !== null ? `signal ${signal}` : "no exit code";
  const why = reason !== null && reason !== "Error" && reason !== "Completed" ? `${reason}, ` : "";
  return `${why}${how}`;
}
