/** Requests to `/api/v1`, and what can go wrong with them. */

import { clock } from "../live/clock.svelte";

const BASE = "/api/v1";

/** Why a request has no answer to show. `status` is null when the server could not be reached. */
export class Failure extends Error {
  readonly status: number | null;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number | null, code: string, message: string, hint: string | null = null) {
    super(message);
    this.name = "Failure";
    this.status = status;
    this.code = code;
    this.hint = hint;
  }

  get unreachable(): boolean {
    return this.status === null;
  }

  /** It may be over without anybody's doing: the server is away or in trouble, not of another opinion. */
  get passing(): boolean {
    return this.status === null || this.status >= 500;
  }
}

/** Builds `/workloads/prod/shop/…` from raw names; each is one percent-encoded segment. */
export function pathOf(...segments: string[]): string {
  return `/${segments.map(encodeURIComponent).join("/")}`;
}

/** The query string of those parameters that have a value, with its `?`, or nothing. */
export function queryOf(parameters: Record<string, string | number | readonly string[] | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    const text = typeof value === "string" || typeof value === "number" ? String(value) : (value ?? []).join(",");
    if (text !== "") query.set(name, text);
  }
  const text = query.toString().replaceAll("%2C", ",");
  return text === "" ? "" : `?${text}`;
}

/** Sends a GET and returns the answer once its status is good. Throws `Failure`, or `AbortError` when aborted. */
export async function open(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, { cache: "no-cache", ...init });
  } catch (error) {
    throw asFailure(error);
  }
  if (!response.ok) throw await refusal(response);
  // Of good answers only: what a proxy says for a server that is away is the time of the proxy.
  clock.learn(response.headers.get("date"));
  return response;
}

/** Reads one JSON answer. The shape is the server's promise (its OpenAPI document), not checked again here. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await open(path, signal ? { signal } : {});
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw asFailure(error);
  }
}

/** Turns what `fetch` or a body reader threw into a `Failure`; an abort stays what it is. */
export function asFailure(error: unknown): Error {
  if (error instanceof Failure) return error;
  if (error instanceof DOMException && error.name === "AbortError") return error;
  if (error instanceof SyntaxError) return new Failure(200, "bad_answer", "The server's answer could not be read.");
  return new Failure(null, "unreachable", "The maintenant server does not answer.");
}

async function refusal(response: Response): Promise<Failure> {
  const fallback = `The server answered ${response.status}${response.statusText ? ` (${response.statusText})` : ""}.`;
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    return new Failure(response.status, `http_${response.status}`, fallback);
  }
  const error = field(body, "error");
  return new Failure(
    response.status,
    text(field(error, "code")) ?? `http_${response.status}`,
    text(field(error, "message")) ?? fallback,
    text(field(error, "hint")),
  );
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
